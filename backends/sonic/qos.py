"""CONFIG_DB: the traffic classes.

Each class goes from its DSCPs through a traffic class, which is its priority, to its queue; a lossless one also to a
priority group and PFC of the same number. Defaults are those of sonic-buildimage, files/build_templates/qos_config.j2.
"""

from __future__ import annotations

from ...compiler.network.classes import PRIORITIES, QosClass
from .._kit.device_model import Interface, Qos, SwitchModel, Watchdog
from .platform import Platform
from .rows import Row, Table, Tables

NAME = "AZURE"
"""What SONiC calls its default maps; some of its tools look for this name."""

LENGTHS = (5, 40, 300, 2000)
"""Cable lengths in metres that most platforms have headroom for (pg_profile_lookup.ini); the next longer is safe."""

POLL_MS = 200
"""Polling interval of the watchdog in milliseconds: SONiC's default. It may not exceed what it waits for."""

HASH = ("DST_IP", "SRC_IP", "IP_PROTOCOL", "L4_DST_PORT", "L4_SRC_PORT")
"""What flows are told apart by. Adapters give every queue pair of RoCEv2 a UDP source port of its own."""


def qos_tables(switch: SwitchModel, qos: Qos, platform: Platform) -> Tables:
    """Maps, schedulers, queues, marking and watchdog for every linked port: all but the lengths of cables."""
    linked = switch.linked
    queues = {str(tc): str(queue) for tc, queue in queue_of(qos).items()}
    group = lossy_group(qos)
    lossless = [str(c.priority) for c in qos.lossless]
    port_maps: Table = {"global": {"dscp_to_tc_map": NAME}}
    port_maps |= dict.fromkeys((i.port.name for i in linked), _port_map(",".join(lossless), platform))
    tables: Tables = {
        "DSCP_TO_TC_MAP": {NAME: {str(d): str(tc) for d, tc in sorted(_traffic_classes(qos).items())}},
        "TC_TO_QUEUE_MAP": {NAME: dict(queues)},
        "TC_TO_PRIORITY_GROUP_MAP": {NAME: {tc: tc if tc in lossless else str(group) for tc in queues}},
        "MAP_PFC_PRIORITY_TO_QUEUE": {NAME: dict(queues)},
        "PORT_QOS_MAP": port_maps,
        "SCHEDULER": {f"scheduler.{c.name}": _scheduler(c) for c in qos.classes},
        "QUEUE": _queues(linked, qos),
        "PFC_WD": _watchdog(linked, qos.watchdog),
        "SWITCH_HASH": {"GLOBAL": {"ecmp_hash": list(HASH)}},
    }
    if platform.computed:
        # Broadcom's SAI has no such map; a priority's group is then its own number.
        tables["PFC_PRIORITY_TO_PRIORITY_GROUP_MAP"] = {NAME: {p: p for p in lossless}}
    marked = [c for c in qos.classes if c.ecn_percent]
    if marked:
        tables["WRED_PROFILE"] = {_marking_name(c): _marking(c) for c in marked}
    return tables


def cable_lengths(switch: SwitchModel) -> Tables:
    """The length of cable at every port, linked or not."""
    return {"CABLE_LENGTH": {NAME: {i.port.name: _length(i) for i in switch.interfaces}}}


def _traffic_classes(qos: Qos) -> dict[int, int]:
    """Traffic class of each DSCP."""
    return {dscp: c.priority for c in qos.classes for dscp in c.dscps}


def queue_of(qos: Qos) -> dict[int, int]:
    """Queue of each traffic class; those that no class has go where the default class goes."""
    default = next((c.queue for c in qos.classes if c.name == "default"), 0)
    return dict.fromkeys(PRIORITIES, default) | {c.priority: c.queue for c in qos.classes}


def lossy_group(qos: Qos) -> int:
    """The priority group of all that is lossy: the first one that no lossless class has."""
    taken = {c.priority for c in qos.lossless}
    return next((group for group in PRIORITIES if group not in taken), 0)


def _port_map(lossless: str, platform: Platform) -> Row:
    row: Row = {
        "dscp_to_tc_map": NAME,
        "tc_to_queue_map": NAME,
        "tc_to_pg_map": NAME,
        "pfc_to_queue_map": NAME,
    }
    if platform.computed:
        row["pfc_to_pg_map"] = NAME
    row["pfc_enable"] = lossless
    row["pfcwd_sw_enable"] = lossless
    return row


def _scheduler(c: QosClass) -> Row:
    return {"type": "STRICT"} if c.strict else {"type": "DWRR", "weight": str(c.share)}


def _queues(linked: list[Interface], qos: Qos) -> Table:
    kinds: dict[int, Row] = {}
    for c in qos.classes:
        kinds[c.queue] = {"scheduler": f"scheduler.{c.name}"}
        if c.ecn_percent:
            kinds[c.queue]["wred_profile"] = _marking_name(c)
    ordered = sorted(kinds.items())
    return {f"{i.port.name}|{queue}": row for i in linked for queue, row in ordered}


def _marking_name(c: QosClass) -> str:
    return f"{NAME}_{c.name}"


def _marking(c: QosClass) -> Row:
    """Thresholds in bytes, alike for all colours, since nothing here colours packets; probability in percent."""
    row: Row = {"ecn": "ecn_all"}
    for color in ("green", "yellow", "red"):
        row[f"wred_{color}_enable"] = "true"
        row[f"{color}_min_threshold"] = str(c.ecn_low)
        row[f"{color}_max_threshold"] = str(c.ecn_high)
        row[f"{color}_drop_probability"] = str(c.ecn_percent)
    return row


def _watchdog(linked: list[Interface], watchdog: Watchdog) -> Table:
    row: Row = {
        "action": watchdog.action,
        "detection_time": str(watchdog.detect_ms),
        "restoration_time": str(watchdog.restore_ms),
    }
    poll = min(POLL_MS, watchdog.detect_ms, watchdog.restore_ms)
    rows: Table = {"GLOBAL": {"POLL_INTERVAL": str(poll)}}
    return rows | dict.fromkeys((i.port.name for i in linked), row)


def _length(interface: Interface) -> str:
    if interface.kind == "unused":
        # No cable, so no headroom.
        return "0m"
    if interface.room is not None:
        return f"{interface.room.metres}m"
    return f"{planned(interface.cable_m)}m"


def planned(metres: int) -> int:
    """The next length that most platforms have headroom for."""
    return next((length for length in LENGTHS if metres <= length), metres)
