#!/bin/sh
# Addresses and routes of server0. It may be run again at any time.
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

# disk to store eth0, cable BZX1-0000
dev=$(interface disk "${PORT_DISK:-}" storage0 PORT_DISK)
ip link set dev "$dev" mtu 9100 up
ip -4 address replace 10.128.0.129/31 dev "$dev"
ip -4 route replace 10.128.0.0/16 via 10.128.0.128 dev "$dev" table 1001
rule -4 10.128.0.129 1001
ip -6 address replace fd00:0:0:2::81/127 dev "$dev"
ip -6 route replace fd00:0:0:2::/64 via fd00:0:0:2::80 dev "$dev" table 1001
rule -6 fd00:0:0:2::81 1001

# nic0.p0 to plane0-leaf0 eth0, cable EMGQ-0000
dev=$(interface nic0.p0 "${PORT_NIC0_P0:-}" '' PORT_NIC0_P0)
ip link set dev "$dev" mtu 9100 up
ip -4 address replace 10.128.0.1/31 dev "$dev"
ip -4 route replace 10.128.0.0/16 via 10.128.0.0 dev "$dev" table 1002
rule -4 10.128.0.1 1002
ip -6 address replace fd00:0:0:2::1/127 dev "$dev"
ip -6 route replace fd00:0:0:2::/64 via fd00:0:0:2:: dev "$dev" table 1002
rule -6 fd00:0:0:2::1 1002

# nic0.p1 to plane1-leaf0 eth0, cable EMGQ-0001
dev=$(interface nic0.p1 "${PORT_NIC0_P1:-}" '' PORT_NIC0_P1)
ip link set dev "$dev" mtu 9100 up
ip -4 address replace 10.128.0.65/31 dev "$dev"
ip -4 route replace 10.128.0.0/16 via 10.128.0.64 dev "$dev" table 1003
rule -4 10.128.0.65 1003
ip -6 address replace fd00:0:0:2::41/127 dev "$dev"
ip -6 route replace fd00:0:0:2::/64 via fd00:0:0:2::40 dev "$dev" table 1003
rule -6 fd00:0:0:2::41 1003

# nic1.p0 to plane0-leaf1 eth0, cable EMGQ-0002
dev=$(interface nic1.p0 "${PORT_NIC1_P0:-}" '' PORT_NIC1_P0)
ip link set dev "$dev" mtu 9100 up
ip -4 address replace 10.128.0.33/31 dev "$dev"
ip -4 route replace 10.128.0.0/16 via 10.128.0.32 dev "$dev" table 1004
rule -4 10.128.0.33 1004
ip -6 address replace fd00:0:0:2::21/127 dev "$dev"
ip -6 route replace fd00:0:0:2::/64 via fd00:0:0:2::20 dev "$dev" table 1004
rule -6 fd00:0:0:2::21 1004

# nic1.p1 to plane1-leaf1 eth0, cable EMGQ-0003
dev=$(interface nic1.p1 "${PORT_NIC1_P1:-}" '' PORT_NIC1_P1)
ip link set dev "$dev" mtu 9100 up
ip -4 address replace 10.128.0.97/31 dev "$dev"
ip -4 route replace 10.128.0.0/16 via 10.128.0.96 dev "$dev" table 1005
rule -4 10.128.0.97 1005
ip -6 address replace fd00:0:0:2::61/127 dev "$dev"
ip -6 route replace fd00:0:0:2::/64 via fd00:0:0:2::60 dev "$dev" table 1005
rule -6 fd00:0:0:2::61 1005
