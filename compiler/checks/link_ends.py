"""Both ends of every link: the speeds agree, the plugs fit their cages, and they speak to each other.

The questions are asked in an order in which a later one makes no sense before the earlier ones are answered,
so each statement gets at most one message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ..design import Element, Media, Rule
from ..plant import Ints
from ..power.flow import Bools
from ..schema import CableAttributes, OpticAttributes, PortAttributes
from .facts import Facts
from .wording import in_all, instance, rate

_PORTS = ("port", "port")


def link_ends(facts: Facts) -> Iterator[Diagnostic]:
    """The first mistake of each link statement."""
    for rule, rows in facts.rules("link"):
        link = _Link(facts, rule, rows)
        found = next((d for d in (question(link) for question in _QUESTIONS) if d is not None), None)
        if found is not None:
            yield found


class _Link:
    """A link rule with the rows, ports, speeds and plugs at its two ends."""

    def __init__(self, facts: Facts, rule: Rule, rows: slice) -> None:
        assert rule.z is not None
        self.facts, self.rule, self.rows = facts, rule, rows
        links = facts.plant.links
        self.devices = (links.a_device[rows], links.z_device[rows])
        self.numbers = (links.a_terminal[rows], links.z_terminal[rows])
        self.spans = (rule.a.origin, rule.z.origin)
        self.ports = (facts.design.elements[rule.a.element], facts.design.elements[rule.z.element])
        self.speeds = tuple(
            facts.plant.port_speeds(facts.plant.class_of(int(device[0])))[number]
            for device, number in zip(self.devices, self.numbers, strict=True)
        )

    @property
    def media(self) -> tuple[Media, Media] | None:
        """What the statement names for its two ends."""
        using = self.rule.using
        return None if using is None else (self.facts.design.media[using[0]], self.facts.design.media[using[1]])

    def shown(self, wrong: Bools) -> str:
        """The first wrong row, and how many there are."""
        row = self.rows.start + int(np.flatnonzero(wrong)[0])
        links = self.facts.plant.links
        return instance(self.facts.plant, links, _PORTS, row, in_all(int(wrong.sum()), "links"))


def _attributes(port: Element) -> PortAttributes:
    assert isinstance(port.attributes, PortAttributes)
    return port.attributes


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


def _cages(port: Element) -> tuple[str, ...]:
    cage = _attributes(port).cage
    return () if cage is None else (cage,) if isinstance(cage, str) else tuple(cage)


def _fits(form: str, port: Element) -> bool:
    """A port that names no cage takes anything."""
    return not _cages(port) or form in _cages(port)


def _does_not_fit(link: _Link) -> Diagnostic | None:
    if link.media is None:
        return None
    forms = tuple(_forms(media) for media in link.media)
    if isinstance(link.media[0].attributes, CableAttributes):
        ends = (forms[0][0], forms[0][-1])
        if any(all(_fits(f, p) for f, p in zip(way, link.ports, strict=True)) for way in (ends, ends[::-1])):
            return None
        side = 0 if not any(_fits(f, link.ports[0]) for f in ends) else 1
        has = " and ".join(dict.fromkeys(ends))
    else:
        bad = [side for side in (0, 1) if not _fits(forms[side][0], link.ports[side])]
        if not bad:
            return None
        side, has = bad[0], forms[bad[0]][0]
    port, media = link.ports[side], link.media[side]
    return diagnose(
        "RW3008",
        link.spans[side],
        f"takes {' or '.join(_cages(port))}",
        detail=link.shown(np.ones(len(link.devices[0]), dtype=np.bool_)) + f"; {media.name} is {has}",
        help="use an optic or cable whose form is the cage's"
        + ("" if media.kind == "cable" else "; `using one to other` names one for each end"),
        also=[(media.origin, f"{has}, declared here"), (port.origin, "the port, declared here")],
    )


def _forms(media: Media) -> tuple[str, ...]:
    attributes = media.attributes
    return tuple(attributes.ends) if isinstance(attributes, CableAttributes) else (attributes.form,)


def _wrong_speed(link: _Link) -> Diagnostic | None:
    if link.media is None:
        return None
    for side, media in enumerate(link.media):
        per_port = _speed(media)
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


def _speed(media: Media) -> int:
    """Speed of one port of an optic, or of one link through a cable, in bit/s."""
    attributes = media.attributes
    ports = attributes.ports if isinstance(attributes, OpticAttributes) else 1
    return int(attributes.speed.to("bps") / ports)


def _too_many_ports(link: _Link) -> Diagnostic | None:
    """A split cage with more linked ports than its one optic has."""
    assert link.media is not None
    ends, plugs = link.facts.plant.ends, link.facts.plugged
    group = np.cumsum(plugs.leads) - 1
    linked = np.bincount(group)[group] if len(group) else group
    for side, media in enumerate(link.media):
        if not isinstance(media.attributes, OpticAttributes) or not link.ports[side].splits:
            continue
        mine = (ends.link >= link.rows.start) & (ends.link < link.rows.stop) & (ends.side == side)
        wrong_ends = mine & (linked > media.attributes.ports)
        if wrong_ends.any():
            wrong = np.zeros(len(link.devices[0]), dtype=np.bool_)
            wrong[ends.link[wrong_ends] - link.rows.start] = True
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
    if link.media is None or link.media[0].name == link.media[1].name:
        return None
    a, z = (media.attributes for media in link.media)
    if not isinstance(a, OpticAttributes) or not isinstance(z, OpticAttributes):
        return None
    for what, one, other in (
        ("signalling", a.media, z.media),
        ("fibre", a.fiber, z.fiber),
        ("fibres of a port", a.fibers, z.fibers),
        ("connector", a.connector.removesuffix("_x2"), z.connector.removesuffix("_x2")),
    ):
        if one != other:
            return diagnose(
                "RW3011",
                link.rule.origin,
                f"{what}: {one} and {other}",
                detail=link.shown(np.ones(len(link.devices[0]), dtype=np.bool_)),
                help=f"use two optics of the same {what}",
                also=[(m.origin, f"{m.name}, declared here") for m in link.media],
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
