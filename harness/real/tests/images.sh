#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# File systems made by ordinary tools, read and written through the driver on QEMU, and looked at
# afterwards without it.
#
# Usage: images.sh VIRTIO_REAL legacy|modern ext4|fat
set -u
PATH=$PATH:/usr/sbin:/sbin

real=$1
transport=$2
kind=$3

die() {
    echo "images.sh: $*" >&2
    exit 1
}

# need PACKAGE PROGRAM...
missing=
need() {
    local package=$1 program
    shift
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 || missing+=" $program (Debian package $package)"
    done
}

run() {
    "$@" >"$dir/log" 2>&1 || {
        cat "$dir/log" >&2
        die "failed: $*"
    }
}

same() {
    cmp "$1" "$2" || die "$3"
}

# Through the driver.
copy() {
    run "$real" --copy "$1" "$2" --transport "$transport"
}
write() {
    run "$real" --write "$1" "$2" --transport "$transport" ${3:+--sector "$3"}
}

# The files that go into the images: empty, small, larger than a request of the driver.
make_files() {
    mkdir -p "$1/sub"
    : >"$1/empty"
    echo "generation $2" >"$1/hello.txt"
    seq "$2" 300000 >"$1/sub/numbers"
}

ext4_make() { # FILES IMAGE
    truncate -s 16M "$2"
    run mke2fs -q -F -t ext4 -d "$1" "$2"
}
ext4_take() { # IMAGE NAME OUT
    run debugfs -R "dump /$2 $3" "$1"
}
ext4_check() {
    run e2fsck -fn "$1"
}

fat_make() {
    rm -f "$2"
    run mkfs.vfat -C "$2" 16384
    run mcopy -s -i "$2" "$1"/* ::/
}
fat_take() {
    rm -f "$3"
    run mcopy -n -i "$1" "::/$2" "$3"
}
fat_check() {
    run fsck.vfat -n "$1"
}

take_all() { # IMAGE FILES
    local name
    for name in hello.txt sub/numbers; do
        "${kind}_take" "$1" "$name" "$dir/taken"
        same "$dir/taken" "$2/$name" "$name from $1 differs"
    done
}

case $kind in
ext4) need e2fsprogs mke2fs debugfs e2fsck ;;
fat)
    need dosfstools mkfs.vfat fsck.vfat
    need mtools mcopy
    ;;
*) die "'$kind', expected ext4 or fat" ;;
esac
[ -z "$missing" ] || die "missing:$missing"

dir=$(mktemp -d) || die "no temporary directory"
trap 'rm -rf "$dir"' EXIT

make_files "$dir/first" 1
make_files "$dir/second" 7
"${kind}_make" "$dir/first" "$dir/disk.img"
"${kind}_make" "$dir/second" "$dir/changed.img"
cp "$dir/disk.img" "$dir/before.img"

# Read: the copy is the image, to the byte and to the tools.
copy "$dir/disk.img" "$dir/copy.img"
same "$dir/disk.img" "$dir/copy.img" "the copy differs from the image"
same "$dir/disk.img" "$dir/before.img" "reading has changed the image"
"${kind}_check" "$dir/copy.img"
take_all "$dir/copy.img" "$dir/first"

# Write: a changed file system over the old one.
write "$dir/changed.img" "$dir/disk.img"
same "$dir/disk.img" "$dir/changed.img" "what was written differs"
"${kind}_check" "$dir/disk.img"
take_all "$dir/disk.img" "$dir/second"

# A piece in the middle, of an odd number of sectors; the rest stays.
head -c 70144 "$dir/first/sub/numbers" >"$dir/piece"
cp "$dir/before.img" "$dir/disk.img"
cp "$dir/before.img" "$dir/expected.img"
dd if="$dir/piece" of="$dir/expected.img" bs=512 seek=12345 conv=notrunc status=none
write "$dir/piece" "$dir/disk.img" 12345
same "$dir/disk.img" "$dir/expected.img" "a written piece differs, or what is around it"

echo "$kind on $transport: $(stat -c %s "$dir/disk.img") bytes read, written, compared"
