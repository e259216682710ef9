"""Readers of htsim's files, written from its sources alone, and two fabrics of three tiers."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from rackwright.backends.htsim.flows import LARGEST

Tier = dict[str, int]

PLANES = """
use generic.lab as parts
group pod {
    leaf[2]  : parts.lab_switch
    spine[2] : parts.lab_switch
    host[4]  : parts.lab_host
    link host[h].nic[0] -> leaf[h div 2].eth[h mod 2]
    link leaf[l].eth[8 + s] -> spine[s].eth[l]
}
site campus {
    pod[3]  : pod
    core[4] : parts.lab_switch
    link pod[p].spine[s].eth[8 + c] -> core[2*s + c].eth[p]    for c in 0..1
}
network fabric { routing = none }
workload w {
    ranks      = campus.pod[*].host[*].accelerator[*]
    collective = all_reduce 1 MiB
}
"""


SERVERS = """
use generic.lab as parts
switch tor is parts.lab_switch { latency = 500 ns }
nic card is parts.lab_nic { latency = 250 ns }
accelerator gpu is parts.lab_accelerator {
    scale_up         = 100 GB/s
    bf16             = 100 TFLOPS
    memory_bandwidth = 1 TB/s
    memory           = 80 GB
}
server box {
    scale_up         = switch
    scale_up_latency = 300 ns
    accelerator[2]   : gpu
    nic[2]           : card
}
group pod {
    leaf[4]  : tor
    spine[2] : tor
    box[8]   : box
    link box[h].nic[n] -> leaf[2*(h div 4) + n].eth[h mod 4]
    link leaf[l].eth[8 + s] -> spine[s].eth[l]
}
site campus {
    pod[2]  : pod
    core[4] : tor
    link pod[p].spine[s].eth[8 + c] -> core[2*s + c].eth[p]    for c in 0..1
}
network fabric { routing = none }
"""
"""Servers of two accelerators on rails, in two pods, with latencies."""


def job(name: str, ranks: str, *rest: str) -> str:
    """A workload of `SERVERS`."""
    return "\n".join([f"workload {name} {{", f"    ranks = campus.{ranks}.accelerator[*]", *rest, "}"]) + "\n"


def read_topology(text: str) -> list[Tier]:
    """What `FatTreeTopology::load` reads: the head, then a table a tier. One blank, no indents."""
    found: list[Tier] = [{}]
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        key, value = line.split(" ")
        if key == "Tier":
            assert int(value) == len(found) - 1
            found.append({})
        else:
            assert key not in found[-1]
            found[-1][key] = int(value)
    return found


def check_topology(text: str) -> list[Tier]:
    """The checks of `FatTreeTopology::set_custom_params` and the port assertions of uet-htsim's network."""
    head, tor, agg, *above = tiers = read_topology(text)
    pods, rest = divmod(head["Nodes"], head["Podsize"])
    assert not rest and head["Podsize"] % tor["Radix_Down"] == 0
    assert head["Tiers"] == len(tiers) - 1
    s0, s1, over = tor["Downlink_speed_Gbps"], agg["Downlink_speed_Gbps"], tor["Oversubscribed"]
    assert head["Nodes"] * s0 % (s1 * over) == 0
    uplinks = head["Nodes"] * s0 // (s1 * over)
    assert tor["Radix_Down"] // tor["Radix_Up"] == over
    assert uplinks % (pods * agg["Radix_Down"]) == 0
    spines = uplinks // (pods * agg["Radix_Down"])
    assert spines * agg.get("Bundle", 1) == tor["Radix_Up"]
    assert tor["Radix_Down"] <= 96 and tor["Radix_Down"] + tor["Radix_Up"] <= 128
    assert agg["Radix_Down"] + agg.get("Radix_Up", 0) <= (64 if above else 128)
    if above:
        (core,) = above
        s2, over = core["Downlink_speed_Gbps"], agg["Oversubscribed"]
        assert uplinks * s1 % (s2 * over) == 0
        links = uplinks * s1 // (s2 * over)
        assert links % core["Radix_Down"] == 0
        cores = links // core["Radix_Down"]
        assert cores % spines == 0
        assert cores * core.get("Bundle", 1) // spines == agg["Radix_Up"]
        assert core["Radix_Down"] <= 64
    assert all(tier["Downlink_Latency_ns"] > 0 for tier in tiers[1:])
    return tiers


@dataclass(frozen=True)
class Connection:
    """A flow of a matrix: it starts by `start`, or by a `trigger`, and `fires` another."""

    source: int
    target: int
    start: int | None
    trigger: int | None
    size: int
    fires: int | None


FLOW = re.compile(r"(\d+)->(\d+) id (\d+) (?:start (\d+)|trigger (\d+)) size (\d+)(?: send_done_trigger (\d+))?")
TRIGGER = re.compile(r"trigger id (\d+) (?:oneshot|barrier count (\d+))")


def read_matrix(text: str) -> dict[int, Connection]:
    """Flows by id, as `ConnectionMatrix::load` reads them; every trigger has what it needs and starts something."""
    lines = text.splitlines()
    head = dict(line.split(" ") for line in lines if re.fullmatch(r"(Nodes|Connections|Triggers) \d+", line))
    flows: dict[int, Connection] = {}
    needs: dict[int, int] = {}
    for line in lines[len(head) :]:
        match, trigger = FLOW.fullmatch(line), TRIGGER.fullmatch(line)
        if match:
            source, target, number, start, waits, size, fires = (None if g is None else int(g) for g in match.groups())
            assert number not in flows and source != target and source is not None and target is not None
            assert number is not None and size is not None and 0 < size <= LARGEST
            assert max(source, target) < int(head["Nodes"])
            flows[number] = Connection(source, target, start, waits, size, fires)
        else:
            assert trigger, line
            assert int(trigger[1]) not in needs
            needs[int(trigger[1])] = int(trigger[2] or 1)
    assert len(flows) == int(head["Connections"]) and len(needs) == int(head.get("Triggers", 0))
    fired = Counter(flow.fires for flow in flows.values() if flow.fires is not None)
    assert dict(fired) == needs
    assert set(needs) == {flow.trigger for flow in flows.values() if flow.trigger is not None}
    assert list(flows) == list(range(1, len(flows) + 1))
    return flows


def order(flows: dict[int, Connection]) -> dict[int, int]:
    """How many flows come before each: all must start."""
    step: dict[int, int] = {}
    rest = dict(flows)
    while rest:
        ready = {
            n
            for n, flow in rest.items()
            if flow.trigger is None or all(m in step for m, f in flows.items() if f.fires == flow.trigger)
        }
        assert ready, "flows that never start"
        level = max(step.values(), default=-1) + 1
        step |= dict.fromkeys(ready, level)
        rest = {n: flow for n, flow in rest.items() if n not in ready}
    return step


def hosts(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))
