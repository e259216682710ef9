"""No port, outlet, inlet or coupling is used twice; an inlet on a busbar may be fed by several outlets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ..design import End, Rule
from ..plant import Bools, Ints, Plant, Relations
from ..schema import InletAttributes
from .facts import Facts
from .wording import in_all, terminal, variables

_OTHER = {"port": "port", "inlet": "outlet", "coolant_in": "coolant_out"}
_WORDS = {"port": "ports", "inlet": "inlets", "coolant_in": "couplings"}
_JOINED = {"port": "is joined to", "inlet": "is fed by", "coolant_in": "is supplied by"}
_HELP = {
    "port": "give each link a port of its own; an index that joins both sides, or an offset, keeps them apart",
    "inlet": "feed each inlet once; say `busbar = true` on an inlet that clips onto a busbar",
    "coolant_in": "join each coupling once; a manifold has a coupling for each load",
}


def ports_used_twice(facts: Facts) -> Iterator[Diagnostic]:
    """RW3005: both ends of all links. A port joined to itself is another mistake and told elsewhere.

    A port of a passive part has two sides, so what is joined inside the part is looked at by itself.
    """
    links = facts.plant.segments
    looped = (links.a_device == links.z_device) & (links.a_terminal == links.z_terminal)
    rows = np.flatnonzero(~looped)
    yield from _twice(facts, "RW3005", "port", links, np.concatenate([rows, rows]), _sides(len(rows)))
    if facts.plant.circuits is not None:
        inside = facts.plant.circuits.passages
        rows = np.arange(len(inside))
        yield from _twice(facts, "RW3005", "port", inside, np.concatenate([rows, rows]), _sides(len(rows)))


def inlets_used_twice(facts: Facts) -> Iterator[Diagnostic]:
    """RW5001: the z ends of feeds whose inlet is not on a busbar."""
    rows = np.flatnonzero(~_busbar_inlets(facts.plant))
    yield from _twice(facts, "RW5001", "inlet", facts.plant.feeds, rows, np.ones(len(rows), dtype=np.int64))


def couplings_used_twice(facts: Facts) -> Iterator[Diagnostic]:
    """RW6001: the z ends of pipes. A supply coupling may lead to several loads through a manifold."""
    rows = np.arange(len(facts.plant.pipes))
    yield from _twice(facts, "RW6001", "coolant_in", facts.plant.pipes, rows, np.ones(len(rows), dtype=np.int64))


def _sides(count: int) -> Ints:
    return np.repeat(np.array([0, 1], dtype=np.int64), count)


def _busbar_inlets(plant: Plant) -> Bools:
    """For each feed whether it enters at a busbar inlet."""
    feeds = plant.feeds
    found = np.zeros(len(feeds), dtype=np.bool_)
    of_row = plant.devices.cls[feeds.z_device]
    for cls in plant.classes:
        flags: list[bool] = []
        for array in cls.terminals["inlet"]:
            attributes = plant.design.elements[array.element].attributes
            flags.extend([isinstance(attributes, InletAttributes) and attributes.busbar] * array.count)
        if any(flags):
            rows = np.flatnonzero(of_row == cls.index)
            found[rows] = np.array(flags)[feeds.z_terminal[rows]]
    return found


def _twice(facts: Facts, code: str, kind: str, relations: Relations, rows: Ints, side: Ints) -> Iterator[Diagnostic]:
    """One message for each statement that uses a terminal again, in the order of statements."""
    device = np.where(side == 0, relations.a_device[rows], relations.z_device[rows])
    number = np.where(side == 0, relations.a_terminal[rows], relations.z_terminal[rows])
    order = np.lexsort((rows, number, device))
    same = np.flatnonzero((np.diff(device[order]) == 0) & (np.diff(number[order]) == 0))
    if not len(same):
        return
    first, second = order[same], order[same + 1]
    ends = np.stack([relations.rule[rows[first]], side[first], relations.rule[rows[second]], side[second]])
    kinds, place, counts = np.unique(ends, axis=1, return_index=True, return_counts=True)
    told: set[Span] = set()
    for column in range(kinds.shape[1]):
        uses = [_Use(relations, int(rows[i]), int(side[i])) for i in (first[place[column]], second[place[column]])]
        spans = [use.end(facts.plant).origin for use in uses]
        statement = uses[1].rule(facts.plant).origin
        if statement in told:
            continue
        told.add(statement)
        at = first[place[column]]
        name = terminal(facts.plant, kind, int(device[at]), int(number[at]))
        others = " and ".join(use.other(facts.plant, _OTHER[kind]) for use in uses)
        twice = spans[0] == spans[1]
        yield diagnose(
            code,
            spans[1],
            "" if twice else "used again here",
            detail=f"{name} {_JOINED[kind]} {others}" + in_all(int(counts[column]), _WORDS[kind]),
            help=_HELP[kind],
            also=() if twice else [(spans[0], "used first here")],
        )


@dataclass(frozen=True)
class _Use:
    """One use of a terminal: a row of the relations, and the side (0 for a) on which the terminal stands."""

    relations: Relations
    row: int
    side: int

    def rule(self, plant: Plant) -> Rule:
        return plant.design.rules[int(self.relations.rule[self.row])]

    def end(self, plant: Plant) -> End:
        rule = self.rule(plant)
        return rule.a if self.side == 0 or rule.z is None else rule.z

    def other(self, plant: Plant, kind: str) -> str:
        """What the terminal is joined to, and for which values: `leaf0 eth1 (l = 0)`."""
        columns = self.relations
        device, number = (
            (columns.z_device, columns.z_terminal) if self.side == 0 else (columns.a_device, columns.a_terminal)
        )
        values = variables(plant, self.rule(plant), int(columns.rank[self.row]))
        name = terminal(plant, kind, int(device[self.row]), int(number[self.row]))
        return f"{name} ({values})" if values else name
