"""Paths in index notation to steps down the tree.

A relation's two sides are read together: first every bare name, `*` and range that indexes an array is
bound as a variable, then the computed indices are read over those variables. Views are replaced by what they
show, so that a resolved path names members only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod

from ...dsl import syntax as s
from ...dsl.source import Span
from ..design import Dim, Element, End, Step, Variable, Within
from ..indices import Index, Operation, operation, ravel, write
from .binders import Bound, bind, shows_each_once
from .elaborate import Node, dimension
from .mistake import mistake, suggest
from .patterns import to_number
from .scope import Definition, Scope
from .values import Evaluator

MAX_VIEWS = 16
"""Deepest chain of views over views."""


@dataclass
class Slot:
    """One index of a path, as written, for one dimension of an array or view."""

    expr: s.Expr
    dim: Dim
    of_ports: bool
    variable: str | None = None  # set if the slot is exactly one variable


@dataclass
class Piece:
    """A step of the path before views are replaced: an element or a view, and its slots."""

    node: Node
    view: View | None
    slots: list[Slot]
    span: Span
    unindexed: bool = False


@dataclass(frozen=True)
class View:
    """A view with the way it shows: `slots` are the free dimensions of its target, row-major."""

    name: str
    dims: tuple[Dim, ...]
    steps: tuple[Step, ...]  # with the variables `%0`, `%1`, … for the free dimensions
    free: tuple[Variable, ...]
    span: Span


@dataclass
class Side:
    """One resolved side of a relation, waiting for its computed indices."""

    pieces: list[Piece]
    span: Span
    free: list[str] = field(default_factory=list)


def port_dims(element: Element) -> tuple[Dim, ...]:
    """The dimensions that index a port array: a lane last, if it is split."""
    if not element.splits:
        return element.dims
    lanes = max(split.count for split in element.splits)
    return (*element.dims, Dim.model_construct(size=lanes, capacity=lanes))


class Paths:
    """Resolves the paths of one tree."""

    def __init__(self, nodes: list[Node], evaluator: Evaluator) -> None:
        self._nodes = nodes
        self._evaluator = evaluator
        self._views: dict[tuple[int, str], View] = {}
        self._busy: list[tuple[int, str]] = []

    # --- first pass: find the elements, bind the variables ---

    def side(self, path: s.Path, start: Node, scope: Scope, bound: dict[str, Bound]) -> Side:
        """Find the elements of a path below `start` and bind the variables in its brackets."""
        side = Side([], path.span)
        node = start
        for position, step in enumerate(path.steps):
            piece = self._piece(step, node, start, scope, position)
            side.pieces.append(piece)
            node = piece.node if piece.view is None else self._nodes[piece.view.steps[-1].element]
            for slot in piece.slots:
                name = self._bind(slot, scope, bound)
                if name is not None:
                    slot.variable = name
                    if name not in side.free:
                        side.free.append(name)
        return side

    def _piece(self, step: s.Step, node: Node, start: Node, scope: Scope, position: int) -> Piece:
        name = step.name.text
        if name in node.members:
            target = self._nodes[node.members[name]]
            dims = port_dims(target.element)
            is_port = target.element.role == "connector"
            if is_port and target.element.splits and len(step.indices) == len(target.element.dims):
                dims = target.element.dims  # a whole cage of a split array
            return self._slots(step, Piece(target, None, [], step.span), dims, is_port)
        if name in node.body.views:
            view = self.view(node, name)
            shown = self._nodes[view.steps[-1].element]
            return self._slots(step, Piece(node, view, [], step.span), view.dims, shown.element.role == "connector")
        where = node.element
        known = [*node.members, *node.body.views]
        raise mistake(
            "RW2001",
            step.name.span,
            f"the {where.kind} `{where.definition}` has no member of this name",
            help=suggest(name, known),
            also=[(where.origin, "declared here")] if position else [],
        )

    def _slots(self, step: s.Step, piece: Piece, dims: tuple[Dim, ...], of_ports: bool) -> Piece:
        if not step.indices and dims:
            piece.unindexed = True
            piece.slots = []
            if not of_ports:
                stars = ", ".join("*" for _ in dims)
                raise mistake(
                    "RW3002",
                    step.span,
                    f"this is an array of {_sizes(dims)}",
                    help=f"write `{step.name.text}[{stars}]` for all of it, or an index",
                )
            return piece
        if len(step.indices) != len(dims):
            label = f"{len(step.indices)} where the array has {len(dims)}" if dims else "this is no array"
            raise mistake("RW3002", step.span, label)
        piece.slots = [Slot(expr, dim, of_ports) for expr, dim in zip(step.indices, dims, strict=True)]
        return piece

    def _bind(self, slot: Slot, scope: Scope, bound: dict[str, Bound]) -> str | None:
        """Bind the variable that a slot is, if it is one; return its name."""
        expr = slot.expr
        if isinstance(expr, s.Star):
            name = f"*{len(bound)}"
            bound[name] = Bound(name, 0, slot.dim.size, slot.dim.capacity, expr.span, True)
            return name
        if isinstance(expr, s.Range):
            low, high = self._evaluator.integer(expr.low, scope), self._evaluator.integer(expr.high, scope)
            if not 0 <= low <= high < slot.dim.size:
                raise mistake("RW3001", expr.span, f"this array is numbered 0..{slot.dim.size - 1}")
            name = f"*{len(bound)}"
            bound[name] = Bound(name, low, high - low + 1, high - low + 1, expr.span, True)
            return name
        if not (isinstance(expr, s.Path) and expr.bare is not None):
            return None
        name = expr.bare
        value = None if name in bound else self._evaluator.names.find(expr.steps[0].name, scope)
        if value is not None and not isinstance(value, Definition):
            raise mistake(
                "RW3006",
                expr.span,
                f"`{name}` is a value here; a bare name in brackets is an index",
                help=f"write `[({name})]` to use the value",
            )
        return self._join(name, slot, expr.span, bound)

    def _join(self, name: str, slot: Slot, span: Span, bound: dict[str, Bound]) -> str | None:
        dim = slot.dim
        known = bound.get(name)
        if known is None:
            bound[name] = Bound(name, 0, dim.size, dim.capacity, span, not slot.of_ports)
            return name
        if known.counted or (known.by_member and slot.of_ports):
            if known.low < 0 or known.low + known.size > dim.size:
                raise mistake(
                    "RW3003",
                    span,
                    f"this array ends at {dim.size - 1}",
                    also=[(known.span, f"`{name}` goes up to {known.low + known.size - 1}")],
                )
            return name
        if not known.by_member and not slot.of_ports:
            # A port array met the name first; the member array decides, the port array must be large enough.
            if dim.size > known.size:
                raise mistake(
                    "RW3003",
                    known.span,
                    f"this array ends at {known.size - 1}",
                    also=[(span, f"`{name}` goes up to {dim.size - 1}")],
                )
            bound[name] = Bound(name, 0, dim.size, dim.capacity, span, True)
            return name
        if known.size != dim.size:
            raise mistake(
                "RW3003",
                span,
                f"{dim.size} here",
                also=[(known.span, f"{known.size} here, joined by the same index `{name}`")],
                help="give one of them another index name, or the same size",
            )
        if known.capacity < dim.capacity:
            bound[name] = Bound(name, 0, dim.size, dim.capacity, known.span, known.by_member)
        return name

    # --- second pass: computed indices, views, unnamed ports ---

    def end(self, side: Side, scope: Scope, variables: dict[str, Variable], rank: Index | None) -> End:
        """Where a side leads. `rank` numbers the ports of an array that is not indexed."""
        found: list[Step] = []
        within: list[Within] = []
        for piece in side.pieces:
            indices = [self._index(slot, scope, variables) for slot in piece.slots]
            if piece.unindexed:
                dims = port_dims(piece.node.element) if piece.view is None else piece.view.dims
                if piece.view is None and piece.node.element.splits:
                    raise mistake(
                        "RW3004",
                        piece.span,
                        "a split array has no ports by rank",
                        help="index it, or show its ports through a view",
                    )
                if rank is None:
                    raise mistake("RW3004", piece.span, f"this is an array of {_sizes(dims)}", help="index it")
                indices = unravel(rank, [d.capacity for d in dims])
            if piece.view is None:
                found.append(Step.model_construct(element=piece.node.element.index, indices=tuple(indices)))
            else:
                found.extend(_through(piece.view, indices))
                within.extend(_within(piece.view, indices, variables))
        return End.model_construct(steps=tuple(found), within=tuple(within), origin=side.span)

    def _index(self, slot: Slot, scope: Scope, variables: dict[str, Variable]) -> Index:
        if slot.variable is not None:
            return slot.variable
        return to_number(slot.expr, variables, self._evaluator, scope)

    # --- views ---

    def view(self, node: Node, name: str) -> View:
        """A view of an element, resolved once. Raises Mistake."""
        key = (node.element.index, name)
        if key in self._views:
            return self._views[key]
        declared, scope = node.body.views[name]
        if key in self._busy:
            # Reported at the first of the circle, wherever it was entered, so that it is one message.
            circle = [self._nodes[k[0]].body.views[k[1]][0].span for k in self._busy[self._busy.index(key) :]]
            raise mistake("RW2010", min(circle), "this view shows itself")
        if len(self._busy) > MAX_VIEWS:
            raise mistake("RW2014", declared.span, f"more than {MAX_VIEWS} views of views")
        self._busy.append(key)
        try:
            bound = self._counted(declared, scope)
            side = self.side(declared.target, node, scope, bound)
        finally:
            self._busy.pop()
        for entry in bound.values():
            if not entry.counted and not entry.name.startswith("*"):
                raise mistake(
                    "RW3006",
                    entry.span,
                    "a view is indexed by `*`, ranges, constants, and what `for` counts",
                    help=f"write `[*]`, or count with `for {entry.name} in 0..{entry.size - 1}` behind the path",
                )
        if side.pieces[-1].unindexed:
            raise mistake("RW3002", declared.target.span, "the array at the end is not indexed", help="add `[*]`")
        free = tuple(
            Variable.model_construct(name=b.name, low=b.low, size=b.size, capacity=b.capacity) for b in bound.values()
        )
        variables = {v.name: v for v in free}
        end = self.end(side, scope, variables, None)
        for w in () if declared.clauses else end.within:  # without `for`, the path of a view has constants only
            if not isinstance(w.index, int) or not 0 <= w.index < w.size:
                raise mistake(
                    "RW3001",
                    side.span,
                    f"`{w.view}` is numbered 0..{w.size - 1}, and this is {write(w.index)}",
                    also=[(w.origin, f"{w.size} here")],
                )
        dims = tuple(dimension(d, self._evaluator, scope) for d in declared.dims)
        self._agree(declared, dims, free)
        if declared.clauses:
            over = tuple(self._step_dims(step) for step in end.steps)
            shows_each_once(declared, end, over, free)
        self._views[key] = View(name, dims, end.steps, free, declared.span)
        return self._views[key]

    def _counted(self, declared: s.View, scope: Scope) -> dict[str, Bound]:
        """What a view counts with `for`; no other clause says anything of a view."""
        other = next((c for c in declared.clauses if not isinstance(c, s.Binder)), None)
        if other is not None:
            raise mistake("RW1007", other.span, "of clauses, a view takes `for` alone")
        return bind(declared.clauses, self._evaluator, scope)

    def _step_dims(self, step: Step) -> tuple[Dim, ...]:
        """The dimensions that the indices of a step are for; a whole cage of a split array has no lane."""
        element = self._nodes[step.element].element
        return port_dims(element)[: len(step.indices)]

    def _agree(self, declared: s.View, dims: tuple[Dim, ...], free: tuple[Variable, ...]) -> None:
        shown, size = prod(v.size for v in free), prod(d.size for d in dims)
        if shown != size:
            raise mistake(
                "RW3010",
                declared.span,
                f"{size} here, but the path shows {shown}",
                help=f"write `[{shown}]`" if len(dims) == 1 else "",
            )
        reserved, capacity = prod(v.capacity for v in free), prod(d.capacity for d in dims)
        if reserved != capacity:
            raise mistake(
                "RW3010",
                declared.span,
                f"{capacity} reserved here, but the path reserves {reserved}",
                help=f"write `[{shown} of {reserved}]`" if len(dims) == 1 else "",
            )
        if _one_to_one(dims, free):
            return
        if any(v.size != v.capacity for v in free[1:]) or any(d.size != d.capacity for d in dims[1:]):
            raise mistake(
                "RW3010",
                declared.span,
                "only the first dimension of a view may be built in part",
                help="give the inner arrays their full size, or keep the view's dimensions as they are",
            )

    def element_below(self, node: Node, dotted: s.Path) -> Node:
        """The element that a path names, indices aside (for requirements and ranks). Raises Mistake."""
        for step in dotted.steps:
            name = step.name.text
            if name in node.members:
                node = self._nodes[node.members[name]]
            elif name in node.body.views:
                node = self._nodes[self.view(node, name).steps[-1].element]
            else:
                raise mistake(
                    "RW2001",
                    step.name.span,
                    f"`{node.element.definition}` has no member of this name",
                    help=suggest(name, [*node.members, *node.body.views]),
                )
        return node


def _through(view: View, indices: list[Index]) -> list[Step]:
    """The steps of a view with its free dimensions replaced by what the given indices select."""
    if _one_to_one(view.dims, view.free):
        chosen = indices
    else:
        flat = ravel(indices, [d.capacity for d in view.dims])
        chosen = unravel(flat, [v.capacity for v in view.free])
    values: dict[str, Index] = {}
    for variable, index in zip(view.free, chosen, strict=True):
        values[variable.name] = index if variable.low == 0 else operation("+", index, variable.low)
    return [
        Step.model_construct(element=step.element, indices=tuple(_substitute(i, values) for i in step.indices))
        for step in view.steps
    ]


def _one_to_one(dims: tuple[Dim, ...], free: tuple[Variable, ...]) -> bool:
    """True if each dimension of a view is one of those that it shows; otherwise they are dealt out anew."""
    return [(d.size, d.capacity) for d in dims] == [(v.size, v.capacity) for v in free]


def _within(view: View, indices: list[Index], variables: dict[str, Variable]) -> Iterator[Within]:
    """What keeps the indices of a view inside of it, where a variable's own range does not."""
    for index, dim in zip(indices, view.dims, strict=True):
        known = variables.get(index) if isinstance(index, str) else None
        if known is None or known.low < 0 or known.low + known.capacity > dim.size:
            yield Within.model_construct(
                view=view.name, index=index, size=dim.size, capacity=dim.capacity, origin=view.span
            )


def _substitute(index: Index, values: dict[str, Index]) -> Index:
    if isinstance(index, str):
        return values.get(index, index)
    if isinstance(index, Operation):
        return operation(index.op, *(_substitute(a, values) for a in index.args))
    return index


def unravel(flat: Index, sizes: list[int]) -> list[Index]:
    """A row-major number as one index a dimension: `flat div (n2*n3)`, `flat div n3 mod n2`, `flat mod n3`.

    The first index is not wrapped, so that a number beyond the array shows as an index out of range.
    """
    found: list[Index] = []
    for position in range(len(sizes)):
        stride = prod(sizes[position + 1 :])
        index: Index = flat if stride == 1 else _op("div", flat, stride)
        if position > 0:
            index = _op("mod", index, sizes[position])
        found.append(index)
    return found


def _op(op: str, left: Index, right: int) -> Index:
    if isinstance(left, int):
        return left // right if op == "div" else left % right
    return operation(op, left, right)  # type: ignore[arg-type]


def _sizes(dims: tuple[Dim, ...]) -> str:
    return " x ".join(str(d.size) for d in dims)
