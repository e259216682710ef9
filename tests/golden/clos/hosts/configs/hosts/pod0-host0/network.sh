#!/bin/sh
# Addresses and routes of pod0-host0. It may be run again at any time.
set -eu

# Which interface of Linux a port is: what the variable says, else the port's line in the map (`port interface`), else
# what its part says.
map=${INTERFACES:-/etc/rackwright/interfaces}
interface() {
    found=$2
    if [ -z "$found" ] && [ -r "$map" ]; then
        found=$(awk -v port="$1" '$1 == port { print $2; exit }' "$map")
    fi
    found=${found:-$3}
    if [ -z "$found" ]; then
        echo "port $1 has no interface: set $4 or add a line for it to $map" >&2
        return 1
    fi
    echo "$found"
}

# Packets from an address leave by its own port: rule FAMILY ADDRESS TABLE
rule() {
    if [ -z "$(ip "$1" rule list from "$2" table "$3")" ]; then
        ip "$1" rule add from "$2" table "$3" priority "$3"
    fi
}

# nic0 to pod0-leaf0 eth6/0, cable ANTE-0000
dev=$(interface nic0 "${PORT_NIC0:-}" '' PORT_NIC0)
ip link set dev "$dev" mtu 9100 up
ip -4 address replace 10.128.0.25/31 dev "$dev"
ip -4 route replace 10.128.0.0/16 via 10.128.0.24 dev "$dev" table 1001
rule -4 10.128.0.25 1001
ip -4 route replace 10.128.0.0/16 via 10.128.0.24 dev "$dev"
