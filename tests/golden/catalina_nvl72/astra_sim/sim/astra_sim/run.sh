#!/bin/sh
# Runs every workload of this folder and compares with the closed form.
# Usage: run.sh [SIMULATOR], or set ASTRA_SIM; else it is looked for in PATH.
set -eu
simulator=${1:-${ASTRA_SIM:-AstraSim_Analytical_Congestion_Unaware}}
here=$(cd "$(dirname "$0")" && pwd)
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# The simulator keeps one file a rank open and stops without a clear message when it may not.
if [ "$(ulimit -S -n)" != unlimited ] && [ "$(ulimit -S -n)" -lt 136 ]; then
    ulimit -S -n 136
fi

failed=0
run() { # workload, network, system, communicators, cycles to expect, whether they are exact
    "$simulator" \
        --workload-configuration="$here/workload/$1" \
        --system-configuration="$here/$3" \
        --network-configuration="$here/$2" \
        --remote-memory-configuration="$here/remote_memory.json" \
        --comm-group-configuration="$4" \
        --logging-folder="$logs" >"$logs/output" 2>&1 || { cat "$logs/output"; failed=1; return; }
    # The exit code tells nothing: a run in which no rank finishes also returns 0.
    grep -o 'sys\[[0-9]*\] finished, [0-9]* cycles' "$logs/output" | sort -u >"$logs/finished" || true
    ranks=$(wc -l <"$logs/finished" | tr -d ' ')
    cycles=$(sed 's/.*finished, \([0-9]*\) cycles/\1/' "$logs/finished" | sort -n | tail -n 1)
    echo "$1: $ranks of 72 ranks finished, ${cycles:-no} cycles, $6$5 expected"
    [ "$ranks" = 72 ] || failed=1
    if [ -n "$6" ]; then
        [ "${cycles:-0}" -ge "$5" ] || failed=1
    else
        [ "${cycles:-0}" = "$5" ] || failed=1
    fi
}
run 'exchange' network.yml system.json empty 2753958 ''
exit $failed
