"""Which of the media that a statement leaves open each link is made with.

A link takes the first that fits the cages at its ends, has the speed of its ports and is long enough. Between passive
parts the two ends choose by themselves: each of them an optic for its own cage, by the length of the whole way. All
links of one plug take the same, the first that is right for all of them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..cages import cage_numbers, fits, forms, speed_through
from ..design import Element, Media, Rule
from ..plant import Bools, Ints, Links, Plant
from ..schema import CableAttributes, OpticAttributes
from .geometry import micrometres

Options = tuple[tuple[str, str], ...]


def choose(plant: Plant) -> Plant:
    """The plant with `option` filled in for links that have a choice; -1 where none of it will do (told by a check)."""
    open_rules = [rule for rule in plant.design.rules if rule.medium == "link" and len(rule.options) > 1]
    if not open_rules:
        return plant
    option = plant.segments.option.copy()
    for options in dict.fromkeys(rule.options for rule in open_rules):
        plugs = [p for rule in open_rules if rule.options == options for p in _plugs(plant, rule)]
        right = [np.stack([_right(plant, plug, number) for number in range(len(options))]) for plug in plugs]
        if not right:
            continue
        chosen = _agreed(plant, plugs, np.concatenate(right, axis=1))
        option[np.concatenate([plug.segments for plug in plugs])] = chosen
    if plant.circuits is None:
        return replace(plant, links=replace(plant.links, option=option))
    segments = replace(plant.segments, option=option)
    links = replace(plant.links, option=option[plant.circuits.head])
    return replace(plant, links=links, circuits=replace(plant.circuits, segments=segments))


class Plug:
    """Segments of one statement with the links that they belong to, and the active ports at which they plug in.

    `ports` has both ends of a link that is one cable, and one of a segment that leads to a passive part.
    """

    def __init__(self, rule: Rule, segments: Ints, links: Ints, sides: tuple[int, ...], ports: list[Element]) -> None:
        self.rule, self.segments, self.links, self.sides, self.ports = rule, segments, links, sides, ports


def _plugs(plant: Plant, rule: Rule) -> list[Plug]:
    """The segments of a statement by what is active at their ends; dark ones are left out."""
    assert rule.z is not None
    low, high = np.searchsorted(plant.segments.rule, [rule.index, rule.index + 1])
    rows = np.arange(int(low), int(high))
    rows = rows[plant.circuit[rows] >= 0]
    links = plant.circuit[rows]
    ports = [plant.design.elements[end.element] for end in (rule.a, rule.z)]
    active = [~plant.passive[column[rows]] for column in (plant.segments.a_device, plant.segments.z_device)]
    found = []
    for sides, mine in (
        ((0, 1), active[0] & active[1]),
        ((0,), active[0] & ~active[1]),
        ((1,), active[1] & ~active[0]),
    ):
        if mine.any():
            found.append(Plug(rule, rows[mine], links[mine], sides, [ports[side] for side in sides]))
    return found


def _right(plant: Plant, plug: Plug, number: int) -> Bools:
    """For each segment whether an option will do."""
    links = plant.links
    media = [plant.design.media[name] for name in plug.rule.options[number]]
    if not suits(media[0], plug.ports):
        return np.zeros(len(plug.links), dtype=np.bool_)
    length = links.length_um[plug.links]
    right: Bools = (links.speed[plug.links] == speed_through(media[0])) & (length >= 0) & (length <= longest(media[0]))
    return right


def suits(media: Media, ports: list[Element]) -> bool:
    """Whether a medium fits the cages of a link's two ports, or an optic that of the one port at its end."""
    ends = forms(media)
    if isinstance(media.attributes, OpticAttributes):
        return all(fits(ends[0], port) for port in ports)
    ways = ((ends[0], ends[-1]), (ends[-1], ends[0]))
    return len(ports) == 2 and any(all(map(fits, way, ports)) for way in ways)


def longest(media: Media) -> int:
    """The longest link that an optic reaches, or for which a cable is sold, in micrometres."""
    attributes = media.attributes
    reach = micrometres(attributes.reach)
    sold = attributes.lengths if isinstance(attributes, CableAttributes) else []
    return min(reach, max(map(micrometres, sold))) if sold else reach


def _agreed(plant: Plant, plugs: list[Plug], right: Bools) -> Ints:
    """The first right option of each segment, and the same for all that share a cage.

    Where one of them needs a later option, the others follow, if it is right for them as well. Options only rise, so
    the rounds end.
    """
    chosen = np.where(right.any(axis=0), right.argmax(axis=0), -1)
    if not any(port.splits for plug in plugs for port in plug.ports):
        return chosen
    cages = [_cages(plant, plug, side) for plug in plugs for side in plug.sides]
    start = np.cumsum([0, *(len(plug.segments) for plug in plugs)])
    member = np.concatenate([np.arange(start[i], start[i + 1]) for i, plug in enumerate(plugs) for _ in plug.sides])
    _, group = np.unique(np.concatenate(cages), return_inverse=True)
    order = np.arange(len(right))[:, None]
    while True:
        level = np.full(int(group.max()) + 1, -1, dtype=np.int64)
        np.maximum.at(level, group, chosen[member])
        wanted = chosen.copy()
        np.maximum.at(wanted, member, level[group])
        later = right & (order >= wanted)
        rises = (chosen >= 0) & later.any(axis=0) & (later.argmax(axis=0) > chosen)
        if not rises.any():
            return chosen
        chosen = np.where(rises, later.argmax(axis=0), chosen)


def _cages(plant: Plant, plug: Plug, side: int) -> Ints:
    """A number for the cage at one side of each segment."""
    segments: Links = plant.segments
    device = (segments.a_device, segments.z_device)[side][plug.segments]
    port = (segments.a_terminal, segments.z_terminal)[side][plug.segments]
    cage = cage_numbers(plant, plant.class_of(int(device[0])))[port]
    found: Ints = device * 2**20 + cage
    return found
