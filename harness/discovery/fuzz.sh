#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh FUZZ_FDT SEEDS WORK SECONDS: fuzzes discovery for that long, from the trees in SEEDS and
# what earlier runs kept in WORK/corpus. Prints executions and coverage; exit code 0 when nothing
# was found. What is found stays in WORK/found, with the command that shows it again.
set -u
[ $# -eq 4 ] || {
    echo "usage: fuzz.sh FUZZ_FDT SEEDS WORK SECONDS" >&2
    exit 2
}
exe=$1 seeds=$2 work=$3 seconds=$4
mkdir -p "$work/corpus" "$work/found" || exit 2
log=$work/fuzz.log

# One input may take 10 s at most: discovery is meant to be linear.
"$exe" -seed=1 -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=1024 \
    -print_final_stats=1 -verbosity=1 -artifact_prefix="$work/found/" \
    "$work/corpus" "$seeds" >"$log" 2>&1
code=$?
if [ $code -ne 0 ]; then
    tail -n 60 "$log"
    found=$(sed -n 's/.*Test unit written to \(.*\)$/\1/p' "$log" | tail -n 1)
    echo "FOUND (exit code $code). Again with:"
    echo "  $exe ${found:-$work/found/*}"
    exit 1
fi
grep -E 'INITED|DONE' "$log"
grep -E '^stat::(number_of_executed_units|average_exec_per_sec|new_units_added)' "$log"
executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
# A fuzzer that does not run finds nothing.
[ "${executions:-0}" -ge 1000 ] || {
    echo "only ${executions:-0} executions in $seconds s, expected at least 1000"
    exit 1
}
echo "fuzz:fdt: $executions executions in $seconds s, nothing found"
