#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The command line of virtio-sweep, one case a call: sweep_cli.sh VIRTIO-SWEEP CMAKE CASE
# Without arguments: the names of all cases. Each case runs in a folder of its own that must be
# empty at the end but for what the case expects.
set -u

fail() {
    printf 'FAIL: %s\n' "$1" >&2
    if [ -s out ]; then sed 's/^/  stdout: /' out | tail -20 >&2; fi
    if [ -s err ]; then sed 's/^/  stderr: /' err | tail -20 >&2; fi
    exit 1
}

# run EXIT-CODE ARGUMENT...: standard output to out, standard error to err. A run that does not end
# by itself is a failure.
run() {
    local expected=$1 rc=0
    shift
    timeout 20 "$sweep" "$@" >out 2>err || rc=$?
    [ "$rc" -ne 124 ] || fail "virtio-sweep $*: no end within 20 s"
    [ "$rc" -eq "$expected" ] || fail "virtio-sweep $*: exit code $rc, expected $expected"
}

says() { # says FILE TEXT...: every text is in the file
    local file=$1 text
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$file" || fail "'$text' expected in std$file"
    done
}

# Wrong usage: exit code 2, a message on standard error that names the thing and what was expected,
# nothing on standard output.
usage() { # usage NAMED EXPECTED ARGUMENT...
    local named=$1 expected=$2
    shift 2
    run 2 "$@"
    says err "$named" "$expected"
    [ ! -s out ] || fail "virtio-sweep $*: nothing expected on standard output"
}

only_files() { # only_files NAME...: nothing else was left behind
    rm -f out err
    local left
    left=$(ls -A | sort | tr '\n' ' ')
    [ "$left" = "$(printf '%s\n' "$@" | sed '/^$/d' | sort | tr '\n' ' ')" ] ||
        fail "files left: '$left', expected: '$*'"
}

json() { # json FILE PATH...: the value there, or a failure of the parser
    "$cmake" "-DFILE=$1" "-DWHERE=${*:2}" -P "$here/json_get.cmake" 2>&1 ||
        fail "$1: not valid, or without ${*:2}"
}

# Tags are closed in order, and text has no bare & or <.
well_formed() {
    awk '
        { text = text $0 "\n" }
        END {
            while (match(text, /<[^>]*>/)) {
                plain = substr(text, 1, RSTART - 1)
                if (plain ~ /[<>]/ || plain ~ /&[^#a-z]/) exit 1
                tag = substr(text, RSTART, RLENGTH)
                text = substr(text, RSTART + RLENGTH)
                if (tag ~ /^<[?!]/ || tag ~ /\/>$/) continue
                if (tag ~ /^<\//) {
                    name = substr(tag, 3, length(tag) - 3)
                    if (depth == 0 || stack[depth--] != name) exit 1
                } else {
                    name = substr(tag, 2, length(tag) - 2)
                    sub(/[ \t\n].*/, "", name)
                    stack[++depth] = name
                    roots += depth == 1
                }
            }
            exit !(depth == 0 && roots == 1 && text ~ /^[ \t\n]*$/)
        }' "$1" || fail "$1 is not well-formed"
}

# A sweep of a second at most.
small=(--transport modern --ring split --scenario read-4k --fault 'U-ID-*,BLK-IOERR' --seeds 1)

case_help() {
    run 0 --help
    says out Usage: --device --transport --ring --scenario --fault --list --seed --seeds --max-k \
        --jobs --replay --json --json-runs --junit --help "Exit code: 0"
    [ ! -s err ] || fail "nothing expected on standard error"
}

case_list() {
    run 0 --list
    says out "devices: blk" "transports: legacy modern" split+event_idx read-4k U-ID-DUP BLK-IOERR
    grep -q "^  notification_data" out && fail "rings are whole names"
    [ ! -s err ] || fail "nothing expected on standard error"
}

case_unknown_option() {
    usage "--nonsense" "--help" --nonsense
    usage "--nonsense" "--help" --nonsense=3
    usage "extra" "expected an option" extra
    usage "extra" "expected an option" --list extra
    usage "--seed" "--help" --seed
    usage "--help" "--help" --help=3
}

case_unknown_filter() {
    usage "device 'scsi'" "expected one of --list" --device scsi
    usage "transport 'pci'" "expected one of --list" --transport pci
    usage "ring 'packed'" "expected one of --list" --ring packed
    usage "scenario 'read-5k'" "expected one of --list" --scenario read-5k
    usage "fault 'U-ID-DOPE'" "expected one of --list" --fault U-ID-DOPE
    usage "fault 'Z-*'" "expected one of --list" --fault 'Z-*'
    usage "fault 'u-id-dup'" "expected one of --list" --fault u-id-dup
    usage "scenario 'nope'" "expected one of --list" --scenario read-4k,nope
    usage "fault ''" "expected one of --list" --fault ''
    usage "fault ''" "expected one of --list" --fault U-ID-DUP,
}

case_filters_that_select_nothing() {
    usage "select nothing" "expected at least one run" \
        --transport legacy --ring split+event_idx+notification_data
}

case_numbers() {
    usage "--jobs '0'" "from 1 to" --jobs 0
    usage "--jobs '-1'" "from 1 to" --jobs -1
    usage "--jobs 'two'" "from 1 to" --jobs two
    usage "--jobs '1000000'" "from 1 to" --jobs 1000000
    usage "--jobs ''" "from 1 to" --jobs ''
    usage "--seeds '0'" "from 1 to" --seeds 0
    usage "--seed '-1'" "from 0 to" --seed -1
    usage "--seed '1x'" "from 0 to" --seed 1x
    usage "--seed '99999999999999999999999'" "from 0 to" --seed 99999999999999999999999
    usage "--max-k '0'" "from 1 to" --max-k 0
    usage "--watchdog '0'" "from 1 to" --watchdog 0
    usage "--seeds ' 1'" "from 1 to" --seeds ' 1'
}

case_replay_malformed() {
    local whole="expected device:transport:ring:scenario:fault:schedule"
    usage "replay id ''" "$whole" --replay ''
    usage "replay id 'blk'" "$whole" --replay blk
    usage "replay id 'blk:modern:split:read-4k:none'" "$whole" \
        --replay blk:modern:split:read-4k:none
    usage "replay id 'blk:modern:split:read-4k:none:0:0'" "$whole" \
        --replay blk:modern:split:read-4k:none:0:0
    usage "device 'disk'" "expected one of --list" --replay disk:modern:split:read-4k:none:0
    usage "transport 'pci'" "expected legacy or modern" --replay blk:pci:split:read-4k:none:0
    usage "ring 'packed'" "expected a ring" --replay blk:modern:packed:read-4k:none:0
    usage "ring 'split+event_idx+notification_data'" "expected a ring of that transport" \
        --replay blk:legacy:split+event_idx+notification_data:read-4k:none:0
    usage "scenario ''" "expected one of that device" --replay blk:modern:split::none:0
    usage "scenario 'nope'" "expected one of that device" --replay blk:modern:split:nope:none:0
    local fault
    for fault in '' NOPE@1 U-ID-DUP U-ID-DUP@ U-ID-DUP@0 U-ID-DUP@x U-ID-DUP@1++ U-ID-DUP/9@1 \
        U-ID-DUP/@1 U-ID-DUP/-1@1 U-ID-DUP@1/1 U-ID-DUP@4294967296 none@1; do
        usage "fault '$fault'" "expected none or FAULT[/variant]@k[+]" \
            --replay "blk:modern:split:read-4k:$fault:0"
    done
    local schedule
    for schedule in '' -1 1x ' 1' o o9..9 x1.2. q3 99999999999999999999999; do
        usage "schedule '$schedule'" "expected a seed" \
            --replay "blk:modern:split:read-4k:none:$schedule"
    done
}

case_replay_of_a_passing_run() {
    run 0 --replay blk:modern:split:read-4k:none:0
    says out "PASS blk:modern:split:read-4k:none:0" "outcome OK" "Status" "QueueNotify"
    [ "$(wc -l <out)" -gt 50 ] || fail "a full trace expected"
    run 0 --replay blk:legacy:split+event_idx:write-read:U-ID-DUP/1@1+:17
    says out "PASS blk:legacy:split+event_idx:write-read:U-ID-DUP/1@1+:17" "fault struck"
    run 0 --replay blk:modern:split:order:none:o1.0.1
    says out "PASS blk:modern:split:order:none:o1.0.1"
    run 0 --replay blk:modern:split:read-1:none:x0.1
    says out "PASS blk:modern:split:read-1:none:x0.1"
    only_files
}

case_replay_is_the_same_twice() {
    local id
    for id in blk:modern:split:read-4k:none:0 \
        blk:modern:split+event_idx+indirect:batch:U-ID-SWAP/0@2:12345 \
        blk:legacy:split+indirect:reset-busy:IRQ-LOST/0@1+:987654321 \
        blk:modern:split:order-5:none:o1.2.0.1; do
        run 0 --replay "$id"
        mv out first
        run 0 --replay "$id"
        cmp -s first out || fail "$id: two replays differ"
    done
    run 0 --replay blk:modern:split:batch:none:2
    mv out first
    run 0 --replay blk:modern:split:batch:none:3
    cmp -s first out && fail "two seeds, one trace"
    return 0
}

case_json() {
    run 0 "${small[@]}" --json a.json
    local runs failed
    runs=$(json a.json scenarios)
    failed=$(json a.json failed)
    [ "$runs" -gt 10 ] || fail "scenarios: $runs, expected more"
    [ "$failed" -eq 0 ] || fail "failed: $failed, expected 0"
    [[ $(json a.json seconds) =~ ^[0-9]+(\.[0-9]+)?$ ]] || fail "seconds: expected a number"
    [[ $(json a.json rate) =~ ^[0-9]+(\.[0-9]+)?$ ]] || fail "rate: expected a number"
    [ "$(json a.json failures LENGTH)" -eq 0 ] || fail "failures: expected none"
    [ "$(json a.json faults LENGTH)" -eq 5 ] || fail "faults: expected one record a fault"
    says out "$runs scenarios, 0 failed"
    only_files a.json
}

case_json_runs() {
    run 0 "${small[@]}" --jobs 2 --json a.json --json-runs
    local runs records i last
    runs=$(json a.json scenarios)
    records=$(json a.json runs LENGTH)
    [ "$runs" -eq "$records" ] || fail "$records records for $runs scenarios"
    last=$(json a.json runs $((records - 1)) id)
    for i in passed struck outcome virtual_us text; do
        json a.json runs 0 "$i" >/dev/null
    done
    run 0 --replay "$last"
    says out "PASS $last"
    [ "$(grep -o '"id":"[^"]*"' a.json | sort -u | wc -l)" -eq "$runs" ] || fail "ids are not unique"
    only_files a.json
}

case_json_runs_over_an_older_report() {
    echo "left by a sweep that was killed" >a.json.0
    echo '{"scenarios": 7}' >a.json
    run 0 "${small[@]}" --jobs 1 --json a.json --json-runs
    [ "$(json a.json scenarios)" -eq "$(json a.json runs LENGTH)" ] || fail "old records got in"
    only_files a.json
}

case_json_runs_alone() {
    usage "--json-runs" "expected --json FILE" --json-runs
}

case_junit() {
    run 0 "${small[@]}" --junit a.xml
    well_formed a.xml
    local tests
    tests=$(sed -n 's/.*<testsuite .*tests="\([0-9]*\)".*/\1/p' a.xml)
    [ "$(grep -c '<testcase ' a.xml)" = "$tests" ] || fail "tests=$tests, not the number of cases"
    [ "$tests" -eq 5 ] || fail "$tests test cases, expected one a fault"
    grep -q 'failures="0"' a.xml || fail "failures: expected 0"
    only_files a.xml
}

unwritable() { # unwritable NAMED ARGUMENT...: exit code 1, the path named
    local named=$1
    shift
    run 1 "${small[@]}" "$@"
    says err "$named"
}

case_unwritable_reports() {
    mkdir folder
    unwritable "none/a.json" --json none/a.json
    unwritable "none/a.xml" --junit none/a.xml
    unwritable "folder" --json folder
    unwritable "folder" --junit folder
    only_files folder
    [ -z "$(ls -A folder)" ] || fail "half-written: $(ls -A folder)"
}

case_unwritable_json_runs() {
    unwritable "none/a.json" --json none/a.json --json-runs
    only_files
}

case_full_disk() {
    [ -w /dev/full ] || { echo "no /dev/full here"; return 0; }
    ln -s /dev/full a.json.tmp
    unwritable "a.json" --json a.json
    [ ! -e a.json ] || fail "a.json: half-written"
}

case_jobs_give_the_same_scenarios() {
    local filters=(--ring split --scenario 'read-4k,batch' --fault 'U-*,BLK-*,none' --seeds 2)
    run 0 "${filters[@]}" --jobs 1 --json one.json --json-runs
    run 0 "${filters[@]}" --jobs 2 --json two.json --json-runs
    [ "$(json one.json scenarios)" -eq "$(json two.json scenarios)" ] || fail "another number"
    grep -o '{"id".*}' one.json | sort >one
    grep -o '{"id".*}' two.json | sort >two
    cmp -s one two || fail "other runs, or other verdicts"
}

case_seed_moves_the_schedules() {
    run 0 "${small[@]}" --seed 7 --seeds 2 --json a.json --json-runs
    grep -o '"id":"[^"]*"' a.json | grep -q ':7"' || fail "seed 7 expected"
    grep -o '"id":"[^"]*"' a.json | grep -q ':8"' || fail "seed 8 expected"
    grep -o '"id":"[^"]*"' a.json | grep -qv ':[78]"' && fail "another seed than 7 and 8"
    return 0
}

case_max_k_bounds_the_depth() {
    run 0 --transport modern --ring split --scenario batch --fault BLK-IOERR --seeds 1 --max-k 3 \
        --json a.json --json-runs
    [ "$(json a.json faults 0 max_k)" -eq 3 ] || fail "deepest k: $(json a.json faults 0 max_k)"
    grep -q '@4' a.json && fail "an opportunity beyond the third was struck"
    return 0
}

case_rules() {
    run 0 "${small[@]}" --rules
    says out DRV-SPLIT- DRV-MMIO- checked "not observable"
}

all_cases() {
    declare -F | sed -n 's/^declare -f case_//p'
}

if [ $# -eq 0 ]; then
    all_cases
    exit 0
fi
[ $# -eq 3 ] && declare -F "case_$3" >/dev/null || {
    echo "usage: sweep_cli.sh VIRTIO-SWEEP CMAKE CASE, expected one of: $(all_cases | tr '\n' ' ')" >&2
    exit 2
}
sweep=$1
cmake=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export LC_ALL=C
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
"case_$3"
