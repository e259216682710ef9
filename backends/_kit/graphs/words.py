"""Columns of a graph as text. Latencies and rates are whole femtoseconds and bit/s, so nothing is rounded."""

from __future__ import annotations

import numpy as np
import polars as pl

from ....compiler.plant import Ints, Plant
from ....compiler.simulation import RANK, SCALE_UP, SWITCH, Graph
from ..columns import device_names, pick
from .probes import Probes

KINDS = {RANK: "rank", SCALE_UP: "scale_up", SWITCH: "switch"}


def rates(bits: Ints) -> pl.Series:
    """Rates in the words that ns-3 and OMNeT++ both read: `400Gbps`, or `5bps` where it is no whole number."""
    distinct, number = np.unique(bits, return_inverse=True)
    words = [f"{rate // 10**9}Gbps" if rate % 10**9 == 0 else f"{rate}bps" for rate in distinct.tolist()]
    return pl.Series(words, dtype=pl.String).gather(number.reshape(-1))


def delays(femtoseconds: Ints) -> pl.Series:
    """Latencies in the words that ns-3 and OMNeT++ both read: `5662190fs`."""
    return pl.Series(femtoseconds).cast(pl.String) + "fs"


def nodes_table(plant: Plant, graph: Graph) -> pl.DataFrame:
    """What each node stands for: its number and kind, the device of the plant (of a rank its server; empty for a switch
    inside a server that no part stands for) and the accelerator there."""
    kinds = pl.Series(list(KINDS.values()), dtype=pl.String).gather(graph.kind)
    slot = np.full(len(graph.kind), -1, dtype=np.int64)
    slot[: graph.hosts] = graph.ranks.slot[: graph.hosts]
    accelerator = pl.Series(slot)
    return pl.DataFrame(
        {
            "node": np.arange(len(graph.kind)),
            "kind": kinds,
            "device": pick(device_names(plant), graph.device),
            "accelerator": accelerator.set(accelerator < 0, None),
            "tier": graph.tier,
        }
    )


def probes_table(probes: Probes) -> pl.DataFrame:
    """Paths from rank 0 with their round trips in nanoseconds."""
    return pl.DataFrame(
        {
            "from": [0] * len(probes),
            "to": probes.receiver,
            "path": probes.what,
            "links": probes.links,
            "ports": probes.ports,
            "rtt_ns": [f"{time // 10**6}.{time % 10**6:06}" for time in probes.time],
        }
    )
