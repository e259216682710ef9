#!/bin/sh
# Run on every server of hosts.txt, which lies beside this file: torchrun.sh SCRIPT [ARGUMENT...]
set -eu
here=$(cd -- "$(dirname -- "$0")" && pwd)
name="${RACKWRIGHT_HOST:-$(hostname -s)}"
line=$(grep -nxF -- "$name" "$here/hosts.txt") || { echo "$name is not in hosts.txt" >&2; exit 1; }
exec torchrun --nnodes=8 --nproc-per-node=1 --node-rank="$(( ${line%%:*} - 1 ))" \
    --master-addr=compute0-host0 --master-port="${MASTER_PORT:-29500}" "$@"
