"""Which ports the links of each statement join, as large as the spec.

Without passive parts a statement tells it by itself. Through panels and trunks the links that begin with one statement
may end at several others; what they join is then read from all the links that are reserved, so that growth changes
none of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .design import Rule
from .plant import Circuits, Ints, Plant


class Join(NamedTuple):
    """Links that begin with one statement: the port elements at their a and z ends, and their network (-1: none)."""

    rule: Rule
    a: int
    z: int
    network: int


@dataclass(frozen=True)
class Joins:
    """All joins of a plant, by statement, and for each of its links the number of its own."""

    all: tuple[Join, ...]
    of_link: Ints


def joins(plant: Plant) -> Joins:
    """What every link statement joins; of statements that join nothing only where no passive part can come between."""
    rules, networks = plant.design.rules, {n.name: i for i, n in enumerate(plant.design.networks)}
    if plant.circuits is None:
        links = [rule for rule in rules if rule.medium == "link"]
        number = np.full(len(rules) + 1, -1, dtype=np.int64)
        number[[rule.index for rule in links]] = np.arange(len(links))
        found = [
            Join(rule, rule.a.element, rule.z.element, networks.get(rule.network or "", -1))
            for rule in links
            if rule.z is not None
        ]
        return Joins(tuple(found), number[plant.links.rule])
    grown = plant.at_capacity
    assert grown.circuits is not None
    keys, first = np.unique(_keys(grown, grown.circuits), return_index=True)
    made = [_join(grown, row) for row in first.tolist()]
    return Joins(tuple(made), np.searchsorted(keys, _keys(plant, plant.circuits)))


def _join(plant: Plant, link: int) -> Join:
    """What one link joins."""
    ways, rules = plant.circuits, plant.design.rules
    assert ways is not None
    ends = []
    for segment, side in ((ways.head, ways.head_side), (ways.tail, ways.tail_side)):
        rule = rules[int(plant.segments.rule[segment[link]])]
        ends.append(rule.z.element if side[link] and rule.z is not None else rule.a.element)
    return Join(rules[int(plant.links.rule[link])], ends[0], ends[1], int(plant.links.network[link]))


def _keys(plant: Plant, ways: Circuits) -> Ints:
    """One number for each link that tells its join; in the order of statements."""
    rule, rules, networks = plant.segments.rule, len(plant.design.rules), len(plant.design.networks) + 1
    ends = (rule[ways.head] * 2 + ways.head_side) * (2 * rules) + rule[ways.tail] * 2 + ways.tail_side
    found: Ints = ends * networks + plant.links.network + 1
    return found
