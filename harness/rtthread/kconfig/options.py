# SPDX-License-Identifier: Apache-2.0
"""Command line of the tests in this folder: --driver FOLDER --cc COMPILER [unittest's options]."""
import argparse
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


def parse():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--driver", default=os.path.join(HERE, "..", "..", "..", "driver"))
    parser.add_argument("--cc", default="cc")
    found, rest = parser.parse_known_args()
    found.driver = os.path.abspath(found.driver)
    return found, sys.argv[:1] + rest


OPTIONS, ARGV = parse()


def main():
    unittest.main(module="__main__", argv=ARGV)
