#!/bin/bash
# A plugin of SONiC's ZTP: is this the box that was bound to its host? Its only argument is the section as JSON.
set -euo pipefail

wanted=$(python3 -c 'import json, sys; [section] = json.load(open(sys.argv[1])).values(); print(section["serial"])' "$1")
found=$(decode-syseeprom -s | tr -d ' \r')
if [ "$found" != "$wanted" ]; then
    logger -t ztp "this box is $found, and its host was bound to $wanted" || true
    exit 1
fi
