# SPDX-License-Identifier: Apache-2.0
# Shared by the scripts of this folder; sourced, not run. Sets `root`, the top of the tree.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# die CODE TEXT...: one line on stderr that says who complains.
die() {
    local code=$1
    shift
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit "$code"
}

# usage_error TEXT...: exit code 2, with a pointer to the help.
usage_error() {
    die 2 "$*; try --help"
}

# build_preset NAME: configure and build, quietly where nothing is to be said.
build_preset() {
    (
        cd "$root" || exit 1
        cmake --preset "$1" --log-level=WARNING >/dev/null &&
            cmake --build --preset "$1" -- --quiet
    )
}
