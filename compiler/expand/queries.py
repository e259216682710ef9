"""One rule as one query: the cross product of its variables' ranges, computed index columns, a filter.

The same relation then holds in every instance of the rule's scope, by shifting the devices' numbers.
No loop runs over cables.
"""

from __future__ import annotations

from math import prod

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ..design import Design, Dim, Element, End, Rule, Variable
from ..indices import Index, evaluate, names
from ..plant import DeviceClass, Ints, Relations, TerminalArray
from .unroll import numbers, shape_of

MAX_ROWS = 60_000_000
"""Most rows that one relation may have before its filter: about 2 GB of columns."""


class Queries:
    """Evaluates rules over their variables' ranges."""

    def __init__(self, design: Design, by_element: dict[int, DeviceClass], problems: list[Diagnostic]) -> None:
        self._design = design
        self._classes = by_element
        self._problems = problems

    def rows(self, rule: Rule) -> Relations | None:
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
        shape, capacity = shape_of(self._design, rule.scope)
        scopes, scope_rank = prod(shape), numbers(shape, capacity)
        count = len(rank) * scopes
        if count == 0 and (rule.where is None or any(names(rule.where))):
            # A condition without an index is a switch that was turned off on purpose.
            self._problems.append(diagnose("RW3013", rule.origin, "for no value of its indices"))
        columns: list[Ints] = []
        scope = np.arange(scopes, dtype=np.int64)
        inner = self._on_one_device(rule.scope)
        for cls, array, device, terminal in ends:
            inside = prod(cls.shape[len(self._design.dims(rule.scope)) :])
            outer = scope // inner * inside + cls.first
            # A scope that is a part inside a device has terminals further on, by as many as each such part has.
            shift = scope % inner * (array.count // inner)
            columns.append((outer[:, None] + device[None, :]).ravel())
            columns.append((shift[:, None] + terminal[None, :]).ravel())
        number = (scope_rank[:, None] * reserved + rank[None, :]).ravel()
        a_device, a_terminal, z_device, z_terminal = columns
        number_of_rule = np.full(count, rule.index, dtype=np.int64)
        return Relations(a_device, a_terminal, z_device, z_terminal, number_of_rule, number)

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
        scopes = prod(shape_of(self._design, rule.scope)[0])
        where = {}
        for axis, expression in rule.position.items():
            column = _column(evaluate(expression, values), len(rank))
            if column.size and (column.min() < 0 or column.max() > 10**6):
                at = int(np.argmax((column < 0) | (column > 10**6)))
                self._problems.append(
                    diagnose(
                        "RW3001",
                        rule.origin,
                        f"{axis} {int(column[at])} is no place on a floor",
                        detail=_instance_text(rule, values, at),
                    )
                )
                return None
            where[axis] = np.tile(column, scopes)
        outer = np.arange(scopes, dtype=np.int64) * inside
        return (outer[:, None] + index[None, :]).ravel(), where["row"], where["bay"]

    def _local(self, rule: Rule) -> tuple[dict[str, Ints], Ints, int] | None:
        """Columns of the variables after the filter, the number of each row over the capacity, and that capacity."""
        reserved = prod(v.capacity for v in rule.variables)
        total = prod(v.size for v in rule.variables)
        scopes = prod(shape_of(self._design, rule.scope)[0])
        most = prod(shape_of(self._design, rule.scope)[1]) * reserved
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

    def _on_one_device(self, scope: int) -> int:
        """How many instances of a scope stand on one device; 1 for what holds devices."""
        device = self._design.device_of(scope)
        return 1 if device is None else prod(d.size for d in self._design.dims(scope)[len(self._design.dims(device)) :])

    def _end(
        self, rule: Rule, end: End, values: dict[str, Ints], count: int
    ) -> tuple[DeviceClass, TerminalArray, Ints, Ints] | None:
        """The class and array of an end; for each row the device within the scope, and the terminal on the device."""
        device_element = self._design.device_of(end.element)
        assert device_element is not None
        cls = self._classes[device_element]
        device = np.zeros(count, dtype=np.int64)
        terminal = np.zeros(count, dtype=np.int64)
        on_device = self._design.device_of(rule.scope) is not None
        array = next(t for t in cls.terminals[self._design.elements[end.element].kind] if t.element == end.element)
        if not self._inside(rule, end, values, count):
            return None
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
                    diagnose(
                        "RW3001",
                        end.origin,
                        f"the split makes no such port of `{name}`",
                        detail=_instance_text(rule, values, at, int(bad.sum())),
                        help="a cage that is split is indexed with a lane, one that is not without",
                    )
                )
                return None
        return cls, array, device, terminal

    def _instance(self, rule: Rule, end: End, values: dict[str, Ints], count: int) -> tuple[int, Ints] | None:
        """Instances a scope, and the instance within the scope, of an element such as a rack."""
        shape = shape_of(self._design, end.element)[0]
        inside = prod(shape[len(self._design.dims(rule.scope)) :])
        number = np.zeros(count, dtype=np.int64)
        if not self._inside(rule, end, values, count):
            return None
        for step in end.steps:
            columns = self._step(rule, end, self._design.elements[step.element], step.indices, values, count)
            if columns is None:
                return None
            for column, size in columns:
                number = number * size + column
        return inside, number

    def _step(
        self, rule: Rule, end: End, element: Element, indices: tuple[Index, ...], values: dict[str, Ints], count: int
    ) -> list[tuple[Ints, int]] | None:
        """One column and its array's size a dimension, checked against the array."""
        sizes = [d.size for d in element.dims]
        given: list[Index | Ints] = list(indices)
        if element.splits:
            sizes.append(max(s.count for s in element.splits))
            if len(given) < len(sizes):
                given.append(self._whole_cage(element, indices[0], values, count))
        found = []
        for position, (index, size) in enumerate(zip(given, sizes, strict=True)):
            column = index if isinstance(index, np.ndarray) else _column(evaluate(index, values), count)
            if column.size and (column.min() < 0 or column.max() >= size):
                bad = (column < 0) | (column >= size)
                at = int(np.argmax(bad))
                if position >= len(indices):
                    self._problems.append(
                        diagnose(
                            "RW3001",
                            end.origin,
                            "this cage is split, so its ports have a second index",
                            detail=_instance_text(rule, values, at, int(bad.sum())),
                            also=[(element.origin, "declared here")],
                            help=f"such as `{element.name}[{_column(evaluate(indices[0], values), count)[at]}, 0]`",
                        )
                    )
                    return None
                dim = element.dims[position] if position < len(element.dims) else Dim(size=size, capacity=size)
                self._outside(rule, end, element.name, element.origin, dim, column, values)
                return None
            found.append((column, size))
        return found

    def _inside(self, rule: Rule, end: End, values: dict[str, Ints], count: int) -> bool:
        """Whether the indices of views stay within them; a message if not."""
        for w in end.within:
            column = _column(evaluate(w.index, values), count)
            if column.size and (column.min() < 0 or column.max() >= w.size):
                dim = Dim(size=w.size, capacity=w.capacity)
                self._outside(rule, end, w.view, w.origin, dim, column, values)
                return False
        return True

    def _outside(
        self, rule: Rule, end: End, name: str, origin: Span, dim: Dim, column: Ints, values: dict[str, Ints]
    ) -> None:
        """Say of one concrete index that it is outside its array or view."""
        bad = (column < 0) | (column >= dim.size)
        at = int(np.argmax(bad))
        reserved = 0 <= int(column[at]) < dim.capacity
        self._problems.append(
            diagnose(
                "RW3015" if reserved else "RW3001",
                end.origin,
                f"`{name}` is numbered 0..{dim.size - 1}, and this is {int(column[at])}",
                detail=_instance_text(rule, values, at, int(bad.sum())),
                also=[(origin, f"{dim.size} built of {dim.capacity}" if reserved else f"{dim.size} here")],
                help="limit the indices with `where` or a range",
            )
        )

    def _whole_cage(self, element: Element, cage: Index, values: dict[str, Ints], count: int) -> Ints:
        """Lane 0 for cages that are not split; a lane that does not exist for those that are."""
        column = _column(evaluate(cage, values), count)
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
    return values, numbers(shape, tuple(v.capacity for v in variables))


def _column(value: object, count: int) -> Ints:
    return np.broadcast_to(np.asarray(value, dtype=np.int64), (count,))


def _instance_text(rule: Rule, values: dict[str, Ints], at: int, count: int = 1) -> str:
    """One concrete assignment of the written indices, and how many there are like it."""
    if not values:
        return ""
    named = [f"{n} = {int(c[at])}" for n, c in values.items() if not n.startswith("*")]
    text = "here " + ", ".join(named) if named else "for one of the elements"
    return f"{text} ({count} such)" if count > 1 else text
