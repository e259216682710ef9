#!/bin/sh
# Traffic classes of server0's adapters, as every switch on their way has them. Run it after network.sh, and again
# after every start: adapters forget. It may be run again at any time.
set -eu

sys=${SYSFS:-/sys}

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

# put FILE VALUE, unless it holds that
put() {
    if [ "$(cat "$1")" != "$2" ]; then
        echo "$2" >"$1"
    fi
}

# Pause of all classes at once, which would undo that of one.
no_global_pause() {
    case $(ethtool -a "$1") in
        *RX:*on* | *TX:*on*) ethtool -A "$1" rx off tx off ;;
    esac
}

# The classes of the network backend: classes_0 INTERFACE METRES, the length of its cable
classes_0() {
    mlnx_qos -i "$1" --dcbx os
    mlnx_qos -i "$1" --trust dscp
    for pair in 0,0 1,0 2,0 3,0 4,0 5,0 6,0 7,0 8,0 9,0 10,4 11,0 12,4 13,0 14,0 15,0 16,0 17,0 18,0 19,0 20,0 21,0 22,0 23,0 24,0 25,0 26,3 27,3 28,0 29,0 30,0 31,0 32,0 33,0 34,0 35,0 36,0 37,0 38,0 39,0 40,0 41,0 42,0 43,0 44,0 45,0 46,5 47,0 48,6 49,0 50,0 51,0 52,0 53,0 54,0 55,0 56,0 57,0 58,0 59,0 60,0 61,0 62,0 63,0; do
        mlnx_qos -i "$1" --dscp2prio "set,$pair"
    done
    mlnx_qos -i "$1" --prio_tc 0,0,0,3,4,5,6,0 --tsa ets,ets,ets,ets,ets,strict,strict,ets --tcbw 42,0,0,33,25,0,0,0
    no_global_pause "$1"
    mlnx_qos -i "$1" --pfc 0,0,0,1,1,0,0,0 --cable_len "$2"
    for side in roce_np roce_rp; do
        for priority in 3 4; do
            put "$sys/class/net/$1/ecn/$side/enable/$priority" 1
        done
        for priority in 0 1 2 5 6 7; do
            put "$sys/class/net/$1/ecn/$side/enable/$priority" 0
        done
    done
    put "$sys/class/net/$1/ecn/roce_np/cnp_dscp" 46
    put "$sys/class/net/$1/ecn/roce_np/cnp_802p_prio" 5
    rdma=$(basename "$sys/class/net/$1/device/infiniband/"*)
    cma_roce_tos -d "$rdma" -t 106
}

# disk to store eth0, cable BZX1-0000
# Not NVIDIA's: its maker's tools must do what is done for the others (RW8060).

# nic0.p0 to plane0-leaf0 eth0, cable EMGQ-0000
dev=$(interface nic0.p0 "${PORT_NIC0_P0:-}" '' PORT_NIC0_P0)
classes_0 "$dev" 300

# nic0.p1 to plane1-leaf0 eth0, cable EMGQ-0001
dev=$(interface nic0.p1 "${PORT_NIC0_P1:-}" '' PORT_NIC0_P1)
classes_0 "$dev" 300

# nic1.p0 to plane0-leaf1 eth0, cable EMGQ-0002
dev=$(interface nic1.p0 "${PORT_NIC1_P0:-}" '' PORT_NIC1_P0)
classes_0 "$dev" 300

# nic1.p1 to plane1-leaf1 eth0, cable EMGQ-0003
dev=$(interface nic1.p1 "${PORT_NIC1_P1:-}" '' PORT_NIC1_P1)
classes_0 "$dev" 300
