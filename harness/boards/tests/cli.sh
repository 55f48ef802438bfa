#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# virtio-board with wrong input, and with guests that do not do as they should (fake_qemu.c): a
# message that names the thing, the right exit code, a failure that shows all it has to, nothing
# left behind.
#
# Usage: cli.sh VIRTIO_BOARD FAKE_QEMU
set -u

board=$1
fake=$2
failed=0
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
export TMPDIR=$dir/tmp
mkdir "$TMPDIR"

complain() {
    echo "FAIL: $*"
    failed=1
}

# expect CODE TEXT[|TEXT...] COMMAND...: the exit code, and every TEXT somewhere in the output.
expect() {
    local code=$1 texts=$2 output got text
    shift 2
    output=$(timeout 60 "$@" 2>&1)
    got=$?
    if [ "$got" -ne "$code" ]; then
        complain "exit code $got, expected $code: $*"
        echo "$output"
    fi
    while [ -n "$texts" ]; do
        text=${texts%%|*}
        texts=${texts#"$text"}
        texts=${texts#|}
        if [[ "$output" != *"$text"* ]]; then
            complain "no '$text' in the output of: $*"
            echo "$output"
        fi
    done
    [ -z "$(ls -A "$TMPDIR")" ] || complain "left in TMPDIR: $(ls -A "$TMPDIR") by: $*"
}

# elf FILE CLASS DATA TYPE MACHINE: the header of an ELF file.
elf() {
    local half='\\000\\%03o'
    [ "$3" -eq 2 ] || half='\\%03o\\000'
    # shellcheck disable=SC2059
    printf "$(printf '\\177ELF\\%03o\\%03o\\001\\000\\000\\000\\000\\000\\000\\000\\000\\000'"$half$half" \
        "$2" "$3" "$4" "$5")" >"$1"
}

elf "$dir/rv64" 2 1 2 243
elf "$dir/rv32" 1 1 2 243
elf "$dir/rv64.o" 2 1 1 243
elf "$dir/arm64" 2 1 2 183
elf "$dir/arm64be" 2 2 2 183
printf 'hello, world, this is text' >"$dir/text"
: >"$dir/empty"

# Usage.
expect 0 "Usage: virtio-board" "$board" --help
expect 0 "aarch64_be|read-4k" "$board" --list
expect 2 "--nonsense" "$board" --nonsense
expect 2 "'extra'" "$board" extra
expect 2 "--board is missing" "$board" --firmware "$dir/rv64"
expect 2 "board 'riscv128'" "$board" --board riscv128 --firmware "$dir/rv64"
expect 2 "--firmware is missing|riscv64" "$board" --board riscv64
expect 2 "--scenario 'read-5k'" "$board" --board riscv64 --firmware "$dir/rv64" --scenario read-5k
expect 2 "--device 'scsi'" "$board" --board riscv64 --firmware "$dir/rv64" --device scsi
expect 2 "--jobs '0'" "$board" --board riscv64 --firmware "$dir/rv64" --jobs 0
expect 2 "--limit 'x'" "$board" --board riscv64 --firmware "$dir/rv64" --limit x
expect 2 "--list, --replay, --compare" "$board" --list --compare

# The firmware image.
expect 5 "$dir/none|No such file|riscv64" "$board" --board riscv64 --firmware "$dir/none"
expect 5 "$dir/text|not an ELF file" "$board" --board riscv64 --firmware "$dir/text"
expect 5 "$dir/empty|not an ELF file" "$board" --board riscv64 --firmware "$dir/empty"
expect 5 "$dir|directory" "$board" --board riscv64 --firmware "$dir"
expect 5 "machine 183|expected machine 243" "$board" --board riscv64 --firmware "$dir/arm64"
expect 5 "32 bits|64 bits" "$board" --board riscv64 --firmware "$dir/rv32"
expect 5 "64 bits|32 bits" "$board" --board riscv32 --firmware "$dir/rv64"
expect 5 "ELF type 1|executable" "$board" --board riscv64 --firmware "$dir/rv64.o"
expect 5 "little-endian|big-endian" "$board" --board aarch64_be --firmware "$dir/arm64"
expect 5 "big-endian|little-endian" "$board" --board aarch64 --firmware "$dir/arm64be"

# QEMU.
run() { # the one run that a fake guest goes well with
    "$board" --board riscv64 --firmware "$dir/rv64" --device blk --transport modern \
        --variant split+event_idx+indirect --scenario bring-up "$@"
}
export -f run
export board dir fake
with() { # GUEST OPTION...: as RTV_QEMU_RISCV64, the fake
    FAKE_GUEST=$1 RTV_QEMU_RISCV64=$fake run "${@:2}"
}
export -f with
none() { RTV_QEMU_RISCV64=$dir/no-qemu run; }
no_program() { RTV_QEMU_RISCV64=$dir/text run; }
version() { FAKE_VERSION=$1 with pass; }
no_qemu_in_path() { PATH=$dir run; }
export -f none no_program version no_qemu_in_path
expect 3 "$dir/no-qemu not found|RTV_QEMU_RISCV64|apt-get install qemu-system-misc" bash -c none
expect 3 "$dir/text|not an executable file" bash -c no_program
expect 3 "qemu-system-riscv64 not found in PATH" bash -c no_qemu_in_path
expect 4 "QEMU 7.1, expected 7.2" bash -c "version 'QEMU emulator version 7.1.5 (Debian)'"
expect 4 "QEMU 5.2, expected 7.2" bash -c "version 'QEMU emulator version 5.2.0'"
expect 3 "'hello', expected" bash -c "version hello"
expect 0 "1 runs on board riscv64, 0 failed" bash -c "version 'QEMU emulator version 10.0.2'"

# Guests.
id=riscv64:blk:modern:split+event_idx+indirect:bring-up
shown="FAIL $id|mem-path=|replay: $board --firmware $dir/rv64 --replay $id|fake firmware"
expect 0 "PASS $id|    7 reads" bash -c "with pass"
expect 0 "1 runs" bash -c "with pass --jobs 2"
expect 0 "asked: hello(1|QueueNotify|mailbox 0x80003000" bash -c "with pass --verbose"
expect 1 "$shown|hang: no verdict within 1 s|at pc 0000000080001234|0 W4 QueueNotify        0x1234" \
    bash -c "with hang --limit 1"
expect 1 "$shown|hang: no verdict|QueueNotify" bash -c "with hang --limit 1 --jobs 2"
expect 1 "hang: no mailbox announced within 1 s|no trace" bash -c "with silent --limit 1"
expect 1 "$shown|was killed by signal 6|QueueNotify" bash -c "with crash"
expect 1 "$shown|no end after the verdict within 5 s" bash -c "with no-end"
expect 1 "$shown|outcome EIO, expected OK|QueueNotify" bash -c "with fail"
expect 1 "$shown|2 expectations failed; first fake.c:12: expected a miracle" bash -c "with expect"
expect 1 "$shown|expected a verdict" bash -c "with no-verdict"
expect 1 "$shown|net.inject, expected one of the run's devices" bash -c "with nonsense"
expect 1 "$shown|mailbox: magic 0x00000001" bash -c "with no-mailbox"
expect 1 "$shown|mailbox is at 0x1000, expected" bash -c "with far-mailbox"
expect 1 "$shown|does not understand its boot arguments" bash -c "with exit-2"
expect 1 "$shown|exception in the firmware (exit status 20" bash -c "with exit-20"
expect 1 "$shown|watchdog" bash -c "with exit-21"
expect 6 "board riscv64: the firmware found no device tree" bash -c "with exit-10"
expect 7 "board riscv64: the firmware found no virtio,mmio node" bash -c "with exit-11"
replay() { FAKE_GUEST=pass RTV_QEMU_RISCV64=$fake "$board" --firmware "$dir/rv64" --replay "$@"; }
export -f replay
expect 0 "1 runs|asked: hello" bash -c "replay $id"
expect 2 "'bring-down' is not a scenario" bash -c "replay ${id%up}down"
expect 2 "board 'avr'" bash -c "replay avr:blk:modern:split:read-4k"
expect 2 "--board 'riscv32', but the replay id is one of board 'riscv64'" \
    bash -c "replay $id --board riscv32"

# Interrupted: QEMU goes, too, and so do the files.
FAKE_GUEST=hang RTV_QEMU_RISCV64=$fake "$board" --board riscv64 --firmware "$dir/rv64" \
    --device blk --transport modern --scenario bring-up >"$dir/log" 2>&1 &
pid=$!
for _ in $(seq 200); do
    guest=
    run=$(pgrep -P $pid)
    [ -n "$run" ] && guest=$(pgrep -P "$run") && break
    sleep 0.02
done
kill -TERM $pid
wait $pid
got=$?
[ $got -eq 1 ] || complain "exit code $got after SIGTERM, expected 1"
grep -q "stopped by a signal after 0 runs" "$dir/log" || complain "no 'stopped by a signal'"
sleep 0.2
[ -n "$guest" ] || complain "no guest was running"
# Nobody may have waited for it yet.
! grep -qs '^State:[[:space:]]*[RSDTt]' "/proc/$guest/status" || complain "guest $guest is still there after SIGTERM"
[ -z "$(ls -A "$TMPDIR")" ] || complain "left in TMPDIR after SIGTERM: $(ls -A "$TMPDIR")"

[ "$failed" -eq 0 ] && echo "all refused and reported as documented"
exit "$failed"
