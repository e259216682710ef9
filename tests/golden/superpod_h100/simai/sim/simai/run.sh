#!/bin/sh
# Runs every workload of this folder and compares what each GPU sends with the closed form.
# Usage: run.sh [SIMULATOR], or set SIMAI; else it is looked for in PATH.
set -eu
simulator=${1:-${SIMAI:-SimAI_simulator}}
case $simulator in */*) simulator=$(cd "$(dirname "$simulator")" && pwd)/$(basename "$simulator") ;; esac
here=$(cd "$(dirname "$0")" && pwd)
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
cd "$logs"
# The simulator does not make the folder that it writes to.
mkdir simai_output

failed=0
run() { # workload, bytes that every GPU sends or 0, nanoseconds that they take at least
    AS_SEND_LAT=0 AS_NVLS_ENABLE=0 "$simulator" -t 1 -w "$here/$1.txt" -n "$here/topology.txt" -c "$here/SimAI.conf" \
        >output 2>&1 || { tail -n 20 output; failed=1; return; }
    time=$(sed -n 's/.*all passes finished at time: *\([0-9]*\).*/\1/p' output | tail -n 1)
    sed -n 's/.*All data sent from node \([0-9]*\) is \([0-9]*\).*/\1 \2/p' output | sort -u >sent
    gpus=$(awk '$1 < 1016 && $2 > 0' sent | wc -l | tr -d ' ')
    bytes=$(awk '$1 < 1016 { print $2 }' sent | sort -un | tr '\n' ' ')
    echo "$1: $gpus of 1016 GPUs sent $bytes($2 expected), ${time:-no} ns (at least $3)"
    [ -n "$time" ] && [ "$gpus" = 1016 ] || failed=1
    [ "$2" = 0 ] || [ "$bytes" = "$2 " ] || failed=1
}
run 'train' 2145368960 5363422
exit $failed
