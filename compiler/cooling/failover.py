"""Every single failure of the cooling: what carries the heat then, what is overloaded, what loses its coolant.

Lost are, one at a time: every cooler (a door or crah takes no heat from the air then), one module of every cooler that
has several, every pipe, and every loop as a whole, with all its pipes. Failures that the design cannot tell apart (see
`alike`) are reckoned once. What is left on its pipes takes equal parts of the heat and the flow again; a part that no
pipe with a source reaches loses its coolant, and a cdu without facility water supplies none. The limits are those of
normal running. How warm a part gets, and how fast, is not reckoned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ..instances import instance_count, sum_by_instance
from ..names import host_names, terminal_names
from ..plant import Bools, Ints, Plant
from ..schema import CoolingAttributes, CouplingAttributes
from ..shares import layers
from ..views.symmetry import mix
from .air import air_supply, room_limit, takes_cold_air
from .alike import alike, components
from .loops import columns
from .model import Cooling, Loops, Rooms
from .settle import settle
from .traits import millilitres

Lost = Literal["loop", "cooler", "module", "pipe"]
"""What is lost: a whole loop, a cooler, one pump, compressor or fan of it, or one pipe."""

Verdict = Literal["holds", "overload", "uncooled"]
"""The worst that follows, in rising order."""

Sort = Literal["heat", "flow", "coupling", "pressure", "air", "airflow"]
"""What a limit is of: heat in mW, coolant of a cooler or through a coupling in mL/min, pressure in Pa, heat that is
left in the air of an assembly in mW, air that the devices of an assembly move in thousandths of a CFM."""

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Strain:
    """Something near or above a limit. `where` is a host name, a device and its coupling, or an assembly; `device` is
    the device (-1 of an assembly), `element` the element of the design."""

    sort: Sort
    where: str
    load: int
    limit: int
    device: int
    element: int


@dataclass(frozen=True)
class Case:
    """All single failures of one kind that the design cannot tell apart, and what follows from one of them.

    `element` is the path of what is lost (of a pipe `path -> path`), `instance` one of them by its host names,
    `members` are devices, or rows of `Plant.pipes` (of a loop its first pipe). What follows is of `instance`:
    `uncooled` are the loads without coolant, `uncooled_heat` their heat for coolant at peak in mW. `worst` is what
    comes nearest to its limit, or exceeds it most, of all that carries more than before; `overloads` all that exceed.
    """

    kind: Lost
    element: str
    instance: str
    members: Ints
    verdict: Verdict
    uncooled: Ints
    uncooled_heat: int
    worst: Strain | None
    overloads: tuple[Strain, ...]

    @property
    def alike(self) -> int:
        """How many it stands for."""
        return len(self.members)


@dataclass(frozen=True)
class Loss:
    """What is lost together: devices, rows of `Plant.pipes`, and modules by device."""

    devices: Ints = field(default_factory=lambda: _NONE)
    pipes: Ints = field(default_factory=lambda: _NONE)
    modules: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Single:
    """Single failures that are alike: see `Case`; `loss` is what is lost with the first of them."""

    kind: Lost
    element: str
    name: str
    members: Ints
    loss: Loss


@dataclass(frozen=True)
class Outcome:
    """What follows from a loss; see `Case`."""

    uncooled: Ints
    strains: tuple[Strain, ...]

    @property
    def overloads(self) -> tuple[Strain, ...]:
        """Those above their limits."""
        return tuple(s for s in self.strains if s.load > s.limit)


def failover(found: Cooling) -> tuple[Case, ...]:
    """All single failures: loops, coolers, modules, pipes, each in the order of the spec."""
    failures = Failures(found)
    return tuple(_case(found, failures, single) for single in single_failures(found))


def _case(found: Cooling, failures: Failures, single: Single) -> Case:
    outcome = failures.after(single.loss)
    over = outcome.overloads
    verdict: Verdict = "uncooled" if len(outcome.uncooled) else "overload" if over else "holds"
    heat = int(found.liquid_mw[outcome.uncooled].sum())
    worst = outcome.strains[0] if outcome.strains else None
    uncooled = outcome.uncooled
    return Case(single.kind, single.element, single.name, single.members, verdict, uncooled, heat, worst, over)


def single_failures(found: Cooling) -> Iterator[Single]:
    """All single failures, those that are alike together: loops, coolers, modules, pipes."""
    plant, pipes = found.plant, found.plant.pipes
    path, names = plant.design.path, plant.devices.names
    device, pipe = alike(found)
    if len(pipes):
        yield from _loops(found, pipe)
    cooler = found.column([t.cooler for t in found.traits]) > 0
    busy = cooler & ((found.loops.taken[0] > 0) | (found.air_taken[0] > 0) | (found.loops.delivered > 0))
    modules: list[Single] = []
    for members in _alike(np.flatnonzero(busy), device):
        first = int(members[0])
        element = plant.element_of(plant.class_of(first))
        yield Single("cooler", path(element.index), names[first], members, Loss(devices=members[:1]))
        if isinstance(element.attributes, CoolingAttributes) and (element.attributes.modules or 0) > 1:
            text = f"{names[first]}, one module"
            modules.append(Single("module", path(element.index), text, members, Loss(modules={first: 1})))
    yield from modules
    for members in _alike(np.arange(len(pipes)), pipe):
        first = int(members[0])
        rule = plant.design.rules[int(pipes.rule[first])]
        assert rule.z is not None
        ends = f"{path(rule.a.element)} -> {path(rule.z.element)}"
        yield Single("pipe", ends, _pipe_name(plant, first), members, Loss(pipes=members[:1]))


def _pipe_name(plant: Plant, row: int) -> str:
    pipes = plant.pipes
    a, z = int(pipes.a_device[row]), int(pipes.z_device[row])
    out = terminal_names(plant, plant.class_of(a), "coolant_out")[int(pipes.a_terminal[row])]
    into = terminal_names(plant, plant.class_of(z), "coolant_in")[int(pipes.z_terminal[row])]
    return f"{plant.devices.names[a]} {out} -> {plant.devices.names[z]} {into}"


def _loops(found: Cooling, pipe: Ints) -> Iterator[Single]:
    plant = found.plant
    loop = components(found)
    count = int(loop.max()) + 1
    marks = np.zeros(count, dtype=np.uint64)
    np.add.at(marks, loop, mix(pipe))
    first = np.full(count, len(loop), dtype=np.int64)
    np.minimum.at(first, loop, np.arange(len(loop)))
    _, color = np.unique(marks, return_inverse=True)
    sources = np.setdiff1d(plant.pipes.a_device, plant.pipes.z_device)
    separates = found.column([t.separates for t in found.traits]) > 0
    for members in _alike(np.argsort(first, kind="stable"), color):
        rows = np.flatnonzero(loop == members[0])
        givers = np.unique(plant.pipes.a_device[rows])
        heads = givers[separates[givers] | np.isin(givers, sources)]
        shown = [plant.devices.names[int(d)] for d in heads[:3]]
        name = "loop of " + " and ".join(shown) + (" …" if len(heads) > 3 else "")
        element = plant.design.path(plant.class_of(int(heads[0] if len(heads) else givers[0])).element)
        yield Single("loop", element, name, np.sort(first[members]), Loss(pipes=rows))


def _alike(chosen: Ints, color: Ints) -> list[Ints]:
    """The chosen ones of each colour, in the order of the first of each."""
    order = chosen[np.argsort(color[chosen], kind="stable")]
    groups = np.split(order, np.flatnonzero(np.diff(color[order])) + 1) if len(order) else []
    return sorted((np.sort(g) for g in groups), key=lambda g: int(g[0]))


@dataclass(frozen=True)
class _Gauge:
    """A limit of many things: their loads and limits, -1 where unknown, and their devices, or the element of which
    they are the instances."""

    sort: Sort
    load: Ints
    limit: Ints
    name: Callable[[int], str]
    device: Ints
    element: int = -1


class Failures:
    """A cooling in normal running, ready to lose something."""

    def __init__(self, found: Cooling) -> None:
        self._found = found
        plant = found.plant
        self._figures = columns(plant, found.traits, found.coolant)
        self._groups, _ = layers(plant.pipes.a_device, plant.pipes.z_device, len(plant.devices))
        self._piped = np.bincount(plant.pipes.z_device, minlength=len(plant.devices)) > 0
        cooler = found.column([t.cooler for t in found.traits]) > 0
        self._loads = self._piped & ~cooler & (found.liquid_mw > 0)
        self._before = self._gauges(found.loops, found.rooms, found.air_taken, {}, None)

    def above(self, devices: Bools) -> Bools:
        """The devices, and all that supply them with coolant, directly or through others."""
        reached = devices.copy()
        pipes = self._found.plant.pipes
        for rows in self._groups:
            reached[pipes.a_device[rows[reached[pipes.z_device[rows]]]]] = True
        return reached

    def after(self, loss: Loss) -> Outcome:
        """What follows from a loss."""
        found = self._found
        gone = np.zeros(len(found.plant.devices), dtype=np.bool_)
        gone[loss.devices] = True
        for device, count in loss.modules.items():
            gone[device] |= count >= (self._modules(device) or count)
        if not gone.any() and not len(loss.pipes):
            # Modules are gone and no part as a whole: everything flows as before.
            gauges = self._gauges(found.loops, found.rooms, found.air_taken, loss.modules, None)
            return Outcome(_NONE, tuple(self._strains(gauges)))
        alive, active = self._alive(gone, loss.pipes)
        where = settle(found.plant, found.heat, found.traits, self._figures, active, ~alive)
        gauges = self._gauges(where.loops, where.rooms, where.air_taken, loss.modules, gone)
        return Outcome(np.flatnonzero(self._loads & ~alive), tuple(self._strains(gauges)))

    def _alive(self, gone: Bools, cut: Ints) -> tuple[Bools, Bools]:
        """Devices that work and have coolant (those that need none, too), and pipes that carry some."""
        pipes = self._found.plant.pipes
        whole = np.ones(len(pipes), dtype=np.bool_)
        whole[cut] = False
        alive = ~gone & ~self._piped
        active = np.zeros(len(pipes), dtype=np.bool_)
        for rows in reversed(self._groups):
            active[rows] = whole[rows] & alive[pipes.a_device[rows]]
            reached = pipes.z_device[rows[active[rows]]]
            alive[reached] = ~gone[reached]
        return alive, active

    def _modules(self, device: int) -> int | None:
        attributes = self._found.plant.element_of(self._found.plant.class_of(device)).attributes
        return attributes.modules if isinstance(attributes, CoolingAttributes) else None

    def _left(self, limit: Ints, modules: dict[int, int]) -> Ints:
        """Limits of coolers that lost modules: `heat` and `flow` hold without the spare ones."""
        left = limit.copy()
        for device, lost in modules.items():
            attributes = self._found.plant.element_of(self._found.plant.class_of(device)).attributes
            assert isinstance(attributes, CoolingAttributes) and attributes.modules is not None
            needed = attributes.modules - (attributes.spare_modules or 0)
            running = min(attributes.modules - lost, needed)
            if limit[device] > 0 and needed > 0:
                left[device] = int(limit[device]) * max(running, 0) // needed
        return left

    def _gauges(
        self, loops: Loops, rooms: Rooms, air_taken: Ints, modules: dict[int, int], gone: Bools | None
    ) -> list[_Gauge]:
        found = self._found
        names = found.plant.devices.names
        heat = found.column([-1 if t.heat is None or t.takes == t.gives == "air" else t.heat for t in found.traits])
        flow = found.column([-1 if t.delivers is None else t.delivers for t in found.traits])
        head = found.column([-1 if t.head is None or not t.separates else t.head for t in found.traits])
        every = np.arange(len(names))
        gauges = [
            _Gauge("heat", loops.taken[0] + air_taken[0], self._left(heat, modules), names.__getitem__, every),
            _Gauge("flow", loops.delivered, self._left(flow, modules), names.__getitem__, every),
            _Gauge("pressure", loops.below, head, names.__getitem__, every),
        ]
        gauges += self._couplings(loops, "coolant_out") + self._couplings(loops, "coolant_in")
        return gauges + list(self._air(rooms, gone))

    def _air(self, rooms: Rooms, gone: Bools | None) -> Iterator[_Gauge]:
        """Heat that is left in the air of assemblies, and air that moves in them."""
        plant, traits = self._found.plant, self._found.traits
        moved = np.where(takes_cold_air(plant, traits), self._found.airflow, 0)
        for index, left in rooms.left.items():
            element = plant.design.elements[index]
            if not instance_count(plant.design, index):
                continue
            limit, supply = room_limit(plant, traits, element), air_supply(plant, traits, element, gone)
            if limit is None and supply is None:
                continue
            shown = host_names(plant.design, index)
            if limit is not None:
                rows = np.full(left.shape[1], limit, dtype=np.int64)
                yield _Gauge("air", left[0], rows, shown.__getitem__, _NONE, index)
            if supply is not None:
                total = sum_by_instance(plant, index, moved)
                yield _Gauge("airflow", total, supply, shown.__getitem__, _NONE, index)

    def _couplings(self, loops: Loops, kind: str) -> list[_Gauge]:
        plant = self._found.plant
        pipes = plant.pipes
        device, number = (
            (pipes.a_device, pipes.a_terminal) if kind == "coolant_out" else (pipes.z_device, pipes.z_terminal)
        )
        if not len(pipes):
            return []
        limits: list[int] = []
        start = np.zeros(len(plant.classes), dtype=np.int64)
        for cls in plant.classes:
            start[cls.index] = len(limits)
            for array in cls.terminals[kind]:
                attributes = plant.design.elements[array.element].attributes
                flow = millilitres(attributes.flow) if isinstance(attributes, CouplingAttributes) else None
                limits += [-1 if flow is None else flow] * array.count
        key = device * 2**20 + number
        distinct, first, place = np.unique(key, return_index=True, return_inverse=True)
        load = np.zeros(len(distinct), dtype=np.int64)
        np.add.at(load, place, loops.pipe_flow)
        limit = np.array(limits, dtype=np.int64)[start[plant.devices.cls[device[first]]] + number[first]]

        def name(row: int) -> str:
            at = int(first[row])
            owner = int(device[at])
            return f"{plant.devices.names[owner]} {terminal_names(plant, plant.class_of(owner), kind)[int(number[at])]}"

        return [_Gauge("coupling", load, limit, name, device[first])]

    def _strains(self, gauges: list[_Gauge]) -> list[Strain]:
        """Whatever carries more than before or can carry less, the worst first; of each sort those over their limits,
        and the nearest to one."""
        found: list[tuple[float, Strain]] = []
        for now, before in zip(gauges, self._before, strict=True):
            more = (now.limit >= 0) & (now.load > 0) & ((now.load > before.load) | (now.limit < before.limit))
            rows = np.flatnonzero(more)
            if not len(rows):
                continue
            ratio = now.load[rows] / np.maximum(now.limit[rows], 1)
            over = rows[now.load[rows] > now.limit[rows]]
            for row in dict.fromkeys([*over.tolist(), int(rows[ratio.argmax()])]):
                load, limit = int(now.load[row]), int(now.limit[row])
                device = int(now.device[row]) if now.element < 0 else -1
                element = now.element if device < 0 else self._found.plant.class_of(device).element
                strain = Strain(now.sort, now.name(row), load, limit, device, element)
                found.append((load / max(limit, 1), strain))
        return [strain for _, strain in sorted(found, key=lambda pair: (-pair[0], pair[1].sort, pair[1].where))]
