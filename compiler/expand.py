"""From index rules to the columns of the plant.

Every rule is one query: the cross product of its variables' ranges, computed index columns, a filter,
and then the same relation shifted to each instance of its scope. No loop runs over cables.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from ..dsl.diagnostics import Diagnostic, diagnose
from .design import Design, Element, End, Rule, Variable
from .geometry import floor_of, link_lengths, rack_positions
from .indices import evaluate
from .names import host_names
from .plant import TERMINALS, DeviceClass, Devices, Ints, Links, Plant, Racks, Relations, TerminalArray, port_speeds
from .relations import ENDS
from .schema import PortAttributes

MAX_ROWS = 60_000_000
"""Most rows that one relation may have before its filter: about 2 GB of columns."""
MAX_DEVICES = 5_000_000


def expand(design: Design) -> tuple[Plant | None, tuple[Diagnostic, ...]]:
    """Unroll a design. The plant is None if a rule cannot hold (an index out of range) or is too large."""
    classes, problems = _classes(design)
    if problems:
        return None, tuple(problems)
    racks, rack_first, problems = _racks(design)
    devices, more = _devices(design, classes, rack_first)
    problems += more
    tables = _Tables(design, {c.element: c for c in classes}, problems)
    parts: dict[str, list[_Rows]] = {medium: [] for medium in ENDS}
    for rule in design.rules:
        if rule.medium in parts:
            rows = tables.rows(rule)
            if rows is not None:
                parts[rule.medium].append(rows)
    if problems and any(p.severity == "error" for p in problems):
        return None, tuple(problems)
    racks = _place(design, racks, rack_first, tables)
    if problems and any(p.severity == "error" for p in problems):
        return None, tuple(problems)
    links = _relations(parts["link"])
    plant = Plant(
        design,
        classes,
        devices,
        racks,
        Links(
            **vars(links),
            speed=_speeds(design, classes, links),
            length_um=link_lengths(design, classes, devices, racks, links.a_device, links.z_device),
            network=_networks(design, links),
        ),
        _relations(parts["feed"]),
        _relations(parts["pipe"]),
    )
    return plant, tuple(problems)


# --- devices and racks ---


def _shape(design: Design, element: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    dims = design.dims(element)
    return tuple(d.size for d in dims), tuple(d.capacity for d in dims)


def _classes(design: Design) -> tuple[tuple[DeviceClass, ...], list[Diagnostic]]:
    found: list[DeviceClass] = []
    first = 0
    for element in design.elements:
        if design.device_of(element.index) != element.index:
            continue
        shape, capacity = _shape(design, element.index)
        count = prod(shape)
        found.append(DeviceClass(len(found), element.index, first, count, shape, capacity, _terminals(design, element)))
        first += count
        if first > MAX_DEVICES:
            detail = f"{first} devices and more, of {MAX_DEVICES} at most"
            return (), [diagnose("RW2014", element.origin, "with this member", detail=detail)]
    return tuple(found), []


def _terminals(design: Design, device: Element) -> dict[str, tuple[TerminalArray, ...]]:
    found: dict[str, list[TerminalArray]] = {kind: [] for kind in TERMINALS}
    first = dict.fromkeys(TERMINALS, 0)
    depth = len(design.dims(device.index))
    for element in design.elements[device.index :]:
        if element.kind not in found or design.device_of(element.index) != device.index:
            continue
        shape = _shape(design, element.index)[0][depth:]
        missing: frozenset[int] = frozenset()
        if element.splits:
            lanes = max(s.count for s in element.splits)
            missing = _missing(element, shape, lanes, first[element.kind])
            shape = (*shape, lanes)
        array = TerminalArray(element.index, first[element.kind], shape, missing)
        found[element.kind].append(array)
        first[element.kind] += array.count
    return {kind: tuple(arrays) for kind, arrays in found.items()}


def _missing(element: Element, shape: tuple[int, ...], lanes: int, first: int) -> frozenset[int]:
    """Lane numbers that no split makes: all but lane 0 of whole cages, and those beyond a smaller split."""
    made = np.ones(shape[-1], dtype=np.int64)
    for split in element.splits:
        made[split.first : split.last + 1] = split.count
    lane = np.arange(lanes)[None, :] >= np.tile(made, prod(shape[:-1]))[:, None]
    return frozenset((np.flatnonzero(lane.ravel()) + first).tolist())


def _grid(shape: tuple[int, ...], capacity: tuple[int, ...]) -> Ints:
    """Numbers over the capacity of all elements of a built box, in row-major order of the box."""
    total = np.zeros((1,), dtype=np.int64)
    for size, reserved in zip(shape, capacity, strict=True):
        total = (total[:, None] * reserved + np.arange(size, dtype=np.int64)[None, :]).ravel()
    return total


def _devices(
    design: Design, classes: tuple[DeviceClass, ...], rack_first: dict[int, int]
) -> tuple[Devices, list[Diagnostic]]:
    names: list[str] = []
    cls, rank, rack, bottom = [], [], [], []
    for c in classes:
        element = design.elements[c.element]
        names.extend(host_names(design, c.element))
        cls.append(np.full(c.count, c.index, dtype=np.int64))
        rank.append(_grid(c.shape, c.capacity))
        home = design.rack_of(c.element)
        number = np.arange(c.count, dtype=np.int64)
        if home is None:
            rack.append(np.full(c.count, -1, dtype=np.int64))
        else:
            inside = prod(c.shape[len(design.dims(home)) :])
            rack.append(rack_first[home] + number // max(1, inside))
        # A position in a rack is known only if the rack itself holds the device, without a group between.
        if element.at and element.parent == home:
            own = np.array(element.at, dtype=np.int64)
            bottom.append(own[number % len(own)])
        else:
            bottom.append(np.full(c.count, -1, dtype=np.int64))
    devices = Devices(names, _join(cls), _join(rank), _join(rack), _join(bottom))
    return devices, _check_names(design, classes, devices)


def _check_names(design: Design, classes: tuple[DeviceClass, ...], devices: Devices) -> list[Diagnostic]:
    """Host names become file names and lines of configs: only safe ones, and no name twice."""
    problems = []
    seen: dict[str, int] = {}
    for c in classes:
        origin = design.elements[c.element].origin
        own = devices.names[c.first : c.first + c.count]
        bad = next((n for n in own if not _safe(n)), None)
        if bad is not None:
            problems.append(
                diagnose("RW2017", origin, f"makes the host name `{_shown(bad)}`",
                         help="letters, digits, `-`, `_` and `.`, beginning with a letter or digit, 63 at most")
            )
        folded = {n.lower() for n in own}
        if len(folded) < len(own) or not folded.isdisjoint(seen):
            double = _first_double(own, seen)
            also = [(design.elements[classes[seen[double]].element].origin, "and by this")] if double in seen else []
            problems.append(
                diagnose("RW2018", origin, f"`{_shown(double)}` is made here", also=also,
                         help="use every enclosing array's index in the pattern")
            )
        seen.update(dict.fromkeys(folded, c.index))
    return problems


def _first_double(names: list[str], seen: dict[str, int]) -> str:
    known = set(seen)
    for name in names:
        if name.lower() in known:
            return name.lower()
        known.add(name.lower())
    raise AssertionError("called without a double")


def _safe(name: str) -> bool:
    body = name.replace("-", "a").replace("_", "a").replace(".", "a")
    return 0 < len(name) <= 63 and name.isascii() and body.isalnum() and name[0].isalnum() and ".." not in name


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:80])


def _racks(design: Design) -> tuple[Racks, dict[int, int], list[Diagnostic]]:
    names: list[str] = []
    element: list[Ints] = []
    first: dict[int, int] = {}
    for rack in design.elements:
        if rack.kind != "rack":
            continue
        first[rack.index] = len(names)
        count = prod(_shape(design, rack.index)[0])
        names.extend(host_names(design, rack.index))
        element.append(np.full(count, rack.index, dtype=np.int64))
    nowhere = np.full(len(names), -1, dtype=np.int64)
    return Racks(names, _join(element), nowhere, nowhere, nowhere, nowhere), first, []


def _place(design: Design, racks: Racks, first: dict[int, int], tables: _Tables) -> Racks:
    """Put the racks of every `place` rule on the floor."""
    row, bay, x, y = racks.row.copy(), racks.bay.copy(), racks.x_um.copy(), racks.y_um.copy()
    for rule in design.rules:
        if rule.medium != "place":
            continue
        placed = tables.positions(rule)
        if placed is None:
            continue
        number, rows, bays = placed
        where = first[rule.a.element] + number
        row[where], bay[where] = rows, bays
        floor = floor_of(design, rule.a.element)
        if floor is not None:
            x[where], y[where] = rack_positions(floor, rows, bays)
    return Racks(racks.names, racks.element, row, bay, x, y)


# --- relations ---


@dataclass(frozen=True)
class _Rows:
    a_device: Ints
    a_terminal: Ints
    z_device: Ints
    z_terminal: Ints
    rule: Ints
    rank: Ints


class _Tables:
    """Evaluates rules over their variables' ranges."""

    def __init__(self, design: Design, by_element: dict[int, DeviceClass], problems: list[Diagnostic]) -> None:
        self._design = design
        self._classes = by_element
        self._problems = problems

    def rows(self, rule: Rule) -> _Rows | None:
        """All rows of a link, feed or pipe rule; None (and a message) if it cannot hold."""
        local = self._local(rule)
        if local is None:
            return None
        values, rank, reserved = local
        assert rule.z is not None
        ends = []
        for end in (rule.a, rule.z):
            found = self._end(rule, end, values, len(rank))
            if found is None:
                return None
            ends.append(found)
        shape, capacity = _shape(self._design, rule.scope)
        scopes, scope_rank = prod(shape), _grid(shape, capacity)
        count = len(rank) * scopes
        if count == 0:
            self._problems.append(diagnose("RW3013", rule.origin, "for no value of its indices"))
        columns: list[Ints] = []
        for device_first, inside, device, terminal in ends:
            outer = np.arange(scopes, dtype=np.int64) * inside + device_first
            columns.append((outer[:, None] + device[None, :]).ravel())
            columns.append(np.tile(terminal, scopes))
        number = (scope_rank[:, None] * reserved + rank[None, :]).ravel()
        a_device, a_terminal, z_device, z_terminal = columns
        number_of_rule = np.full(count, rule.index, dtype=np.int64)
        return _Rows(a_device, a_terminal, z_device, z_terminal, number_of_rule, number)

    def positions(self, rule: Rule) -> tuple[Ints, Ints, Ints] | None:
        """Number of the rack within its element, row and bay, of every rack that a `place` rule puts."""
        local = self._local(rule)
        if local is None:
            return None
        values, rank, _ = local
        number = self._instance(rule, rule.a, values, len(rank))
        if number is None:
            return None
        inside, index = number
        # The position may use the indices of the scope's own arrays through the variables only, so
        # every instance of the scope would get the same place; a scope of its own hall is meant.
        scopes = prod(_shape(self._design, rule.scope)[0])
        where = {}
        for axis, expression in rule.position.items():
            column = _column(evaluate(expression, values), len(rank))
            if column.size and (column.min() < 0 or column.max() > 10**6):
                at = int(np.argmax((column < 0) | (column > 10**6)))
                self._problems.append(
                    diagnose("RW3001", rule.origin, f"{axis} {int(column[at])} is no place on a floor",
                             detail=_instance_text(rule, values, at))
                )
                return None
            where[axis] = np.tile(column, scopes)
        outer = np.arange(scopes, dtype=np.int64) * inside
        return (outer[:, None] + index[None, :]).ravel(), where["row"], where["bay"]

    def _local(self, rule: Rule) -> tuple[dict[str, Ints], Ints, int] | None:
        """Columns of the variables after the filter, the number of each row over the capacity, and that capacity."""
        reserved = prod(v.capacity for v in rule.variables)
        total = prod(v.size for v in rule.variables)
        scopes = prod(_shape(self._design, rule.scope)[0])
        most = prod(_shape(self._design, rule.scope)[1]) * reserved
        if total * max(1, scopes) > MAX_ROWS or most > 2**62:
            detail = f"{total} in each of {scopes} instances, of {MAX_ROWS} rows at most"
            self._problems.append(diagnose("RW2014", rule.origin, "this joins too much", detail=detail))
            return None
        values, rank = _box(rule.variables)
        if rule.where is not None:
            keep = np.broadcast_to(np.asarray(evaluate(rule.where, values)), rank.shape)
            values = {name: column[keep] for name, column in values.items()}
            rank = rank[keep]
        return values, rank, reserved

    def _end(self, rule: Rule, end: End, values: dict[str, Ints], count: int) -> tuple[int, int, Ints, Ints] | None:
        """First device of the class, devices a scope, device within the scope, terminal on the device."""
        device_element = self._design.device_of(end.element)
        assert device_element is not None
        cls = self._classes[device_element]
        device = np.zeros(count, dtype=np.int64)
        terminal = np.zeros(count, dtype=np.int64)
        on_device = self._design.device_of(rule.scope) is not None
        inside = prod(cls.shape[len(self._design.dims(rule.scope)) :])
        array = next(t for t in cls.terminals[self._design.elements[end.element].kind] if t.element == end.element)
        for step in end.steps:
            element = self._design.elements[step.element]
            columns = self._step(rule, end, element, step.indices, values, count)
            if columns is None:
                return None
            for column, size in columns:
                if on_device:
                    terminal = terminal * size + column
                else:
                    device = device * size + column
            if element.index == device_element:
                on_device = True
        terminal = terminal + array.first
        if array.missing and count:
            bad = np.isin(terminal, np.fromiter(array.missing, dtype=np.int64))
            if bad.any():
                at = int(np.argmax(bad))
                name = self._design.elements[end.element].name
                self._problems.append(
                    diagnose("RW3001", end.origin, f"the split makes no such port of `{name}`",
                             detail=_instance_text(rule, values, at, int(bad.sum())),
                             help="a cage that is split is indexed with a lane, one that is not without")
                )
                return None
        return cls.first, inside, device, terminal

    def _instance(self, rule: Rule, end: End, values: dict[str, Ints], count: int) -> tuple[int, Ints] | None:
        """Instances a scope, and the instance within the scope, of an element such as a rack."""
        shape = _shape(self._design, end.element)[0]
        inside = prod(shape[len(self._design.dims(rule.scope)) :])
        number = np.zeros(count, dtype=np.int64)
        for step in end.steps:
            columns = self._step(rule, end, self._design.elements[step.element], step.indices, values, count)
            if columns is None:
                return None
            for column, size in columns:
                number = number * size + column
        return inside, number

    def _step(
        self, rule: Rule, end: End, element: Element, indices: tuple[object, ...], values: dict[str, Ints], count: int
    ) -> list[tuple[Ints, int]] | None:
        """One column and its array's size a dimension, checked against the array."""
        sizes = [d.size for d in element.dims]
        given: list[object] = list(indices)
        if element.splits:
            sizes.append(max(s.count for s in element.splits))
            if len(given) < len(sizes):
                given.append(self._whole_cage(element, given[0], values, count))
        found = []
        for position, (index, size) in enumerate(zip(given, sizes, strict=True)):
            column = index if isinstance(index, np.ndarray) else _column(evaluate(index, values), count)  # type: ignore[arg-type]
            if column.size and (column.min() < 0 or column.max() >= size):
                bad = (column < 0) | (column >= size)
                at = int(np.argmax(bad))
                capacity = element.dims[position].capacity if position < len(element.dims) else size
                reserved = 0 <= int(column[at]) < capacity
                self._problems.append(
                    diagnose(
                        "RW3015" if reserved else "RW3001",
                        end.origin,
                        f"`{element.name}` is numbered 0..{size - 1}, and this is {int(column[at])}",
                        detail=_instance_text(rule, values, at, int(bad.sum())),
                        also=[(element.origin, f"{size} built of {capacity}" if reserved else f"{size} here")],
                        help="limit the indices with `where` or a range",
                    )
                )
                return None
            found.append((column, size))
        return found

    def _whole_cage(self, element: Element, cage: object, values: dict[str, Ints], count: int) -> Ints:
        """Lane 0 for cages that are not split; a lane that does not exist for those that are."""
        column = _column(evaluate(cage, values), count)  # type: ignore[arg-type]
        lanes = np.zeros(count, dtype=np.int64)
        for split in element.splits:
            lanes[(column >= split.first) & (column <= split.last)] = max(s.count for s in element.splits)
        return lanes


def _box(variables: tuple[Variable, ...]) -> tuple[dict[str, Ints], Ints]:
    """The cross product of all ranges, first variable slowest, and its numbers over the capacities."""
    shape = tuple(v.size for v in variables)
    values = {}
    for position, variable in enumerate(variables):
        ramp = np.arange(variable.low, variable.low + variable.size, dtype=np.int64)
        spread = ramp.reshape((-1,) + (1,) * (len(shape) - position - 1))
        values[variable.name] = np.broadcast_to(spread, shape).ravel()
    return values, _grid(shape, tuple(v.capacity for v in variables))


def _column(value: object, count: int) -> Ints:
    return np.broadcast_to(np.asarray(value, dtype=np.int64), (count,))


def _instance_text(rule: Rule, values: dict[str, Ints], at: int, count: int = 1) -> str:
    """One concrete assignment of the written indices, and how many there are like it."""
    named = [f"{n} = {int(c[at])}" for n, c in values.items() if not n.startswith("*")]
    text = "here " + ", ".join(named) if named else "for one of the elements"
    return f"{text} ({count} such)" if count > 1 else text


def _join(columns: list[Ints]) -> Ints:
    return np.concatenate(columns) if columns else np.zeros(0, dtype=np.int64)


def _relations(parts: list[_Rows]) -> Relations:
    names = ("a_device", "a_terminal", "z_device", "z_terminal", "rule", "rank")
    return Relations(**{name: _join([getattr(p, name) for p in parts]) for name in names})


def _speeds(design: Design, classes: tuple[DeviceClass, ...], links: Relations) -> Ints:
    """Speed of each link: that of its a port (the two ends are compared by a check)."""
    found = np.zeros(len(links), dtype=np.int64)
    for rule in design.rules:
        if rule.medium != "link":
            continue
        element = design.elements[rule.a.element]
        assert isinstance(element.attributes, PortAttributes)
        rows = links.rule == rule.index
        device = design.device_of(rule.a.element)
        cls = next(c for c in classes if c.element == device)
        found[rows] = port_speeds(design, cls)[links.a_terminal[rows]]
    return found


def _networks(design: Design, links: Relations) -> Ints:
    number = {n.name: i for i, n in enumerate(design.networks)}
    by_rule = np.array([number.get(r.network or "", -1) for r in design.rules], dtype=np.int64)
    return by_rule[links.rule] if len(by_rule) else np.zeros(0, dtype=np.int64)
