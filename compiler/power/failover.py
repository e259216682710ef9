"""Every single failure of the power chain: what carries the load then, what is overloaded, what goes dark.

Lost are, one at a time: every feed (over a busbar: every inlet that clips onto it, for the bar is one conductor), all
feeds behind every outlet that states a `breaker`, every feeder, and one module of every feeder that has `modules`.
Failures that the design cannot tell apart (see `alike`) are reckoned once (see `failures`). A failure is looked at by
itself: what an overloaded breaker or feeder trips after it is not followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..once import once
from ..plant import Ints, Plant
from ..schema import SupplyAttributes
from ..views.symmetry import mix
from .alike import alike
from .cases import Case, Lost, Verdict
from .failures import Failures, Loss, Outcome
from .limits import inlet_of
from .loads import loads

_ORDER: tuple[Lost, ...] = ("feeder", "module", "breaker", "feed")


@dataclass(frozen=True)
class Group:
    """Failures that are alike. `members` are devices, or feeds (of a breaker, or of a clip on a busbar, the first one
    behind it)."""

    kind: Lost
    element: str
    members: Ints

    def each(self) -> Iterator[Group]:
        """Every member as a group of its own."""
        for number in range(len(self.members)):
            yield Group(self.kind, self.element, self.members[number : number + 1])

    def clips(self, failures: Failures) -> bool:
        """Whether feeds are lost by taking an inlet off a busbar."""
        return self.kind == "feed" and bool(failures.barred[int(self.members[0])])

    def name(self, failures: Failures) -> str:
        """The first member by its host names."""
        plant, first = failures.plant, int(self.members[0])
        if self.kind in ("feeder", "module"):
            return plant.devices.names[first] + (", one module" if self.kind == "module" else "")
        if self.kind == "breaker":
            return failures.terminal_name("outlet", first)
        if self.clips(failures):
            return f"busbar -> {failures.terminal_name('inlet', first)}"
        return failures.terminal_name("whip", first)

    def loss(self, failures: Failures) -> Loss:
        """What is lost with the first member."""
        graph, first = failures.graph, int(self.members[0])
        if self.kind == "feeder":
            return Loss(devices=self.members[:1])
        if self.kind == "module":
            return Loss(modules={first: 1})
        feeds = failures.plant.feeds
        if self.kind == "breaker":
            rows, _, _ = graph.out.of(graph.a[first : first + 1])
            return Loss(feeds=rows[feeds.a_terminal[rows] == feeds.a_terminal[first]])
        if not self.clips(failures):
            return Loss(feeds=self.members[:1])
        rows, _, _ = graph.into.of(graph.z[first : first + 1])
        return Loss(feeds=rows[failures.barred[rows] & (feeds.z_terminal[rows] == feeds.z_terminal[first])])


@once
def failover(plant: Plant) -> tuple[Case, ...]:
    """All single failures, grouped; feeders first, then modules, breakers and feeds, each in the order of the spec."""
    if not len(plant.feeds):
        return ()
    failures = Failures(plant, loads(plant))
    return tuple(_case(failures, group) for group in single_failures(failures))


def single_failures(failures: Failures) -> tuple[Group, ...]:
    """All single failures, those that are alike together."""
    device, feed = alike(failures.graph, failures.loads.peak, failures.pools, failures.wires)
    found = [*_feeders(failures, device), *_breakers(failures, device, feed), *_feeds(failures, device, feed)]
    return tuple(sorted(found, key=lambda g: (_ORDER.index(g.kind), g.element, int(g.members[0]))))


def _case(failures: Failures, group: Group) -> Case:
    outcome = failures.after(group.loss(failures))
    peak = failures.loads.peak
    return Case(
        group.kind,
        group.element,
        group.name(failures),
        group.members,
        _verdict(outcome),
        outcome.dark,
        int(peak[outcome.dark].sum()),
        outcome.stored,
        int(peak[outcome.stored].sum()),
        outcome.ride_through_ms,
        outcome.generators,
        outcome.worst,
        outcome.overloads,
    )


def _verdict(outcome: Outcome) -> Verdict:
    if len(outcome.dark):
        return "dark"
    if outcome.overloads:
        return "overload"
    return "battery" if len(outcome.stored) else "holds"


def _feeders(failures: Failures, color: Ints) -> Iterator[Group]:
    """Feeders, and their modules."""
    plant = failures.plant
    chosen = np.flatnonzero(failures.feeder & (color != 0))
    for members in _alike(chosen, color[chosen]):
        element = plant.element_of(plant.class_of(int(members[0])))
        yield Group("feeder", plant.design.path(element.index), members)
        if isinstance(element.attributes, SupplyAttributes) and element.attributes.modules:
            yield Group("module", plant.design.path(element.index), members)


def _breakers(failures: Failures, device: Ints, feed: Ints) -> Iterator[Group]:
    """Outlets that have a breaker."""
    plant, feeds = failures.plant, failures.plant.feeds
    for first in _terminals(np.flatnonzero(failures.behind_breaker), feeds.a_device, feeds.a_terminal, device, feed):
        yield Group("breaker", plant.design.path(plant.design.rules[int(feeds.rule[first[0]])].a.element), first)


def _feeds(failures: Failures, device: Ints, feed: Ints) -> Iterator[Group]:
    """Single feeds; of those that leave a busbar all into one inlet together."""
    plant, feeds = failures.plant, failures.plant.feeds
    plain = np.flatnonzero(~failures.barred)
    for members in _alike(plain, feed[plain]):
        outlet, inlet = _ends(plant, int(members[0]))
        yield Group("feed", f"{outlet} -> {inlet}", members)
    for first in _terminals(np.flatnonzero(failures.barred), feeds.z_device, feeds.z_terminal, device, feed):
        yield Group("feed", f"busbar -> {_ends(plant, int(first[0]))[1]}", first)


def _ends(plant: Plant, feed: int) -> tuple[str, str]:
    """The paths of both ends of a feed."""
    rule = plant.design.rules[int(plant.feeds.rule[feed])]
    return plant.design.path(rule.a.element), plant.design.path(inlet_of(plant.design, rule)[0].index)


def _terminals(rows: Ints, owner: Ints, number: Ints, device: Ints, feed: Ints) -> Iterator[Ints]:
    """The first feed of each terminal of some feeds, terminals that are alike together.

    A terminal is known by its device and by the feeds at it, however many.
    """
    if not len(rows):
        return
    _, first, terminal = np.unique(owner[rows] * 2**20 + number[rows], return_index=True, return_inverse=True)
    mark = mix(device[owner[rows[first]]])
    np.add.at(mark, terminal, mix(feed[rows]))
    for members in _alike(np.arange(len(first)), mark.view(np.int64)):
        yield rows[first[members]]


def _alike(rows: Ints, color: Ints) -> Iterator[Ints]:
    """Rows of one colour together."""
    order = np.argsort(color, kind="stable")
    edges = np.flatnonzero(np.diff(color[order])) + 1
    yield from np.split(rows[order], edges) if len(rows) else ()
