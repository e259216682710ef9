"""Single failures one by one, with dictionaries and fractions: what the columns and their symmetry must agree with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from rackwright.compiler.design import Element
from rackwright.compiler.plant import Plant
from rackwright.compiler.power.loads import Loads
from rackwright.compiler.schema import FEEDERS, OutletAttributes, RackAttributes, SupplyAttributes

MAINS, STARTED, STORED, DEAD = range(4)


@dataclass
class ByHand:
    """What follows from one failure."""

    dark: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    feeders: set[str] = field(default_factory=set)
    outlets: set[str] = field(default_factory=set)
    output: dict[int, Fraction] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        if self.dark:
            return "dark"
        if self.feeders or self.outlets:
            return "overload"
        return "battery" if self.stored else "holds"


class Hand:
    """A plant as plain lists."""

    def __init__(self, plant: Plant, loads: Loads) -> None:
        self.plant = plant
        feeds = plant.feeds
        rows = zip(feeds.a_device, feeds.a_terminal, feeds.z_device, feeds.z_terminal, feeds.rule, strict=True)
        self.feeds = [tuple(int(x) for x in row) for row in rows]
        self.peak = [int(x) for x in loads.peak]
        self.element: list[Element] = [plant.element_of(plant.class_of(d)) for d in range(len(plant.devices))]
        self.into: dict[int, list[int]] = defaultdict(list)
        for row, (_, _, z, _, _) in enumerate(self.feeds):
            self.into[z].append(row)
        self.order = self._order()
        self.normal, _ = self._live(set(), set(), None)
        self.before = self._after(set(), set(), {})

    def _order(self) -> list[int]:
        """Feeders before what they feed."""
        done: list[int] = []
        seen: set[int] = set()

        def visit(device: int) -> None:
            if device not in seen:
                seen.add(device)
                for row in self.into[device]:
                    visit(self.feeds[row][0])
                done.append(device)

        for device in range(len(self.element)):
            visit(device)
        return done

    def _live(self, gone: set[int], cut: set[int], normal: dict[int, int] | None) -> tuple[dict[int, int], set[int]]:
        level: dict[int, int] = {}
        carries: set[int] = set()
        for device in self.order:
            element = self.element[device]
            choices = []
            for row in self.into[device]:
                a = self.feeds[row][0]
                if row in cut or level[a] == DEAD or device in gone:
                    continue
                if self.element[a].kind == "battery":
                    rank = 3  # after a UPS on its own storage
                elif level[a] == STORED:
                    rank = STORED
                elif (level if normal is None else normal)[a] == MAINS:
                    rank = MAINS
                else:
                    rank = STARTED
                choices.append((rank, self.feeds[row][3] if element.kind == "transfer" else 0, row))
            best = min(((rank, inlet) for rank, inlet, _ in choices), default=None)
            chosen = [row for rank, inlet, row in choices if (rank, inlet) == best]
            if device in gone:
                level[device] = DEAD
                continue
            carries.update(chosen)
            if element.kind == "battery":
                level[device] = DEAD if normal is None else STORED
            elif element.kind == "generator":
                level[device] = STARTED
            elif not self.into[device]:
                level[device] = MAINS
            else:
                level[device] = min((level[self.feeds[row][0]] for row in chosen), default=DEAD)
                attributes = element.attributes
                if level[device] == DEAD and normal is not None and isinstance(attributes, SupplyAttributes):
                    if attributes.ride_through is not None or attributes.runtime:
                        level[device] = STORED
        return level, carries

    def _supply(self, device: int, lost: int) -> Fraction | None:
        attributes = self.element[device].attributes
        assert isinstance(attributes, SupplyAttributes)
        stated = attributes.supply or attributes.installed
        if stated is None:
            return None
        whole = stated.value * 1000
        if not lost:
            return whole
        assert attributes.modules is not None
        if attributes.installed is not None:
            return min(whole, attributes.installed.value * 1000 * (attributes.modules - lost) / attributes.modules)
        spare = attributes.spare_modules or 0
        return whole if lost <= spare else whole * (attributes.modules - lost) / (attributes.modules - spare)

    def _after(self, gone: set[int], cut: set[int], modules: dict[int, int]) -> ByHand:
        first = not gone and not cut and not modules
        level, carries = self._live(gone, cut, self.normal)
        if first:
            self.level = level
        output: dict[int, Fraction] = defaultdict(Fraction)
        outlet: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
        for device in reversed(self.order):
            ways = [row for row in self.into[device] if row in carries]
            taken = self._taken(device, output[device])
            for row in ways:
                a, terminal, _, _, _ = self.feeds[row]
                output[a] += taken / len(ways)
                outlet[a, terminal] += taken / len(ways)
        found = ByHand(output=output)
        names = self.plant.devices.names
        if not first:
            for device, element in enumerate(self.element):
                before = self.level[device]
                if element.kind not in FEEDERS and device not in gone and self.into[device]:
                    if level[device] == DEAD and before < DEAD:
                        found.dark.add(names[device])
                    if level[device] == STORED and before < STORED:
                        found.stored.add(names[device])
            self._overloads(found, outlet, modules)
        self.outlet = outlet
        if first:
            self.outlet_before = dict(outlet)
        return found

    def _taken(self, device: int, output: Fraction) -> Fraction:
        attributes = self.element[device].attributes
        total = Fraction(self.peak[device]) + output
        if isinstance(attributes, SupplyAttributes) and attributes.efficiency is not None:
            total = self.peak[device] + output / attributes.efficiency.value
        return total

    def _overloads(self, found: ByHand, outlet: dict[tuple[int, int], Fraction], modules: dict[int, int]) -> None:
        slack = 2  # what the columns round away, in mW
        names = self.plant.devices.names
        for members in self._pools():
            on = [d for d in members if found.output.get(d, 0) > 0]
            draw = sum((found.output[d] for d in on), Fraction(0))
            limits = [self._supply(d, modules.get(d, 0)) for d in on]
            usual = [self._supply(d, 0) for d in members if self.before.output.get(d, 0) > 0]
            if any(x is None for x in limits) or not on:
                continue
            limit = sum((x for x in limits if x is not None), Fraction(0))
            could = sum((x for x in usual if x is not None), Fraction(0))
            bar = self._busbar(members)
            if bar is not None:
                limit, could = min(limit, bar), min(could, bar)
            was = sum((self.before.output.get(d, Fraction(0)) for d in members), Fraction(0))
            if draw > limit + slack and (draw > was + slack or limit < could):
                found.feeders.add(names[min(on)])
        for (device, terminal), load in outlet.items():
            for array in self.plant.class_of(device).terminals["outlet"]:
                attributes = self.plant.design.elements[array.element].attributes
                assert isinstance(attributes, OutletAttributes)
                if array.first <= terminal < array.first + array.count and attributes.rating is not None:
                    more = load > self.outlet_before.get((device, terminal), 0) + slack
                    if load > attributes.rating.value * 1000 + slack and more:
                        found.outlets.add(f"{names[device]} {terminal}")

    def _pools(self) -> list[list[int]]:
        group: dict[int, set[int]] = {}
        for a, _, z, _, rule in self.feeds:
            group.setdefault(a, {a})
            attributes = self.plant.design.elements[self.plant.design.rules[rule].a.element].attributes
            if isinstance(attributes, OutletAttributes) and attributes.busbar:
                joined = group[a] | group.setdefault(-1 - z, {-1 - z})
                for member in joined:
                    group[member] = joined
        return [sorted(m for m in g if m >= 0) for g in {id(g): g for g in group.values()}.values()]

    def _busbar(self, members: list[int]) -> Fraction | None:
        rule_busbar = any(
            isinstance(
                x := self.plant.design.elements[self.plant.design.rules[r].a.element].attributes, OutletAttributes
            )
            and x.busbar
            for a, _, _, _, r in self.feeds
            if a in members
        )
        racks = {int(self.plant.devices.rack[d]) for d in members}
        if not rule_busbar or len(racks) != 1 or -1 in racks:
            return None
        attributes = self.plant.design.elements[int(self.plant.racks.element[racks.pop()])].attributes
        assert isinstance(attributes, RackAttributes)
        return attributes.busbar_limit.value * 1000 if attributes.busbar_limit is not None else None

    def after(self, gone: set[int], cut: set[int], modules: dict[int, int]) -> ByHand:
        """What follows from losing devices, feeds, and modules by device."""
        return self._after(gone, cut, modules)
