#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# virtio-real with wrong input: a message that names the thing, the right exit code, nothing half
# done.
#
# Usage: cli.sh VIRTIO_REAL
set -u

real=$1
failed=0
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
export TMPDIR=$dir/tmp
mkdir "$TMPDIR"

complain() {
    echo "FAIL: $*"
    failed=1
}

# expect CODE TEXT COMMAND...: the exit code, and TEXT somewhere in the output.
expect() {
    local code=$1 text=$2 output got
    shift 2
    output=$("$@" 2>&1)
    got=$?
    if [ "$got" -ne "$code" ]; then
        complain "exit code $got, expected $code: $*"
        echo "$output"
    elif [[ "$output" != *"$text"* ]]; then
        complain "no '$text' in the output of: $*"
        echo "$output"
    fi
    # Nothing of ours is left behind.
    [ -z "$(ls -A "$TMPDIR")" ] || complain "left in TMPDIR: $(ls -A "$TMPDIR") by: $*"
}

same_as() { # FILE TEXT
    [ "$(cat "$1")" = "$2" ] || complain "$1 was changed"
}

printf 'old' >"$dir/out"
head -c 65536 /dev/zero >"$dir/image"
head -c 1000 /dev/zero >"$dir/odd"
head -c 131072 /dev/zero >"$dir/large"
: >"$dir/empty"
sum=$(cksum <"$dir/image")

# Usage.
expect 0 "Usage: virtio-real" "$real" --help
expect 0 "read-4k" "$real" --list
expect 2 "--nonsense" "$real" --nonsense
expect 2 "'extra'" "$real" extra
expect 2 "--scenario 'read-5k'" "$real" --scenario read-1,read-5k
expect 2 "--scenario ''" "$real" --scenario ""
expect 2 "--scenario 'order'" "$real" --scenario order # not one for QEMU
expect 2 "--device 'scsi'" "$real" --device scsi
expect 2 "--device ''" "$real" --device ""
expect 2 "select nothing" "$real" --device input --variant write-through
expect 2 "select nothing" "$real" --device net --scenario read-1
for device in blk net console gpu input; do
    expect 0 "scenarios of $device:" "$real" --list
    expect 0 "1 runs on QEMU, 0 failed" \
        "$real" --device "$device" --transport modern --variant split --scenario bring-up
    expect 0 "PASS $device:modern:split:bring-up" "$real" --replay "$device:modern:split:bring-up"
done
expect 2 "--transport 'pci'" "$real" --transport pci
expect 2 "--variant 'packed'" "$real" --variant packed
expect 2 "select nothing" "$real" --variant more-offered --transport legacy
expect 2 "--watchdog '0'" "$real" --watchdog 0
expect 2 "--watchdog '2x'" "$real" --watchdog 2x
expect 2 "expected one of" "$real" --list --bench

# Replay ids.
for id in "" blk blk:modern:split blk:modern:split:read-4k:0; do
    expect 2 "replay id '$id', expected" "$real" --replay "$id"
done
expect 2 "'scsi' is not a device" "$real" --replay scsi:modern:split:read-4k
expect 2 "'read-4k' is not a scenario" "$real" --replay net:modern:split:read-4k
expect 2 "'write-through' is not a variant" "$real" --replay net:modern:write-through:echo
expect 2 "'pci' is not a transport" "$real" --replay blk:pci:split:read-4k
expect 2 "'split+x' is not a variant" "$real" --replay blk:modern:split+x:read-4k
expect 2 "'read-5k' is not a scenario" "$real" --replay blk:modern:split:read-5k
expect 2 "'' is not a scenario" "$real" --replay blk:modern:split:
expect 2 "more-offered is not one of transport legacy" \
    "$real" --replay blk:legacy:more-offered:read-1
expect 0 "PASS blk:modern:split:read-1" "$real" --replay blk:modern:split:read-1

# Files.
expect 2 "expected --copy IMAGE OUT" "$real" --copy "$dir/image"
expect 2 "$dir/none: No such file" "$real" --copy "$dir/none" "$dir/out"
expect 2 "$dir: expected a regular file" "$real" --copy "$dir" "$dir/out"
expect 2 "$dir/odd: 1000 bytes, expected" "$real" --copy "$dir/odd" "$dir/out"
expect 2 "$dir/empty: 0 bytes, expected" "$real" --copy "$dir/empty" "$dir/out"
expect 2 "$dir/none/out: No such file" "$real" --copy "$dir/image" "$dir/none/out"
expect 2 "/dev/null: expected a regular file" "$real" --copy "$dir/image" /dev/null
expect 2 "$dir/none: No such file" "$real" --write "$dir/none" "$dir/image"
expect 2 "$dir/none: No such file" "$real" --write "$dir/image" "$dir/none"
expect 2 "$dir/large: 256 sectors" "$real" --write "$dir/large" "$dir/image"
expect 2 "from sector 1 on" "$real" --write "$dir/image" "$dir/image" --sector 1
expect 2 "--sector '-1'" "$real" --write "$dir/image" "$dir/image" --sector -1
if [ "$(id -u)" -ne 0 ]; then # root may read everything
    cp "$dir/image" "$dir/secret"
    chmod 0 "$dir/secret"
    expect 2 "$dir/secret: Permission denied" "$real" --copy "$dir/secret" "$dir/out"
fi
same_as "$dir/out" old

# Names that QEMU's option syntax would take apart.
cp "$dir/image" "$dir/a,b=c:d e"
expect 0 "65536 bytes" "$real" --copy "$dir/a,b=c:d e" "$dir/copy"
cmp -s "$dir/image" "$dir/copy" || complain "the copy of 'a,b=c:d e' differs"

# An image that a run has not changed.
kept=$("$real" --transport modern --variant split --scenario read-only --keep |
    sed -n 's/.*images kept in //p')
cp "$kept/disk0.img" "$dir/twin" || complain "--keep kept nothing in '$kept'"
[ -z "$kept" ] || rm -r "$kept"

# A device that does not do what it says: between us and QEMU stands a script that alters what
# follows file.driver= on the command line.
cat >"$dir/meddler" <<'END'
#!/bin/bash
args=()
for arg; do
    args+=("${arg/file.driver=*disk0.img/$MEDDLE}")
done
exec qemu-system-riscv64 "${args[@]}"
END
chmod +x "$dir/meddler"
export RTV_QEMU_RISCV64=$dir/meddler
one=("$real" --transport modern --variant split --scenario)
head -c 131072 /dev/zero >"$dir/zeroes"
export MEDDLE=file.driver=file,file.filename=$dir/zeroes
expect 1 "9 items reported as good differ" "${one[@]}" read-4k
expect 1 "--replay blk:modern:split:read-4k" "${one[@]}" read-4k
# Writes go astray, and come back from there.
MEDDLE=file.driver=file,file.filename=$dir/twin
expect 1 "image 0: 9 sectors hold something else" "${one[@]}" write-read
MEDDLE=file.driver=blkdebug,file.inject-error.0.event=read_aio,file.inject-error.0.errno=5
MEDDLE+=,file.image.driver=null-co,file.image.size=131072
expect 1 "outcome EIO, expected OK" "${one[@]}" read-1
unset MEDDLE

# The same for the other types: another device than the one asked for.
cat >"$dir/meddler" <<'END'
#!/bin/bash
args=()
for arg; do
    args+=("${arg/$FROM/$TO}")
done
exec qemu-system-riscv64 "${args[@]}"
END
export FROM TO
one_of() { # DEVICE SCENARIO
    "$real" --device "$1" --transport modern --variant split --scenario "$2"
}
FROM=remote.path=$dir TO=remote.path=$dir/nobody # its frames come to nobody
expect 1 "outcome ETIMEDOUT, expected OK" one_of net echo
FROM=,nr=1, TO=,nr=3, # a port under another number
expect 1 "outcome ETIMEDOUT, expected OK" one_of console reset-ports
FROM=xres=640 TO=xres=656
expect 1 "outcome EPROTO, expected OK" one_of gpu displays
FROM=virtio-keyboard-device TO=virtio-mouse-device
expect 1 "outcome EIO, expected OK" one_of input identify
unset FROM TO

# QEMU is missing, is no QEMU, or does not answer.
export RTV_QEMU_RISCV64=$dir/none
expect 3 "$dir/none not found" "$real" --scenario read-1
expect 3 "$dir/none not found" "$real" --bench
expect 3 "$dir/none not found" "$real" --compare
expect 3 "$dir/none not found" "$real" --copy "$dir/image" "$dir/out"
expect 3 "$dir/none not found" "$real" --write "$dir/image" "$dir/image"
RTV_QEMU_RISCV64=/bin/false
expect 3 "exited with status 1" "$real" --scenario read-1
expect 3 "exited with status 1" "$real" --copy "$dir/image" "$dir/out"
printf '#!/bin/sh\nexec sleep 60\n' >"$dir/sleeper"
chmod +x "$dir/sleeper"
RTV_QEMU_RISCV64=$dir/sleeper
expect 1 "hang: not over after 1 s" "${one[@]}" read-1 --watchdog 1
expect 1 "--replay blk:modern:split:read-1" "${one[@]}" read-1 --watchdog 1
unset RTV_QEMU_RISCV64

same_as "$dir/out" old
[ "$(cksum <"$dir/image")" = "$sum" ] || complain "the image was changed"
left=$(find "$dir" -maxdepth 1 -name "out.*")
[ -z "$left" ] || complain "left behind: $left"

[ "$failed" -eq 0 ] && echo "all refused as documented"
exit "$failed"
