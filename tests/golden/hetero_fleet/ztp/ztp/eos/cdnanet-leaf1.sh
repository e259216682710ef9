#!/bin/bash
# Provisioning of cdnanet-leaf1. EOS fetches this by ZTP and runs it; when it ends well, the switch reloads.
set -euo pipefail

host='cdnanet-leaf1'
serial='%serial:cdnanet-leaf1%'
image='%image:eos:x86_64-arista_7060dx5_64s%'
flash=${FLASH:-/mnt/flash}

say() { logger -t ztp "$host: $*" || true; echo "$host: $*"; }

found=$(FastCli -p 15 -c 'show version' | sed -n 's/^Serial number: *//p' | tr -d ' \r')
if [ "$found" != "$serial" ]; then
    say "this box is $found, and $host was bound to $serial; nothing is changed"
    exit 1
fi

if [ "$(cat "$flash/boot-config" 2>/dev/null)" != "SWI=flash:/$image" ]; then
    curl -fsS --retry 5 -o "$flash/$image.part" 'http://%server:ztp%/images/%image:eos:x86_64-arista_7060dx5_64s%'
    mv "$flash/$image.part" "$flash/$image"
    printf 'SWI=flash:/%s\n' "$image" > "$flash/boot-config"
fi

curl -fsS --retry 5 -o "$flash/startup-config.part" 'http://%server:ztp%/configs/eos/cdnanet-leaf1/startup-config'
# Only a file that is whole ends so.
if [ "$(tail -n 1 "$flash/startup-config.part")" != end ]; then
    say 'the configuration is cut off; nothing is changed'
    exit 1
fi
mv "$flash/startup-config.part" "$flash/startup-config"
say 'provisioned'
