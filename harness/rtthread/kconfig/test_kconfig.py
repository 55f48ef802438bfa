#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""driver/Kconfig, read by kconfiglib in a tree like RT-Thread's: what was selected before stays
selected (configs/, with the options that RT-Thread had up to 5.2), and what sources are told."""
import glob
import os
import re
import subprocess
import tempfile
import unittest

import kconfiglib
from options import HERE, OPTIONS, main

DEVICES = ("BLK", "NET", "CONSOLE", "GPU", "INPUT")


def tree(board="plain", config=None):
    """The options of a tree with that board, after a .config was loaded."""
    os.environ["DRIVER"] = OPTIONS.driver
    os.environ["BOARD"] = "%s.kconfig" % board
    os.environ["srctree"] = os.path.join(HERE, "trees")
    options = kconfiglib.Kconfig("tree.kconfig", warn_to_stderr=False)
    if config is not None:
        options.load_config(config)
    return options


def old_config(name):
    return os.path.join(HERE, "configs", "%s.config" % name)


def virtio_values(path):
    """What a .config says on our options; one that it does not name is off, like one that is not
    set."""
    with open(path, encoding="utf-8") as lines:
        found = [re.match(r"CONFIG_(RT_USING_VIRTIO\w*)=(.*)", line) for line in lines]
    return {match.group(1): match.group(2) for match in found if match}


def values(options, *names):
    return [options.syms[name].str_value for name in names]


class Old(unittest.TestCase):
    """Configurations from before this component."""

    def written(self, name, board):
        options = tree(board, old_config(name))
        self.assertEqual([], options.warnings, "%s on %s" % (name, board))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, ".config")
            options.write_config(path, save_old=False)
            return virtio_values(path)

    def test_there_are_some(self):
        self.assertGreaterEqual(len(glob.glob(old_config("*"))), 5)

    def test_the_same_is_selected(self):
        new = {"RT_USING_VIRTIO_LEGACY", "RT_USING_VIRTIO_VERSION"}
        for path in sorted(glob.glob(old_config("*"))):
            name = os.path.basename(path)[: -len(".config")]
            board = "selects" if name == "selected" else "plain"
            with self.subTest(config=name):
                now = self.written(name, board)
                self.assertEqual(virtio_values(path),
                    {key: value for key, value in now.items() if key not in new})

    def test_the_version_is_legacy(self):
        for path in sorted(glob.glob(old_config("*"))):
            options = tree("selects" if "selected" in path else "plain", path)
            on = options.syms["RT_USING_VIRTIO"].str_value
            with self.subTest(config=path):
                self.assertEqual([on, on, "n"], values(options, "RT_USING_VIRTIO10",
                    "RT_USING_VIRTIO_LEGACY", "RT_USING_VIRTIO_MODERN"))
                self.assertEqual("0x1" if on == "y" else "",
                    options.syms["RT_USING_VIRTIO_VERSION"].str_value)

    def test_a_network_that_could_not_be_built_goes(self):
        """The one difference: the option without lwIP, with which nothing compiled."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, ".config")
            with open(path, "w", encoding="utf-8") as out:
                out.write("CONFIG_RT_USING_VIRTIO=y\nCONFIG_RT_USING_VIRTIO_NET=y\n")
            self.assertEqual(["y", "n"],
                values(tree("plain", path), "RT_USING_VIRTIO", "RT_USING_VIRTIO_NET"))


class Fresh(unittest.TestCase):
    """Configurations made with these options."""

    def setUp(self):
        self.options = tree()
        self.set("RT_USING_VIRTIO", "y")

    def set(self, name, value):
        self.assertTrue(self.options.syms[name].set_value(value))

    def test_off_by_default(self):
        self.assertEqual("n", tree().syms["RT_USING_VIRTIO"].str_value)

    def test_nothing_is_said_while_off(self):
        text = tree()._config_contents(None)
        self.assertNotIn("RT_USING_VIRTIO_", text)
        self.assertNotIn("RT_USING_VIRTIO10", text)

    def test_devices_are_on(self):
        self.set("RT_USING_LWIP", "y")
        for device in DEVICES:
            self.assertEqual(["y"], values(self.options, "RT_USING_VIRTIO_" + device))
        self.assertEqual(["4"], values(self.options, "RT_USING_VIRTIO_CONSOLE_PORT_MAX_NR"))

    def test_each_device_can_go(self):
        self.set("RT_USING_LWIP", "y")
        for device in DEVICES:
            self.set("RT_USING_VIRTIO_" + device, "n")
            self.assertEqual(["n"], values(self.options, "RT_USING_VIRTIO_" + device))
        self.assertEqual([""], values(self.options, "RT_USING_VIRTIO_CONSOLE_PORT_MAX_NR"))

    def test_what_the_component_uses_is_selected(self):
        used = ("RT_USING_DEVICE", "RT_USING_DEVICE_IPC", "RT_USING_SEMAPHORE", "RT_USING_MUTEX")
        for name in used:
            self.options.syms[name].set_value("n")
            self.assertEqual(["y"], values(self.options, name))

    def test_the_choice_is_one_of_two(self):
        prompts = [choice for choice in self.options.unique_choices
                   if choice.nodes[0].prompt[0] == "VirtIO Version"]
        self.assertEqual(1, len(prompts))
        self.assertEqual(["VirtIO Legacy (v0.95)", "VirtIO Modern (v1.0+)"],
            [sym.nodes[0].prompt[0] for sym in prompts[0].syms])

    def test_modern(self):
        self.set("RT_USING_VIRTIO_MODERN", "y")
        self.assertEqual(["n", "n", "0x2"], values(self.options, "RT_USING_VIRTIO_LEGACY",
            "RT_USING_VIRTIO10", "RT_USING_VIRTIO_VERSION"))

    def test_modern_is_kept(self):
        self.set("RT_USING_VIRTIO_MODERN", "y")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, ".config")
            self.options.write_config(path, save_old=False)
            again = tree("plain", path)
        self.assertEqual(["y", "n"], values(again, "RT_USING_VIRTIO_MODERN", "RT_USING_VIRTIO10"))

    def test_device_tree_where_there_is_libfdt(self):
        self.assertEqual(["n"], values(self.options, "RT_VIRTIO_USING_FDT"))
        for owner in ("RT_USING_OFW", "RT_USING_FDT"):
            options = tree()
            options.syms["RT_USING_VIRTIO"].set_value("y")
            options.syms[owner].set_value("y")
            with self.subTest(owner=owner):
                self.assertEqual(["y"], values(options, "RT_VIRTIO_USING_FDT"))

    def test_a_board_that_selects_decides(self):
        options = tree("selects")
        for name in ("RT_USING_DEVICE_OPS", "RT_USING_LWIP"):
            options.syms[name].set_value("y")
        self.assertEqual(["y", "y", "y"], values(options, "RT_USING_VIRTIO",
            "RT_USING_VIRTIO_BLK", "RT_USING_VIRTIO_NET"))


class Macro(unittest.TestCase):
    """RT_USING_VIRTIO_VERSION as board code sees it, after <virtio.h>."""

    # The preprocessor is enough. RT-Thread's own headers are the host's stand-ins.
    PROBE = "#include <virtio.h>\nversion_is RT_USING_VIRTIO_VERSION\n"

    def version(self, rtconfig):
        port = os.path.join(OPTIONS.driver, "ports", "rt-thread")
        host = os.path.join(HERE, "..", "include")
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "rtconfig.h"), "w", encoding="utf-8") as out:
                out.write("#define RT_NAME_MAX 16\n" + rtconfig)
            done = subprocess.run([OPTIONS.cc, "-E", "-P", "-std=gnu11", "-I" + folder,
                "-include", "rtconfig.h", "-I" + os.path.join(port, "include"), "-I" + port,
                "-I" + os.path.join(OPTIONS.driver, "include"), "-I" + host, "-xc", "-"],
                input=self.PROBE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                check=False)
        self.assertEqual("", done.stderr)
        return done.stdout.rsplit("version_is ", 1)[-1].strip()

    def generated(self, modern):
        options = tree()
        options.syms["RT_USING_VIRTIO"].set_value("y")
        if modern:
            options.syms["RT_USING_VIRTIO_MODERN"].set_value("y")
        return options._autoconf_contents(None).replace("CONFIG_", "")

    def test_legacy(self):
        self.assertEqual("0x1", self.version(self.generated(False)))

    def test_modern(self):
        self.assertEqual("0x2", self.version(self.generated(True)))

    def test_an_rtconfig_from_before(self):
        self.assertEqual("0x1",
            self.version("#define RT_USING_VIRTIO\n#define RT_USING_VIRTIO10\n"))


class Readme(unittest.TestCase):
    """Both READMEs name the options that there are."""

    def test_options(self):
        options = tree()
        ours = {sym.name for sym in options.unique_defined_syms
                if "VIRTIO" in sym.name and not sym.name.startswith("BSP_")}
        for name in ("README.md", "README_zh.md"):
            with open(os.path.join(OPTIONS.driver, name), encoding="utf-8") as text:
                named = set(re.findall(r"RT_(?:VIRTIO_)?USING_(?:VIRTIO|FDT\b)\w*", text.read()))
            with self.subTest(readme=name):
                self.assertEqual(ours, named)


if __name__ == "__main__":
    main()
