#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The firmware where it has nothing to work with, or where it fails itself: a message that names what is missing, and an exit
# code of its own, seen through virtio-board where that can start such a machine.
#
# Usage: refusals.sh VIRTIO_BOARD BOARD FIRMWARE DTC
set -u

tool=$1
board=$2
firmware=$3
dtc=$4
failed=0
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# expect CODE TEXT COMMAND...
expect() {
    local code=$1 text=$2 output got
    shift 2
    output=$(timeout 60 "$@" 2>&1)
    got=$?
    if [ "$got" -ne "$code" ] || [[ "$output" != *"$text"* ]]; then
        printf 'FAIL: exit code %d, expected %d and "%s"\n  %s\n%s\n' \
            "$got" "$code" "$text" "$*" "$output"
        failed=1
    fi
}

# The board's own tree, as QEMU would hand it over.
case $board in
riscv32) machine=(qemu-system-riscv32 -M virt) ;;
riscv64*) machine=(qemu-system-riscv64 -M virt) ;;
aarch64*) machine=(qemu-system-aarch64 -M virt -cpu cortex-a53) ;;
esac
bios=()
[[ $board != riscv* ]] || bios=(-bios none) # Debian has no firmware for riscv32
"${machine[@]}" "${bios[@]}" -nodefaults -display none -m 128 -machine dumpdtb="$dir/board.dtb" >/dev/null 2>&1
"$dtc" -q -I dtb -O dts -o "$dir/board.dts" "$dir/board.dtb" || {
    echo "FAIL: no device tree of ${machine[*]}"
    exit 1
}

run=("$tool" --board "$board" --firmware "$firmware" --transport modern --device blk
    --scenario bring-up)

# Without virtio nodes, and with none that is enabled.
sed 's/"virtio,mmio"/"none,mmio"/' "$dir/board.dts" >"$dir/none.dts"
"$dtc" -q -I dts -O dtb -o "$dir/none.dtb" "$dir/none.dts"
expect 7 "virtio,mmio" "${run[@]}" --dtb "$dir/none.dtb"
sed 's/\(compatible = "virtio,mmio";\)/\1 status = "disabled";/' "$dir/board.dts" >"$dir/off.dts"
"$dtc" -q -I dts -O dtb -o "$dir/off.dtb" "$dir/off.dts"
expect 7 "virtio,mmio" "${run[@]}" --dtb "$dir/off.dtb"
# One node that is wrong is skipped by name, and the others work.
node=$(grep -o 'virtio_mmio@[0-9a-f]*' "$dir/board.dts" | sort | tail -n 1)
sed "s/reg = <0x00 0x${node#*@} [^>]*>/reg = <0x00>/" "$dir/board.dts" >"$dir/wrong.dts"
"$dtc" -f -q -I dts -O dtb -o "$dir/wrong.dtb" "$dir/wrong.dts"
expect 0 "$node: reg" "${run[@]}" --dtb "$dir/wrong.dtb" --verbose

# No tree at all: nobody hands over one, and there is none at the start of RAM either.
if [ "$board" = riscv64 ]; then
    expect 10 "device tree" "${machine[@]}" -bios none -nodefaults -display none -m 128 -serial stdio \
        -device "loader,file=$firmware,cpu-num=0"
fi

# An exception and a hang end in a report and not in a stuck machine.
case $board in
riscv64 | riscv32) machine+=(-bios none) ;;
aarch64*) machine+=(-semihosting-config enable=on,target=native) ;;
esac
machine+=(-nodefaults -display none -m 128 -serial stdio -kernel "$firmware"
    -device virtio-rng-device)
expect 12 "DeviceID 2" "${machine[@]}" -append "scenario=blk:read-4k host=0"
machine+=(-blockdev driver=null-co,node-name=d0,size=131072
    -device virtio-blk-device,drive=d0)
expect 20 "trap: " "${machine[@]}" -append "scenario=blk:read-4k host=0 provoke=1"
expect 21 "watchdog" "${machine[@]}" -append "scenario=blk:read-4k host=0 provoke=2 watchdog=1"
expect 2 "'scenario=blk:" "${machine[@]}" -append "scenario=blk: host=0"
expect 2 "bootargs" "${machine[@]}"

expect 5 "$dir/missing.elf" "$tool" --board "$board" --firmware "$dir/missing.elf"

exit "$failed"
