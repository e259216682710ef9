"""What SONiC's YANG lets pass and is wrong all the same, looked for in the files of one switch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Config = dict[str, Any]

FABRIC_MODES = ("split-unified", "unified")


def faults(config: Config, frr: str | None, dscps: tuple[int, ...], priority: int) -> list[str]:
    """All faults. `frr` is the frr.conf beside it, `dscps` and `priority` those of the RoCE class."""
    return [*_ports(config), *_routing(config, frr), *_lossless(config, dscps, str(priority))]


def _ports(config: Config) -> Iterator[str]:
    ports = config["PORT"]
    lanes = [lane for row in ports.values() for lane in row["lanes"].split(",")]
    if len(set(lanes)) < len(lanes):
        yield "two ports share a lane"
    if len({row["alias"] for row in ports.values()}) < len(ports):
        yield "two ports share an alias"
    for name, row in ports.items():
        if row["admin_status"] == "up" and int(row["mtu"]) < 9000:
            yield f"{name}: an MTU of {row['mtu']}"
    for cage, row in config.get("BREAKOUT_CFG", {}).items():
        index = ports[cage]["index"]
        if sum(r["index"] == index for r in ports.values()) != int(row["brkout_mode"].partition("x")[0]):
            yield f"{cage}: not as many ports as {row['brkout_mode']}"


def _routing(config: Config, frr: str | None) -> Iterator[str]:
    meta = config["DEVICE_METADATA"]["localhost"]
    mode, asn = meta["docker_routing_config_mode"], meta["bgp_asn"]
    if (mode == "split-unified") != (frr is not None) or mode not in FABRIC_MODES:
        yield f"the mode {mode} discards what it should read"
    if frr is not None and f"router bgp {asn}\n" not in frr:
        yield "two AS numbers"
    if frr is None and config["BGP_GLOBALS"]["default"]["local_asn"] != asn:
        yield "two AS numbers"
    if frr is not None and any(table.startswith("BGP") for table in config):
        yield "BGP in two places"
    unnumbered = {n for n, row in config["INTERFACE"].items() if row.get("ipv6_use_link_local_only") == "enable"}
    if frr is None:
        sessions = {key.split("|")[1] for key in config["BGP_NEIGHBOR"]}
        if {s for s in sessions if s.startswith("Ethernet")} != unnumbered:
            yield "not a session on every unnumbered interface"


def _lossless(config: Config, dscps: tuple[int, ...], priority: str) -> Iterator[str]:
    table = config["DSCP_TO_TC_MAP"]["AZURE"]
    if set(table) != {str(dscp) for dscp in range(64)}:
        yield "a DSCP without a class"
    if any(table[str(dscp)] != priority for dscp in dscps):
        yield "the DSCP of RoCE is lossy"
    queue = config["TC_TO_QUEUE_MAP"]["AZURE"][priority]
    for port, row in config["PORT"].items():
        if row["admin_status"] != "up":
            continue
        enabled = config["PORT_QOS_MAP"].get(port, {}).get("pfc_enable", "").split(",")
        if priority not in enabled:
            yield f"{port}: no PFC for RoCE"
        for lossless in filter(None, enabled):
            yield from _group(config, port, lossless)
        if "wred_profile" not in config["QUEUE"].get(f"{port}|{queue}", {}):
            yield f"{port}: no ECN"
        if port not in config["PFC_WD"]:
            yield f"{port}: no watchdog"
        if config["CABLE_LENGTH"]["AZURE"][port] == "0m":
            yield f"{port}: no length"
    for key, row in config["QUEUE"].items():
        if "scheduler" not in row:
            yield f"{key}: no scheduler"


def _group(config: Config, port: str, priority: str) -> Iterator[str]:
    """The priority group of a lossless priority, and the buffer of its queue."""
    if config["TC_TO_PRIORITY_GROUP_MAP"]["AZURE"][priority] != priority:
        yield f"{port}: no priority group for priority {priority}"
    if "BUFFER_PG" not in config:
        return
    profile = config["BUFFER_PG"].get(f"{port}|{priority}", {}).get("profile", "")
    if not int(config["BUFFER_PROFILE"].get(profile, {}).get("xoff", "0")):
        yield f"{port}: no headroom for priority {priority}"
    queue = int(config["MAP_PFC_PRIORITY_TO_QUEUE"]["AZURE"][priority])
    profiles = [
        row["profile"]
        for key, row in config["BUFFER_QUEUE"].items()
        if key.startswith(f"{port}|") and _holds(key.partition("|")[2], queue)
    ]
    if profiles != ["egress_lossless_profile"]:
        yield f"{port}: queue {queue} drops"


def _holds(run: str, queue: int) -> bool:
    low, _, high = run.partition("-")
    return int(low) <= queue <= int(high or low)
