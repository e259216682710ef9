"""The point-to-point table of NVIDIA UFM's Cable Validation Tool, with the columns that its manual names.

`A-Node Name`, `A-Type`, `A-Port` and the same of Z (NVIDIA UFM Cable Validation Tool v1.5.0, "P2P File"): a type is
`Host` or `Switch`, a port the name of a switch's port, or in an InfiniBand subnet the number of a host's HCA. The tool
takes the table from a sheet of an Excel file; this is that sheet as CSV.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from .._kit.csv import write
from .edges import Edges


def p2p(edges: Edges) -> bytes:
    """The file; one row a cable."""
    plant = edges.plant
    switch = np.array([plant.element_of(cls).kind == "switch" for cls in plant.classes] + [False], dtype=np.int64)
    columns: dict[str, pl.Series] = {}
    for side in "az":
        device, port = edges.column(side)
        kind = switch[plant.devices.cls[edges.ends(side)[0]]]
        columns[f"{side.upper()}-Node Name"] = device
        columns[f"{side.upper()}-Type"] = pl.Series(["Host", "Switch"]).gather(kind)
        columns[f"{side.upper()}-Port"] = port
    return write([pl.DataFrame(columns)])
