"""Rows of a schedule as GOAL's text.

    num_ranks 2
    rank 0 {
    l0: send 4096b to 1 tag 0
    l2: calc 100
    l2 requires l0
    }
    …

Labels are unique in a rank; a row that waits stands after what it waits for.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from ...compiler.plant import Ints
from .rows import CALC, RECEIVE, SEND, Rows


def goal(rows: Rows, place: Ints, ranks: int) -> bytes:
    """The text, with `ranks` ranks; a rank of the rows stands at its `place`."""
    frame = pl.DataFrame(
        {
            "rank": place[rows.rank],
            "number": rows.number,
            "kind": rows.kind,
            "size": rows.size,
            "peer": place[rows.peer],
            "tag": rows.tag,
            "before": rows.before,
        }
    )
    kind, message = pl.col("kind"), pl.format("{}b", "size")
    label = pl.format("l{}", "number")
    what = (
        pl.when(kind == SEND)
        .then(pl.format("{}: send {} to {} tag {}\n", label, message, "peer", "tag"))
        .when(kind == RECEIVE)
        .then(pl.format("{}: recv {} from {} tag {}\n", label, message, "peer", "tag"))
        .when(kind == CALC)
        .then(pl.format("{}: calc {}\n", label, "size"))
        .otherwise(pl.lit(""))
    )
    waits = pl.when(pl.col("before") >= 0).then(pl.format("{} requires l{}\n", label, "before")).otherwise(pl.lit(""))
    every = np.arange(ranks, dtype=np.int64)
    # A line before and one after the rows of each rank.
    ends = pl.concat(
        pl.DataFrame({"rank": every, "number": np.full(ranks, number), "kind": np.full(ranks, kind)}).select(
            "rank", "number", "kind", line
        )
        for number, kind, line in (
            (-1, 0, pl.format("rank {} {{\n", "rank").alias("line")),
            (np.iinfo(np.int64).max, 9, pl.lit("}\n").alias("line")),
        )
    )
    lines = frame.select("rank", "number", "kind", pl.concat_str(what, waits).alias("line"))
    ordered = pl.concat([ends, lines]).sort("rank", "number", "kind", maintain_order=True)
    return f"num_ranks {ranks}\n".encode() + "".join(ordered["line"].to_list()).encode()
