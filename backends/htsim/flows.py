"""Collectives as flows between hosts.

htsim has no scale-up network, so the part inside servers is left out: what remains is, for each accelerator
index, one collective among the servers over the adapters of that index (as NCCL does on rails). With L
accelerators a server and S servers each adapter moves in one step

| collective                             | bytes in a step | steps    |
|----------------------------------------|-----------------|----------|
| all_reduce as a ring                   | size / (L * S)  | 2(S - 1) |
| all_gather, reduce_scatter as a ring   | size / (L * S)  | S - 1    |
| all_to_all, to servers +1, +2, …       | size / S        | S - 1    |

A flow of a ring starts when the flow that brings its data is done; one of an all_to_all, when its sender's
last one is. `send_done_trigger` is the sender's view, half a round trip later than the receiver's; htsim's
`recv_done_trigger` never fires.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...compiler.plant import Ints
from ...compiler.schema import Collective

FLOWS = 20_000
"""Most flows of a file. Beyond it only the first step is written."""

LARGEST = 2**31 - 1
"""Most bytes of a flow: htsim reads them into an int."""


@dataclass(frozen=True)
class Flows:
    """Rings of hosts (node numbers, by accelerator index), the bytes of a flow in each, and its steps. `written`
    of `steps` steps are in the file."""

    kind: str
    rings: tuple[Ints, ...]
    sizes: tuple[int, ...]
    steps: tuple[int, ...]
    one_step: bool

    @property
    def written(self) -> tuple[int, ...]:
        return tuple(min(1, steps) if self.one_step else steps for steps in self.steps)

    @property
    def count(self) -> int:
        """Flows in the file."""
        return sum(len(ring) * steps for ring, steps in zip(self.rings, self.written, strict=True))


def plan_flows(collective: Collective, per_server: int, local: Ints, node: Ints) -> Flows:
    """Flows among hosts with accelerator indices `local` and numbers `node`, in the order of ranks."""
    rings = tuple(node[local == index] for index in np.unique(local).tolist())
    rings = tuple(ring for ring in rings if len(ring) > 1)
    size = int(collective.size.to("B"))
    share = 1 if collective.kind == "all_to_all" else per_server
    sizes = tuple(-(-size // (share * len(ring))) for ring in rings)
    both_ways = 2 if collective.kind == "all_reduce" else 1
    steps = tuple(both_ways * (len(ring) - 1) for ring in rings)
    total = sum(len(ring) * many for ring, many in zip(rings, steps, strict=True))
    return Flows(collective.kind, rings, sizes, steps, total > FLOWS)


def matrix(flows: Flows, nodes: int) -> bytes:
    """The connection matrix. A flow that starts others has a trigger of its own number."""
    lines, triggers, number = [], [], 1
    for ring, size, steps in zip(flows.rings, flows.sizes, flows.written, strict=True):
        hosts, many = ring.tolist(), len(ring)
        for step in range(steps):
            for place, host in enumerate(hosts):
                ahead = step + 1 if flows.kind == "all_to_all" else 1
                # What must be done first: the flow into this host, or its own one before.
                before = place if flows.kind == "all_to_all" else (place - 1) % many
                start = f"trigger {number - place - many + before}" if step else "start 0"
                line = f"{host}->{hosts[(place + ahead) % many]} id {number} {start} size {size}"
                if step < steps - 1:
                    line += f" send_done_trigger {number}"
                    triggers.append(f"trigger id {number} oneshot")
                lines.append(line)
                number += 1
    head = [f"Nodes {nodes}", f"Connections {len(lines)}"]
    if triggers:
        head.append(f"Triggers {len(triggers)}")
    return ("\n".join(head + lines + triggers) + "\n").encode()
