"""One priority from end to end: what the files of servers and switches say of a packet, read from their text alone.

A hop is a port of a device: which priority each DSCP gets there, and which priorities it pauses. A path is lossless for
a DSCP if the two ends of each of its cables are alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from unit.hosts_shell import Machine

Files = dict[str, str]
Cable = tuple[tuple[str, str], tuple[str, str]]
"""Device and port, twice."""


@dataclass(frozen=True)
class Hop:
    """`sends` is the DSCP that a server's adapter puts on its packets, -1 at a switch."""

    priority: dict[int, int]
    paused: frozenset[int]
    sends: int = -1


def sonic(text: str) -> dict[str, Hop]:
    """The linked ports of a config_db.json."""
    tables = json.loads(text)
    found = {}
    for port, row in tables["PORT_QOS_MAP"].items():
        if port == "global":
            continue
        classes = tables["DSCP_TO_TC_MAP"][tables["PORT_QOS_MAP"]["global"]["dscp_to_tc_map"]]
        groups = tables["TC_TO_PRIORITY_GROUP_MAP"][row["tc_to_pg_map"]]
        queues = tables["TC_TO_QUEUE_MAP"][row["tc_to_queue_map"]]
        back = tables["MAP_PFC_PRIORITY_TO_QUEUE"][row["pfc_to_queue_map"]]
        enabled = {int(p) for p in row["pfc_enable"].split(",") if p}
        # A pause goes out for the priority group, and comes in for the queue: both must be those of the priority.
        paused = {p for p in enabled if groups[str(p)] == str(p) and back[str(p)] == queues[str(p)]}
        found[port] = Hop({int(dscp): int(tc) for dscp, tc in classes.items()}, frozenset(paused))
    return found


def eos(text: str) -> dict[str, Hop]:
    """The linked ports of a startup-config."""
    priority = {
        int(dscp): int(tc)
        for dscps, tc in re.findall(r"^qos map dscp ([\d ]+) to traffic-class (\d)$", text, re.M)
        for dscp in dscps.split()
    }
    profiles = {}
    for name, body in re.findall(r"^qos profile (\S+)\n((?:   .*\n)*)", text, re.M):
        on = "   priority-flow-control on\n" in body and "   qos trust dscp\n" in body
        paused = re.findall(r"^   priority-flow-control priority (\d) no-drop$", body, re.M)
        profiles[name] = frozenset(map(int, paused)) if on else frozenset()
    return {
        port: Hop(priority, profiles[profile])
        for port, body in re.findall(r"^interface (Ethernet\S+)\n((?:   .*\n)*)", text, re.M)
        for profile in re.findall(r"^   service-profile (\S+)$", body, re.M)
    }


def server(files: Files, place: Path) -> dict[str, Hop]:
    """The ports of a server that roce.sh sets, from what it tells its programs when it runs."""
    ports = [one["port"] for one in json.loads(files["network.json"])["interfaces"]]
    names = {port: f"eth{n}" for n, port in enumerate(ports)}
    place.mkdir()
    machine = Machine(place, {})
    (place / "interfaces").write_text("".join(f"{port} {name}\n" for port, name in names.items()))
    for n, name in enumerate(names.values()):
        machine.add(name, f"mlx5_{n}")
    status, errors, told = machine.run(files["roce.sh"])
    assert status == 0, errors
    found = {}
    for n, (port, name) in enumerate(names.items()):
        mine = [line for line in told if f"-i {name} " in line]
        if not mine:
            continue
        priority = {}
        for line in mine:
            for dscp, p in re.findall(r"--dscp2prio set,(\d+),(\d)$", line):
                priority[int(dscp)] = int(p)
        trusted = any(line.endswith("--trust dscp") for line in mine)
        (pfc,) = (m[1] for line in mine if (m := re.search(r"--pfc (\S+)", line)))
        paused = frozenset(p for p, on in enumerate(pfc.split(",")) if on == "1") if trusted else frozenset()
        (tos,) = (m[1] for line in told if (m := re.fullmatch(rf"cma_roce_tos -d mlx5_{n} -t (\d+)", line)))
        found[port] = Hop(priority, paused, int(tos) >> 2)
    return found


def faults(hops: dict[tuple[str, str], Hop], cables: list[Cable]) -> Iterator[str]:
    """What would lose packets, one sentence each."""
    for one, other in cables:
        if one not in hops or other not in hops:
            yield f"{' '.join(one)} or {' '.join(other)} knows of no classes"
            continue
        a, b = hops[one], hops[other]
        for dscp in range(64):
            if a.priority.get(dscp) != b.priority.get(dscp):
                yield f"DSCP {dscp} changes its priority between {' '.join(one)} and {' '.join(other)}"
                break
        if a.paused != b.paused:
            yield f"other priorities are paused at {' '.join(one)} than at {' '.join(other)}"
        for end, hop in ((one, a), (other, b)):
            if hop.sends >= 0 and hop.priority.get(hop.sends) not in hop.paused:
                yield f"{' '.join(end)} sends with DSCP {hop.sends}, which is not lossless"
