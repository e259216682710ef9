"""CONFIG_DB: pools, profiles, and what each port takes of them.

Two models, as SONiC has them. Traditional: the switch looks headroom up by speed and length of cable, and takes a
profile of the name `pg_lossless_<speed>_<length>_profile` that is there already as it is (sonic-swss,
cfgmgr/buffermgr.cpp), so what is written here is what it uses. Dynamic, on NVIDIA's silicon: the switch computes
headroom and the sizes of pools; a profile with an `xoff` of its own is used as it is (cfgmgr/buffermgrdyn.cpp).

Profiles and their limits are those of the platforms: sonic-buildimage, device/*/*/*/buffers_defaults_t1.j2, and for
NVIDIA device/mellanox/x86_64-mlnx_msn2700-r0/ACS-MSN2700/buffers_defaults_objects.j2.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from ...compiler.network.headroom import LOSSLESS_MTU, SMALL_PACKETS, Room
from ...compiler.schema.parts import Buffers
from ...dsl.units import Quantity
from .._kit.device_model import Interface, Qos, SwitchModel
from .._kit.ports import Port
from .qos import NAME, lossy_group
from .rows import Row, Table, Tables

QUEUES = range(8)
"""Unicast queues of a port. The switch's own packets leave by the last one, so none may be without buffer."""

INGRESS, EGRESS = "ingress_lossless_pool", "egress_lossless_pool"


def buffer_tables(switch: SwitchModel, qos: Qos, buffers: Buffers, computed: bool) -> Tables:
    """Pools, queues and lists of profiles: all that no length of a cable bears on."""
    return _dynamic(switch, qos, buffers) if computed else _traditional(switch, qos, buffers)


def headroom_tables(linked: list[Interface], qos: Qos, buffers: Buffers, computed: bool) -> Tables:
    """Profiles, and the priority groups that take them: what follows from the lengths of the cables."""
    if computed:
        # NULL asks the switch to compute what is not known here.
        return _headrooms(linked, qos, _dynamic_profiles(), dynamic_name, "NULL")
    # A group whose headroom is not known is made by the buffer manager, from CABLE_LENGTH.
    return _headrooms(linked, qos, _traditional_profiles(buffers), traditional_name, "")


def _traditional(switch: SwitchModel, qos: Qos, buffers: Buffers) -> Tables:
    size = _bytes(buffers.pool)
    ingress: Row = {"type": "ingress", "mode": "dynamic", "size": size}
    if buffers.headroom is not None:
        ingress["xoff"] = _bytes(buffers.headroom)
    return {
        "BUFFER_POOL": {INGRESS: ingress, EGRESS: {"type": "egress", "mode": "dynamic", "size": size}},
        "BUFFER_QUEUE": _queues(switch.linked, qos, "egress_lossy_profile"),
    }


def _traditional_profiles(buffers: Buffers) -> Table:
    limit: Row = {"dynamic_th": "7"} if buffers.limit is None else {"static_th": _bytes(buffers.limit)}
    reserve = "0" if buffers.reserve is None else _bytes(buffers.reserve)
    return {
        "ingress_lossy_profile": limit | {"pool": INGRESS, "size": "0"},
        "egress_lossless_profile": limit | {"pool": EGRESS, "size": "0"},
        "egress_lossy_profile": {"pool": EGRESS, "size": reserve, "dynamic_th": "0"},
    }


def _dynamic_profiles() -> Table:
    return {
        "ingress_lossless_profile": {"pool": INGRESS, "size": "0", "dynamic_th": "7"},
        "ingress_lossy_profile": {"pool": "ingress_lossy_pool", "size": "0", "dynamic_th": "3"},
        "egress_lossless_profile": {"pool": EGRESS, "size": "0", "dynamic_th": "7"},
        "egress_lossy_profile": {"pool": "egress_lossy_pool", "size": "9216", "dynamic_th": "7"},
        "q_lossy_profile": {"pool": "egress_lossy_pool", "size": "0", "dynamic_th": "3"},
    }


def _dynamic(switch: SwitchModel, qos: Qos, buffers: Buffers) -> Tables:
    pools: Table = {
        name: {"type": name.partition("_")[0], "mode": "dynamic"}
        for name in (INGRESS, "ingress_lossy_pool", EGRESS, "egress_lossy_pool")
    }
    # The switch computes the others from this one.
    pools[EGRESS]["size"] = _bytes(buffers.pool)
    lists: dict[str, Table] = {
        direction: {
            i.port.name: {"profile_list": f"{direction}_lossless_profile,{direction}_lossy_profile"}
            for i in switch.interfaces
        }
        for direction in ("ingress", "egress")
    }
    return {
        "BUFFER_POOL": pools,
        "BUFFER_QUEUE": _queues(switch.linked, qos, "q_lossy_profile"),
        "BUFFER_PORT_INGRESS_PROFILE_LIST": lists["ingress"],
        "BUFFER_PORT_EGRESS_PROFILE_LIST": lists["egress"],
        "DEFAULT_LOSSLESS_BUFFER_PARAMETER": {NAME: {"default_dynamic_th": "0"}},
        "LOSSLESS_TRAFFIC_PATTERN": {NAME: {"mtu": str(LOSSLESS_MTU), "small_packet_percentage": str(SMALL_PACKETS)}},
    }


def traditional_name(port: Port, room: Room) -> str:
    """What the buffer manager itself would call the headroom of a port."""
    return f"pg_lossless_{port.speed // 10**6}_{room.metres}m_profile"


def dynamic_name(port: Port, room: Room) -> str:
    """A name that the buffer manager gives to none of its own; headroom depends on the number of lanes too."""
    return f"headroom_{port.speed // 10**6}_{port.width}lanes_{room.metres}m"


def _headrooms(
    linked: list[Interface], qos: Qos, fixed: Table, name: Callable[[Port, Room], str], unknown: str
) -> Tables:
    """Profiles and priority groups. `unknown` is the profile of a group of unknown headroom; empty leaves it out."""
    rest, lossless = lossy_group(qos), [c.priority for c in qos.lossless]
    lossy: Row = {"profile": "ingress_lossy_profile"}
    rooms: dict[str, Room] = {}
    groups: Table = {}
    for i in linked:
        groups[f"{i.port.name}|{rest}"] = lossy
        profile = unknown
        if i.room is not None:
            profile = name(i.port, i.room)
            rooms[profile] = i.room
        if profile:
            own: Row = {"profile": profile}
            for group in lossless:
                groups[f"{i.port.name}|{group}"] = own
    return {"BUFFER_PROFILE": fixed | {key: _headroom(room) for key, room in rooms.items()}, "BUFFER_PG": groups}


def _headroom(room: Room) -> Row:
    row: Row = {"pool": INGRESS, "size": str(room.size), "xon": str(room.xon), "xoff": str(room.xoff)}
    if room.xon_offset:
        row["xon_offset"] = str(room.xon_offset)
    row["dynamic_th"] = "0"
    return row


def _queues(linked: list[Interface], qos: Qos, lossy: str) -> Table:
    """A profile for each queue, runs of queues together as SONiC writes them."""
    lossless = {c.queue for c in qos.lossless}
    runs: dict[str, Row] = {}
    for kept, run in groupby(QUEUES, lambda queue: queue in lossless):
        queues = list(run)
        key = str(queues[0]) if len(queues) == 1 else f"{queues[0]}-{queues[-1]}"
        runs[key] = {"profile": "egress_lossless_profile" if kept else lossy}
    return {f"{i.port.name}|{key}": row for i in linked for key, row in runs.items()}


def _bytes(amount: Quantity) -> str:
    return str(int(amount.to("B")))
