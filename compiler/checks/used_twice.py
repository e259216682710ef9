"""No port, outlet, inlet or coupling is used twice; an inlet on a busbar may be fed by several outlets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ..design import Rule
from ..flow import Bools
from ..plant import Ints, Plant, Relations
from ..schema import InletAttributes
from .facts import Facts
from .wording import in_all, terminal, variables

_HELP = {
    "port": "give each link a port of its own; an index that joins both sides, or an offset, keeps them apart",
    "inlet": "feed each inlet once; say `busbar = true` on an inlet that clips onto a busbar",
    "coolant_in": "join each coupling once; a manifold has a coupling for each load",
}


def ports_used_twice(facts: Facts) -> Iterator[Diagnostic]:
    """RW3005: both ends of all links. A port joined to itself is another mistake and told elsewhere."""
    links = facts.plant.links
    looped = (links.a_device == links.z_device) & (links.a_terminal == links.z_terminal)
    rows = np.flatnonzero(~looped)
    yield from _twice(facts, "RW3005", "port", links, np.concatenate([rows, rows]), _sides(len(rows)))


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


def _twice(
    facts: Facts, code: str, kind: str, relations: Relations, rows: Ints, side: Ints
) -> Iterator[Diagnostic]:
    """One message for each pair of statement ends that meet in a terminal, in the order of statements."""
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
        one, two = (facts.design.rules[int(kinds[i, column])] for i in (0, 2))
        if two.origin in told:
            continue
        told.add(two.origin)
        x, y = first[place[column]], second[place[column]]
        yield _message(facts.plant, code, kind, (one, two), (int(side[x]), int(side[y])),
                       (int(relations.rank[rows[x]]), int(relations.rank[rows[y]])),
                       terminal(facts.plant, kind, int(device[x]), int(number[x])), int(counts[column]))


def _message(
    plant: Plant, code: str, kind: str, rules: tuple[Rule, Rule], sides: tuple[int, int], ranks: tuple[int, int],
    name: str, count: int,
) -> Diagnostic:
    spans = [_end(rule, side) for rule, side in zip(rules, sides, strict=True)]
    values = [variables(plant, rule, rank) for rule, rank in zip(rules, ranks, strict=True)]
    word = {"port": "ports", "inlet": "inlets", "coolant_in": "couplings"}[kind]
    if rules[0].index == rules[1].index and sides[0] == sides[1]:
        both = f" for {values[0]} and again for {values[1]}" if values[0] and values[0] != values[1] else " twice"
        detail = f"this statement uses {name}{both}"
        also: list[tuple[Span, str]] = []
    else:
        here = [f" ({v})" if v else "" for v in values]
        detail = f"{name} is used by both{here[0]}{' and' if here[0] and here[1] else ''}{here[1]}"
        also = [] if spans[0] == spans[1] else [(spans[0], "used first here")]
    return diagnose(code, spans[1], "used again here" if also else "", detail=detail + in_all(count, word),
                    help=_HELP[kind], also=also)


def _end(rule: Rule, side: int) -> Span:
    return rule.a.origin if side == 0 or rule.z is None else rule.z.origin
