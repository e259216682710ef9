"""Both ends of every link: the speeds agree, the plugs fit their cages, and they speak to each other.

The questions are asked in an order in which a later one makes no sense before the earlier ones are answered,
so each statement gets at most one message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ..cages import cages_of, fits, forms, speed_through
from ..design import Design, End, Media, Rule
from ..plant import Bools, Ints
from ..schema import CableAttributes, OpticAttributes
from .facts import Facts
from .wording import in_all, instance, rate

_PORTS = ("port", "port")


def link_ends(facts: Facts) -> Iterator[Diagnostic]:
    """The first mistake of each link statement."""
    for rule, rows in facts.rules("link"):
        links = (_Link(facts, *group) for group in _groups(facts, rule, rows))
        found = next((d for link in links for question in _QUESTIONS if (d := question(link)) is not None), None)
        if found is not None:
            yield found


def _groups(facts: Facts, rule: Rule, rows: slice) -> Iterator[tuple[_End, _End, slice | Ints]]:
    """The links of a statement by what its two ends are: ports, plugs, and the statements that name them."""
    plant = facts.plant
    ways, segments = plant.circuits, plant.segments
    if ways is None and len(rule.options) < 2:
        option = 0 if rule.options else -1
        yield _End(rule, 0, option), _End(rule, 1, option), rows
        return
    if ways is None:
        option_of = segments.option[rows]
        zero, one = np.zeros_like(option_of), np.ones_like(option_of)
        columns = [option_of, zero, np.full_like(option_of, rule.index), one, option_of]
    else:
        head, tail = ways.head[rows], ways.tail[rows]
        columns = [segments.option[head], ways.head_side[rows], segments.rule[tail], ways.tail_side[rows]]
        columns.append(segments.option[tail])
    key = np.zeros(rows.stop - rows.start, dtype=np.int64)
    for column in columns:
        key = key * (int(column.max()) + 2) + column + 1
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    for number, at in enumerate(first.tolist()):
        option, side, far, far_side, far_option = (int(column[at]) for column in columns)
        ends = _End(rule, side, option), _End(facts.design.rules[far], far_side, far_option)
        yield *ends, np.flatnonzero(group == number) + rows.start


@dataclass(frozen=True)
class _End:
    """An end of links: the statement that names its port, on which side, and which of its options is plugged in."""

    rule: Rule
    side: int
    option: int

    @property
    def end(self) -> End:
        assert self.rule.z is not None
        return self.rule.z if self.side else self.rule.a

    def media(self, design: Design) -> Media | None:
        return None if self.option < 0 else design.media[self.rule.options[self.option][self.side]]


class _Link:
    """Links that are alike at both their ends, with the ports, speeds and plugs there."""

    def __init__(self, facts: Facts, a: _End, z: _End, rows: slice | Ints) -> None:
        self.facts, self.rule, self.rows = facts, a.rule, rows
        links = facts.plant.links
        self.devices = (links.a_device[rows], links.z_device[rows])
        self.numbers = (links.a_terminal[rows], links.z_terminal[rows])
        self.spans = (a.end.origin, z.end.origin)
        self.ports = tuple(facts.design.elements[end.end.element] for end in (a, z))
        self.media = (a.media(facts.design), z.media(facts.design))
        self.direct = a.rule is z.rule and a.side != z.side
        self.speeds = tuple(
            facts.plant.port_speeds(facts.plant.class_of(int(device[0])))[number]
            for device, number in zip(self.devices, self.numbers, strict=True)
        )

    def row(self, at: int) -> int:
        """The plant's number of the at-th of these links."""
        return self.rows.start + at if isinstance(self.rows, slice) else int(self.rows[at])

    def shown(self, wrong: Bools) -> str:
        """The first wrong row, and how many there are."""
        row = self.row(int(np.flatnonzero(wrong)[0]))
        links = self.facts.plant.links
        return instance(self.facts.plant, links, _PORTS, row, in_all(int(wrong.sum()), "links"))

    @property
    def every(self) -> Bools:
        return np.ones(len(self.devices[0]), dtype=np.bool_)


def _to_itself(link: _Link) -> Diagnostic | None:
    wrong = (link.devices[0] == link.devices[1]) & (link.numbers[0] == link.numbers[1])
    if not wrong.any():
        return None
    return diagnose(
        "RW3014",
        link.spans[1],
        detail=link.shown(wrong),
        also=[(link.spans[0], "the same port")],
        help="leave these out with `where`, such as `where i < j`, or shift an index",
    )


def _speeds_differ(link: _Link) -> Diagnostic | None:
    a, z = link.speeds
    wrong = a != z
    if not wrong.any():
        return None
    first = int(np.flatnonzero(wrong)[0])
    low, high = sorted((int(a[first]), int(z[first])))
    return diagnose(
        "RW3007",
        link.spans[0],
        rate(a[first]),
        detail=link.shown(wrong),
        help=f"take ports of one speed: split the {rate(high)} port, or use a part with ports of {rate(high)} "
        f"in place of {rate(low)}",
        also=[(link.spans[1], rate(z[first])), *_declared(link)],
    )


def _declared(link: _Link) -> list[tuple[Span, str]]:
    """Where the two ports are declared, each place once."""
    spans = dict.fromkeys(port.origin for port in link.ports)
    return [(span, "declared here") for span in spans]


def _does_not_fit(link: _Link) -> Diagnostic | None:
    a, z = link.media
    if link.direct and a is not None and a is z and isinstance(a.attributes, CableAttributes):
        plugs = forms(a)
        ends = (plugs[0], plugs[-1])
        if any(all(fits(f, p) for f, p in zip(way, link.ports, strict=True)) for way in (ends, ends[::-1])):
            return None
        side = 0 if not any(fits(f, link.ports[0]) for f in ends) else 1
        has = " and ".join(dict.fromkeys(ends))
    else:
        # A cable with fixed ends that leads to a panel is another mistake, and told elsewhere.
        plugs_in = [(s, m) for s, m in enumerate(link.media) if m is not None and (link.direct or m.kind == "optic")]
        bad = [side for side, media in plugs_in if not fits(forms(media)[0], link.ports[side])]
        if not bad:
            return None
        side = bad[0]
        has = forms(link.media[side])[0]  # type: ignore[arg-type]
    port, media = link.ports[side], link.media[side]
    assert media is not None
    return diagnose(
        "RW3008",
        link.spans[side],
        f"takes {' or '.join(cages_of(port))}",
        detail=link.shown(link.every) + f"; {media.name} is {has}",
        help="use an optic or cable whose form is the cage's"
        + ("" if media.kind == "cable" else "; `using one to other` names one for each end"),
        also=[(media.origin, f"{has}, declared here"), (port.origin, "the port, declared here")],
    )


def _wrong_speed(link: _Link) -> Diagnostic | None:
    for side, media in enumerate(link.media):
        if media is None:
            continue
        per_port = speed_through(media)
        wrong = link.speeds[side] != per_port
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            return diagnose(
                "RW3012",
                link.spans[side],
                f"this port runs at {rate(link.speeds[side][first])}",
                detail=link.shown(wrong) + f"; a port of {media.name} runs at {rate(per_port)}",
                help="use an optic or cable of the port's speed, or split the cage into as many ports as the optic has",
                also=[(media.origin, "declared here")],
            )
    return _too_many_ports(link)


def _too_many_ports(link: _Link) -> Diagnostic | None:
    """A split cage with more linked ports than its one optic has."""
    if not any(port.splits for port in link.ports):
        return None
    ends, plugs = link.facts.plant.ends, link.facts.plugged
    group = np.cumsum(plugs.leads) - 1
    linked = np.bincount(group)[group] if len(group) else group
    number = np.full(len(link.facts.plant.links), -1, dtype=np.int64)
    number[link.rows] = np.arange(len(link.devices[0]))
    for side, media in enumerate(link.media):
        if media is None or not isinstance(media.attributes, OpticAttributes) or not link.ports[side].splits:
            continue
        mine = (number[ends.link] >= 0) & (ends.side == side)
        wrong_ends = mine & (linked > media.attributes.ports)
        if wrong_ends.any():
            wrong = np.zeros(len(link.devices[0]), dtype=np.bool_)
            wrong[number[ends.link[wrong_ends]]] = True
            most = int(linked[wrong_ends].max())
            return diagnose(
                "RW3012",
                link.spans[side],
                f"{most} ports of one cage are linked",
                detail=link.shown(wrong) + f"; {media.name} has {media.attributes.ports}",
                help="use an optic with as many ports as the cage is split into",
                also=[(media.origin, "declared here")],
            )
    return None


def _different_speech(link: _Link) -> Diagnostic | None:
    """Optics at both ends agree in signalling, fibre and connector (IEEE 802.3 defines no mixed link)."""
    near, far = link.media
    if near is None or far is None or near.name == far.name:
        return None
    a, z = near.attributes, far.attributes
    if not isinstance(a, OpticAttributes) or not isinstance(z, OpticAttributes):
        return None
    for what, one, other in (
        ("signalling", a.media, z.media),
        ("fibre", a.fiber, z.fiber),
        ("fibres of a port", a.fibers, z.fibers),
        ("connector", a.connector.removesuffix("_x2"), z.connector.removesuffix("_x2")),
    ):
        # Between two panels each connector is compared with that of the port that it goes into.
        if one != other and (link.direct or what != "connector"):
            return diagnose(
                "RW3011",
                link.rule.origin,
                f"{what}: {one} and {other}",
                detail=link.shown(link.every),
                help=f"use two optics of the same {what}",
                also=[(m.origin, f"{m.name}, declared here") for m in (near, far)],
            )
    return None


_QUESTIONS: tuple[Callable[[_Link], Diagnostic | None], ...] = (
    _to_itself,
    _speeds_differ,
    _does_not_fit,
    _wrong_speed,
    _different_speech,
)


def mixed_cages(facts: Facts) -> Iterator[Diagnostic]:
    """RW3016: the links of one split cage name different plugs."""
    ends, plugs = facts.plant.ends, facts.plugged
    if not len(plugs.cage):
        return
    before, after = plugs.media[:-1], plugs.media[1:]
    at: Ints = np.flatnonzero(~plugs.leads[1:] & (before != after) & (before >= 0) & (after >= 0))
    if not len(at):
        return
    links = facts.plant.links
    rules = np.stack([links.rule[ends.link[at]], links.rule[ends.link[at + 1]]])
    kinds, place, counts = np.unique(rules, axis=1, return_index=True, return_counts=True)
    for column in range(kinds.shape[1]):
        one, two = (facts.design.rules[int(i)] for i in kinds[:, column])
        row = int(at[place[column]])
        names = plugs.names[int(plugs.media[row])], plugs.names[int(plugs.media[row + 1])]
        shown = instance(facts.plant, links, _PORTS, int(ends.link[row + 1]), in_all(int(counts[column]), "cages"))
        yield diagnose(
            "RW3016",
            two.origin,
            names[1],
            detail=shown,
            also=[(one.origin, names[0])],
            help="all ports of a split cage share one optic or cable",
        )
