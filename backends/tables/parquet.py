"""Parquet whose bytes depend on the table and the polars release alone."""

from __future__ import annotations

from io import BytesIO

import polars as pl

from ...compiler.design import Design

SCHEMA_VERSION = "1"
"""Changes when a column changes its name, type or meaning; a new column does not change it."""

_ROW_GROUP = 1 << 17
"""Rows that a reader can take by themselves."""


def write(table: str, frame: pl.DataFrame, design: Design) -> bytes:
    """One file. Everything that polars would choose by itself is fixed, and there is no time stamp.

    Rows are gathered by several threads into as many chunks as there happen to be; put together into one,
    they are cut into the same row groups and pages on every machine. The digest of the spec stays out (it is
    in the manifest): a comment that is edited changes no table.
    """
    out = BytesIO()
    frame.rechunk().write_parquet(
        out,
        compression="zstd",
        compression_level=3,
        statistics=True,
        row_group_size=_ROW_GROUP,
        data_page_size=1 << 20,
        metadata={
            "rackwright.schema_version": SCHEMA_VERSION,
            "rackwright.table": table,
            "rackwright.design": design.name,
            "rackwright.compiler": design.compiler,
        },
    )
    return out.getvalue()
