#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""driver/SConscript, run with a stand-in for what RT-Thread's building.py and SCons give it: which
files it builds for which options, in step with driver/sources.cmake."""
import glob
import os
import re
import types
import unittest
from unittest import mock

from options import OPTIONS, main

DRIVER = OPTIONS.driver
PORT = "ports/rt-thread"
KINDS = ("blk", "net", "console", "gpu", "input")
ALL = ["RT_USING_VIRTIO", "RT_USING_LWIP", "RT_VIRTIO_USING_FDT"]
ALL += ["RT_USING_VIRTIO_" + kind.upper() for kind in KINDS]


class Node:
    """A file as SCons' Glob() gives it: no string, but it can be made one."""

    def __init__(self, path):
        self.path = path

    def __str__(self):
        return "build/kernel/components/drivers/virtio/" + self.path


def listed(name):
    """A list of sources.cmake."""
    with open(os.path.join(DRIVER, "sources.cmake"), encoding="utf-8") as text:
        found = re.search(r"set\(%s\s([^)]*)\)" % name, text.read())
    return set(found.group(1).split())


def on_disk(pattern):
    return [os.path.relpath(path, DRIVER) for path in glob.glob(os.path.join(DRIVER, pattern))]


def run(options):
    """What the script defines with these options set: (depend, sources, include folders)."""
    groups = []

    def get_depend(depend):
        return all(name in options for name in ([depend] if isinstance(depend, str) else depend))

    def define_group(name, src, depend, **parameters):
        if not get_depend(depend):
            return []
        paths = [node.path for node in src]
        groups.append((name, depend, paths, parameters["CPPPATH"]))
        return src

    building = types.ModuleType("building")
    building.GetCurrentDir = lambda: DRIVER
    building.GetDepend = get_depend
    building.DefineGroup = define_group
    building.Glob = lambda pattern: [Node(path) for path in on_disk(pattern)]
    building.Exit = exit
    building.Return = lambda *names: None
    with open(os.path.join(DRIVER, "SConscript"), encoding="utf-8") as script:
        code = compile(script.read(), "SConscript", "exec")
    with mock.patch.dict("sys.modules", building=building):
        exec(code, {})
    return groups


def sources(options):
    (group,) = run(options)
    return group[2]


def of_kind(files, kind):
    return {path for path in files if re.search(r"/(rt_)?virtio_%s[_.]" % kind, path)}


class Script(unittest.TestCase):
    def test_everything_is_what_sources_cmake_lists(self):
        files = set(sources(ALL))
        driver = {path for path in files if not path.startswith(PORT)}
        self.assertEqual(listed("RTV_DRIVER_SOURCES") | listed("RTV_DISCOVERY_SOURCES"), driver)
        self.assertEqual(set(on_disk(PORT + "/*.c")), files - driver)
        self.assertTrue(files - driver, "the port has no source")

    def test_no_file_twice(self):
        files = sources(ALL)
        self.assertEqual(sorted(set(files)), sorted(files))

    def test_nothing_without_the_component(self):
        self.assertEqual([], run([name for name in ALL if name != "RT_USING_VIRTIO"]))

    def test_no_discovery_without_device_tree(self):
        without = set(sources([name for name in ALL if name != "RT_VIRTIO_USING_FDT"]))
        self.assertEqual(listed("RTV_DISCOVERY_SOURCES"), set(sources(ALL)) - without)

    def test_no_device(self):
        files = set(sources(["RT_USING_VIRTIO"]))
        core = {path for path in listed("RTV_DRIVER_SOURCES") if path.startswith("core/")}
        port = {path for path in on_disk(PORT + "/*.c")
                if not any(of_kind([path], kind) for kind in KINDS)}
        self.assertEqual(core | port, files)

    def test_one_device_brings_its_own_files_only(self):
        none = set(sources(["RT_USING_VIRTIO"]))
        for kind in KINDS:
            one = set(sources(["RT_USING_VIRTIO", "RT_USING_LWIP",
                "RT_USING_VIRTIO_" + kind.upper()]))
            with self.subTest(kind=kind):
                self.assertEqual(of_kind(sources(ALL), kind), one - none)
                self.assertTrue(of_kind(one, kind) & listed("RTV_DRIVER_SOURCES"))

    def test_network_without_lwip_is_refused(self):
        with mock.patch("builtins.print") as said, self.assertRaises(SystemExit) as ended:
            run(["RT_USING_VIRTIO", "RT_USING_VIRTIO_NET"])
        self.assertEqual(1, ended.exception.code)
        self.assertIn("RT_USING_LWIP", said.call_args[0][0])

    def test_group(self):
        (group,) = run(ALL)
        self.assertEqual(("DeviceDrivers", ["RT_USING_VIRTIO"]), group[:2])

    def test_headers_are_found(self):
        (group,) = run(ALL)
        for header in ("virtio.h", "virtio_blk.h", "virtio/virtio.h", "virtio_port.h",
                       "rt_virtio.h"):
            found = [path for path in group[3] if os.path.isfile(os.path.join(path, header))]
            with self.subTest(header=header):
                self.assertEqual(1, len(found), "%s in %s" % (header, group[3]))


if __name__ == "__main__":
    main()
