"""feeds.csv, phases.csv and failover.csv: the power chain by statement, by phase, and by what may fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from ...compiler.plant import Ints, Plant
from ...compiler.power.cases import Case
from ...compiler.power.currents import Currents
from ...compiler.power.feeds import FeedLine
from ...compiler.power.flow import Flow
from ...compiler.power.phases import watts_by_phase
from .._kit.csv import harmless
from .._kit.numbers import fixed

NAMED = 16
"""Devices that a line names before it only counts them."""


def feed_frame(lines: Iterable[FeedLine]) -> pl.DataFrame:
    """One line a feed statement."""
    found = list(lines)
    used = [line.used for line in found]
    amperes = [(*line.amperes_ma, None, None, None)[:3] for line in found]
    return pl.DataFrame(
        {
            "from": _text([line.outlet for line in found]),
            "to": _text([line.inlet for line in found]),
            "feeds": pl.Series([line.count for line in found], dtype=pl.Int64),
            "voltage": _text([line.voltage for line in found]),
            "wiring": _text([line.wiring for line in found]),
            "whip": _text([line.whip for line in found]),
            "breaker": _text([line.breaker for line in found]),
            "breaker_rule": _text([line.breaker_rule for line in found]),
            "largest": _text([harmless(line.name) for line in found]),
            "peak_w": fixed(_ints(line.peak for line in found), 3),
            "typical_w": fixed(_ints(line.typical for line in found), 3),
            "idle_w": fixed(_ints(line.idle for line in found), 3),
            "peak_va": fixed(_ints(line.apparent for line in found), 3),
            **{f"a{phase + 1}_a": _optional((a[phase] for a in amperes), 3) for phase in range(3)},
            "limit": _optional((u.limit.amount if u else None for u in used), 3),
            "load": _optional((u.load if u else None for u in used), 3),
            "unit": _text([u.limit.unit if u else "" for u in used]),
            "used_percent": _optional((-(-u.load * 1000 // max(u.limit.amount, 1)) if u else None for u in used), 1),
            "limit_rule": _text([u.limit.rule if u else "" for u in used]),
            "limit_at": _text([harmless(u.where) if u else "" for u in used]),
        }
    )


def phase_frames(plant: Plant, flow: Flow, currents: Currents) -> Iterator[pl.DataFrame]:
    """One line for each feeder with loads whose phase is told."""
    if not currents.wires.told:
        return
    rows = np.flatnonzero(currents.leaving[1:].any(axis=0))
    watts = watts_by_phase(currents.leaving[:, rows], flow.output[0, rows])
    # The largest over the mean, less 1, in tenths of a percent, rounded up.
    total = np.maximum(watts.sum(axis=0), 1)
    imbalance = -(-(watts.max(axis=0) * 3 - total) * 1000 // total)
    yield pl.DataFrame(
        {
            "feeder": _text([plant.devices.names[row] for row in rows.tolist()]),
            "path": pl.Series(
                [plant.design.path(plant.class_of(row).element) for row in rows.tolist()], dtype=pl.String
            ),
            **{f"phase{phase}_w": fixed(watts[phase], 3) for phase in range(3)},
            "peak_w": fixed(flow.output[0, rows], 3),
            "imbalance_percent": fixed(imbalance, 1),
        }
    )


def failover_frame(plant: Plant, cases: tuple[Case, ...]) -> pl.DataFrame:
    """One line for all single failures that are alike."""
    worst = [case.worst for case in cases]
    return pl.DataFrame(
        {
            "lost": _text([case.kind for case in cases]),
            "element": _text([case.element for case in cases]),
            "instance": _text([harmless(case.instance) for case in cases]),
            "alike": pl.Series([case.alike for case in cases], dtype=pl.Int64),
            "verdict": pl.Series([case.verdict for case in cases]),
            "dark_devices": pl.Series([len(case.dark) for case in cases], dtype=pl.Int64),
            "dark_w": fixed(_ints(case.dark_power for case in cases), 3),
            "battery_devices": pl.Series([len(case.stored) for case in cases], dtype=pl.Int64),
            "battery_w": fixed(_ints(case.stored_power for case in cases), 3),
            "ride_through_s": _optional((c.ride_through_ms if c.ride_through_ms >= 0 else None for c in cases), 3),
            "generators_w": fixed(_ints(case.generators for case in cases), 3),
            "worst": pl.Series([harmless(o.where) if o else "" for o in worst]),
            "load": _optional((o.load if o else None for o in worst), 3),
            "limit": _optional((o.limit if o else None for o in worst), 3),
            "unit": _text([o.unit if o else "" for o in worst]),
            "limit_rule": _text([o.rule if o else "" for o in worst]),
            "overloads": pl.Series([len(case.overloads) for case in cases], dtype=pl.Int64),
            "overloaded": pl.Series([_few([o.where for o in case.overloads]) for case in cases]),
            "dark": _text([_dark(plant, case.dark) for case in cases]),
        }
    )


def _dark(plant: Plant, devices: Ints) -> str:
    names = [plant.devices.names[d] for d in devices[:NAMED].tolist()]
    return _few(names + [""] * (len(devices) - len(names)))


def _few(names: list[str]) -> str:
    more = f"; {len(names) - NAMED} more" if len(names) > NAMED else ""
    return harmless("; ".join(names[:NAMED]) + more)


def _text(values: Iterable[str]) -> pl.Series:
    """Text; empty where there is none."""
    return pl.Series([value or None for value in values], dtype=pl.String)


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


def _optional(values: Iterable[int | None], digits: int) -> pl.Series:
    """Exact decimals; empty where there is no figure."""
    found = list(values)
    known = pl.Series([value is None for value in found], dtype=pl.Boolean)
    return fixed(_ints(value or 0 for value in found), digits).set(known, None)
