#!/bin/bash
# A plugin of SONiC's ZTP: the routing daemon's file, before the configuration is loaded. Its only argument is the
# section as JSON.
set -euo pipefail

source=$(python3 -c 'import json, sys; [section] = json.load(open(sys.argv[1])).values(); print(section["source"])' "$1")
place=${FRR:-/etc/sonic/frr}
mkdir -p "$place"
curl -fsS --retry 5 -o "$place/frr.conf.part" "$source"
mv "$place/frr.conf.part" "$place/frr.conf"
