"""Batfish's user-provided layer 1 topology: `batfish/layer1_topology.json` of a snapshot.

An object with a list `edges`, each with `node1` and `node2`, and each of these with `hostname` and `interfaceName`
(pybatfish, "Format of vendor and supplemental data", section Layer-1 topology). The graph is directed, so each cable
is listed both ways, as in the example that the project ships (networks/example/example_layer1_topology.json).
"""

from __future__ import annotations

import orjson
import polars as pl

from .edges import Edges


def layer1(edges: Edges) -> bytes:
    """The file; one line an edge."""
    a, z = (_node(*edges.column(side)) for side in "az")
    there = ' {"node1": ' + a + ', "node2": ' + z + "}"
    back = ' {"node1": ' + z + ', "node2": ' + a + "}"
    lines = pl.concat([there, back]).to_list()
    return ('{"edges": [\n' + ",\n".join(lines) + "\n]}\n").encode()


def _node(device: pl.Series, port: pl.Series) -> pl.Series:
    """JSON of the nodes of a column; few names are distinct, so each is put into JSON once."""
    return '{"hostname": ' + _quoted(device) + ', "interfaceName": ' + _quoted(port) + "}"


def _quoted(names: pl.Series) -> pl.Series:
    distinct = names.unique(maintain_order=True)
    text = pl.Series([orjson.dumps(name).decode() for name in distinct.to_list()], dtype=pl.String)
    return names.replace_strict(distinct, text, return_dtype=pl.String)
