#!/bin/sh
# Runs every workload of the folder above on the packet network. Usage: run.sh [SIMULATOR], or set ASTRA_SIM_NS3.
set -eu
simulator=${1:-${ASTRA_SIM_NS3:-AstraSimNetwork}}
case $simulator in */*) simulator=$(cd "$(dirname "$simulator")" && pwd)/$(basename "$simulator") ;; esac
here=$(cd "$(dirname "$0")" && pwd)
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
cd "$logs"
# Paths in the configuration are relative to where it runs, and it does not make its output folder.
mkdir output
cp "$here/topology.txt" .
echo 0 >0

# It keeps one file a rank open and stops without a clear message when it may not.
if [ "$(ulimit -S -n)" != unlimited ] && [ "$(ulimit -S -n)" -lt 1088 ]; then
    ulimit -S -n 1088
fi

failed=0
run() { # workload, system, communicators, logical dimensions
    "$simulator" \
        --workload-configuration="$here/../workload/$1" \
        --system-configuration="$here/../$2" \
        --network-configuration="$here/config.txt" \
        --remote-memory-configuration="$here/../remote_memory.json" \
        --logical-topology-configuration="$here/$4" \
        --comm-group-configuration="$3" >output.txt 2>&1 || { tail -n 20 output.txt; failed=1; return; }
    grep -o 'sys\[[0-9]*\] finished, [0-9]* cycles' output.txt | sort -u >finished || true
    ranks=$(wc -l <finished | tr -d ' ')
    cycles=$(sed 's/.*finished, \([0-9]*\) cycles/\1/' finished | sort -n | tail -n 1)
    echo "$1: $ranks of 1024 ranks finished, ${cycles:-no} cycles"
    [ "$ranks" = 1024 ] || failed=1
}
run 'train' system.json empty logical_topology.json
exit $failed
