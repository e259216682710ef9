"""What the accelerators of a design can compute, as a table."""

from __future__ import annotations

from fractions import Fraction

from ...compute import PRECISIONS, NotStated, accelerators_inside, counted_in, peak, total_peak
from ...design import Design, Element
from ...instances import instance_count
from .sheet import Table

_TERA, _HUNDRED = 10**12, 100


def compute_table(design: Design) -> tuple[Table, tuple[str, ...]]:
    """Accelerators with their dense peaks together, a row an element and a last one for all; notes on what is missing.

    A column for each accelerator that a requirement counts in has equivalents by BF16, rounded down to hundredths. A
    figure that a part does not state is `-`, and so is every sum that would need it.
    """
    found = [e for e in accelerators_inside(design, [0]) if instance_count(design, e.index)]
    like = [e for e in counted_in(design) if e.attributes.bf16]  # type: ignore[union-attr]
    groups = [[element] for element in found] + ([found] if len(found) > 1 else [])
    stated = [p for p in PRECISIONS if any(getattr(e.attributes, p) is not None for e in found)]
    rows = []
    for group in groups:
        one = group[0] if len(group) == 1 else None
        totals = {p: _total(design, group, p) for p in stated}
        count = sum(instance_count(design, e.index) for e in group)
        sums = [_decimal(value, _TERA) for value in totals.values()]
        same = [_decimal(totals["bf16"], peak(e, "bf16")) for e in like]
        rows.append(
            (f"{count:,}", design.path(one.index) if one else "all", one.definition if one else "", *sums, *same)
        )
    names = [e.definition.rpartition(".")[2] for e in like]
    head = ("count", "accelerators", "part", *(f"{p} TFLOPS" for p in stated), *(f"as {name}" for name in names))
    missing = [f"{e.definition} states no {p}" for p in stated for e in found if getattr(e.attributes, p) is None]
    return Table("accelerators", head, rows), tuple(dict.fromkeys(missing))


def _total(design: Design, group: list[Element], precision: str) -> Fraction | None:
    try:
        return total_peak(design, group, precision)
    except NotStated:
        return None


def _decimal(value: Fraction | None, unit: Fraction | int) -> str:
    """So many units, rounded down to hundredths and without zeros at the end."""
    if value is None:
        return "-"
    whole, rest = divmod(int(value / unit * _HUNDRED), _HUNDRED)
    return f"{whole:,}.{rest:02}".rstrip("0").rstrip(".")
