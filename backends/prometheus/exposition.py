"""Prometheus's text exposition format, written from columns.

Source: prometheus.io/docs/instrumenting/exposition_formats, "Text-based format": a backslash, a double quote and a line
feed are escaped in a label's value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Metric:
    """A gauge: its name and meaning, a text column for each label and one for the value. A row a series."""

    name: str
    help: str
    labels: dict[str, pl.Series]
    value: pl.Series


def escaped(column: pl.Series) -> pl.Series:
    """Values of a label as they stand between double quotes; missing ones are empty."""
    plain = column.fill_null("").str.replace_all("\\", "\\\\", literal=True)
    # A carriage return ends no line here, but it does for people's tools.
    return (
        plain.str.replace_all('"', '\\"', literal=True)
        .str.replace_all("\n", "\\n", literal=True)
        .str.replace_all("\r", " ", literal=True)
    )


def exposition(metrics: Iterable[Metric]) -> bytes:
    """A file of metrics; those without any series are left out."""
    parts: list[str] = []
    for metric in metrics:
        if not len(metric.value):
            continue
        parts.append(f"# HELP {metric.name} {metric.help}\n# TYPE {metric.name} gauge\n")
        pieces: list[pl.Expr] = []
        for number, name in enumerate(metric.labels):
            pieces += [pl.lit(f'{"," if number else metric.name + "{"}{name}="'), pl.col(name), pl.lit('"')]
        frame = pl.DataFrame(metric.labels | {"": metric.value})
        lines = frame.select(pl.concat_str([*pieces, pl.lit("} "), pl.col("")])).to_series()
        parts.append("\n".join(lines.to_list()) + "\n")
    return "".join(parts).encode()
