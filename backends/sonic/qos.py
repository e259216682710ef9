"""CONFIG_DB: the lossless class of a RoCE fabric.

One priority is lossless, from its DSCP through traffic class, priority group and queue to PFC; DSCP 48 (CS6,
which FRR gives BGP) has a strict queue; all else is best effort. Headroom is the platform's: SONiC's buffer
manager makes the lossless priority group of each port from `pfc_enable`, the port's speed and CABLE_LENGTH, and
the pools come with the platform, so neither is written here.
"""

from __future__ import annotations

from ...compiler.network.classes import QosClass
from .._kit.device_model import Interface, Qos, SwitchModel
from .tables import Row, Tables

NAME = "AZURE"
"""What SONiC calls its default maps; some of its tools look for this name."""

CONTROL_DSCP = 48

LENGTHS = (5, 40, 300, 2000)
"""Cable lengths in metres that most platforms have headroom for (pg_profile_lookup.ini); the next longer is safe."""

LONGEST_GUESS = 300
"""Longest cable in metres that is assumed where nothing tells: what SONiC itself takes between spine and leaf."""

WATCHDOG_MS = "200"
"""SONiC's default detection and restoration times and polling interval, in milliseconds."""


def qos_tables(switch: SwitchModel, qos: Qos) -> Tables:
    """Maps, queues, marking and watchdog for every linked port."""
    roce = qos.lossless[0]
    lossless = str(roce.priority)
    control = next(str(c.priority) for c in qos.classes if c.strict)
    classes = [str(n) for n in range(8)]
    linked = [i for i in switch.interfaces if i.kind != "unused"]
    dscp = dict.fromkeys(map(str, range(64)), "0")
    dscp[str(CONTROL_DSCP)] = control
    dscp.update(dict.fromkeys(map(str, roce.dscps), lossless))
    tables: Tables = {
        "DSCP_TO_TC_MAP": {NAME: dscp},
        "TC_TO_QUEUE_MAP": {NAME: {c: c for c in classes}},
        "TC_TO_PRIORITY_GROUP_MAP": {NAME: {c: c if c == lossless else "0" for c in classes}},
        "MAP_PFC_PRIORITY_TO_QUEUE": {NAME: {c: c for c in classes}},
        "PFC_PRIORITY_TO_PRIORITY_GROUP_MAP": {NAME: {lossless: lossless}},
        "PORT_QOS_MAP": {"global": {"dscp_to_tc_map": NAME}} | {i.port.name: _port_map(lossless) for i in linked},
        # SONiC's default weights.
        "SCHEDULER": {
            "scheduler.lossless": {"type": "DWRR", "weight": "15"},
            "scheduler.default": {"type": "DWRR", "weight": "14"},
            "scheduler.control": {"type": "STRICT"},
        },
        "QUEUE": _queues(linked, lossless, control, roce),
        "CABLE_LENGTH": {NAME: {i.port.name: _length(i) for i in switch.interfaces}},
        "PFC_WD": {"GLOBAL": {"POLL_INTERVAL": WATCHDOG_MS}}
        | {
            i.port.name: {"action": "drop", "detection_time": WATCHDOG_MS, "restoration_time": WATCHDOG_MS}
            for i in linked
        },
    }
    if roce.ecn_percent:
        tables["WRED_PROFILE"] = {f"{NAME}_LOSSLESS": _marking(roce)}
    return tables


def _port_map(lossless: str) -> Row:
    return {
        "dscp_to_tc_map": NAME,
        "tc_to_queue_map": NAME,
        "tc_to_pg_map": NAME,
        "pfc_to_queue_map": NAME,
        "pfc_to_pg_map": NAME,
        "pfc_enable": lossless,
        "pfcwd_sw_enable": lossless,
    }


def _queues(linked: list[Interface], lossless: str, control: str, roce: QosClass) -> dict[str, Row]:
    kinds: dict[str, Row] = {"0": {"scheduler": "scheduler.default"}, lossless: {"scheduler": "scheduler.lossless"}}
    kinds[control] = {"scheduler": "scheduler.control"}
    if roce.ecn_percent:
        kinds[lossless]["wred_profile"] = f"{NAME}_LOSSLESS"
    return {f"{i.port.name}|{queue}": row for i in linked for queue, row in sorted(kinds.items())}


def _marking(roce: QosClass) -> Row:
    """Thresholds in bytes, alike for all colours, since nothing here colours packets; probability in percent."""
    low, high, percent = str(roce.ecn_low), str(roce.ecn_high), str(roce.ecn_percent)
    row = {"ecn": "ecn_all"}
    for color in ("green", "yellow", "red"):
        row[f"wred_{color}_enable"] = "true"
        row[f"{color}_min_threshold"] = low
        row[f"{color}_max_threshold"] = high
        row[f"{color}_drop_probability"] = percent
    return row


def _length(interface: Interface) -> str:
    if interface.kind == "unused":
        # No cable, so no headroom.
        return "0m"
    return f"{planned(interface.cable_m)}m"


def headroom_metres(length_um: int, reach_um: int) -> int:
    """The cable length that headroom is asked for. A length that is not known is taken as the longest that it may be:
    headroom for too short a cable loses packets of the lossless class, for too long a one it only takes buffer."""
    metres = -(-length_um // 10**6)
    if length_um < 0:
        metres = min(-(-reach_um // 10**6), LONGEST_GUESS) if reach_um >= 0 else LONGEST_GUESS
    return planned(metres)


def planned(metres: int) -> int:
    """The next length that most platforms have headroom for."""
    return next((length for length in LENGTHS if metres <= length), metres)
