"""failover.csv: what follows from every single failure, one line for all that are alike."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import polars as pl

from ...compiler.cooling.failover import Case, Strain
from ...dsl.units import format_number

_UNITS = {
    "heat": (1000, "W"),
    "air": (1000, "W"),
    "flow": (1000, "L/min"),
    "coupling": (1000, "L/min"),
    "pressure": (1000, "kPa"),
    "airflow": (1000, "CFM"),
}


def failures(cases: Sequence[Case]) -> pl.DataFrame:
    """One line a case."""
    text = {
        name: pl.String for name in ("lost", "element", "instance", "verdict", "carries_most", "unit", "overloaded")
    }
    return pl.DataFrame(
        {
            "lost": [case.kind for case in cases],
            "element": [case.element for case in cases],
            "instance": [case.instance for case in cases],
            "alike": [case.alike for case in cases],
            "verdict": [case.verdict for case in cases],
            "uncooled": [len(case.uncooled) for case in cases],
            "uncooled_w": [format_number(Fraction(case.uncooled_heat, 1000)) for case in cases],
            "carries_most": [case.worst.where if case.worst else None for case in cases],
            "what": [case.worst.sort if case.worst else None for case in cases],
            "load": [_number(case.worst, "load") for case in cases],
            "limit": [_number(case.worst, "limit") for case in cases],
            "unit": [_UNITS[case.worst.sort][1] if case.worst else None for case in cases],
            "overloaded": ["; ".join(dict.fromkeys(s.where for s in case.overloads[:10])) or None for case in cases],
        },
        schema_overrides={**text, "uncooled_w": pl.String, "what": pl.String, "load": pl.String, "limit": pl.String},
    )


def _number(strain: Strain | None, name: str) -> str | None:
    if strain is None:
        return None
    value = strain.load if name == "load" else strain.limit
    return format_number(Fraction(value, _UNITS[strain.sort][0]))
