"""From definitions to the tree of elements.

The root assembly's members, their members and so on become elements, arrays not unrolled. Members are
taken in the order of their names, so the order of declarations changes nothing that is numbered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from ...dsl import syntax as s
from ...dsl import units
from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Span
from ...dsl.units import Quantity
from ..design import Dim, Element, Segment, Split
from ..names import LANE, WIDTH
from ..schema import KINDS, PASSIVE, AssemblyAttributes, Attributes, Model, PortAttributes, SwitchAttributes
from .attributes import Context, Written, build, places, sensible
from .bodies import Bodies, Body, Layer, MemberBody, Type
from .mistake import article, collected, mistake
from .patterns import to_segments
from .scope import Scope
from .values import Evaluator

_NESTING = ("site", "building", "hall", "row", "rack")
"""Assemblies that hold only those further in."""

MAX_ELEMENTS = 20_000
MAX_DEPTH = 24
MAX_SIZE = 10_000_000
"""Largest array; more is a slip of the finger, not a data center."""
MAX_INSTANCES = 50_000_000
"""Most instances of one element over all arrays around it."""


@dataclass
class Node:
    """An element while the tree is built, with what relations need later."""

    element: Element
    lineage: tuple[str, ...]
    body: Body
    members: dict[str, int] = field(default_factory=dict)


class Elaborator:
    """Builds the tree of one design."""

    def __init__(self, evaluator: Evaluator, bodies: Bodies, diagnostics: list[Diagnostic]) -> None:
        self._evaluator = evaluator
        self._bodies = bodies
        self._diagnostics = diagnostics
        self.nodes: list[Node] = []

    def root(self, type_: Type, name: str, origin: Span) -> None:
        """Elaborate the whole tree below a root assembly."""
        with collected(self._diagnostics):
            self._element(type_, s.Name(name, origin), (), None, (), None, origin)

    def _element(
        self,
        type_: Type,
        name: s.Name,
        dims: tuple[Dim, ...],
        parent: int | None,
        at: tuple[int, ...],
        os: str | None,
        origin: Span,
    ) -> int:
        index = len(self.nodes)
        if index >= MAX_ELEMENTS:
            raise mistake("RW2014", origin, f"more than {MAX_ELEMENTS} different members")
        kind = KINDS[type_.kind]
        body = self._bodies.merge(type_.layers, type_.kind)
        indices = self._indices(parent, name.text, dims)
        attributes, assumed = build(
            kind.schema, body.attributes, Context(self._evaluator, indices), origin, self._diagnostics
        )
        role = kind.role
        assert role in ("part", "assembly", "connector"), role
        stated = {} if attributes is None else places(body.attributes)
        if isinstance(attributes, PortAttributes):
            with collected(self._diagnostics):
                self._port(parent, body, origin)
        if attributes is None:
            # The element is kept, so that relations to it are not reported as unknown; nothing is built from it.
            attributes = kind.schema.model_construct()
        if isinstance(attributes, SwitchAttributes | AssemblyAttributes):
            os = attributes.os or os
        element = Element.model_construct(
            index=index,
            parent=parent,
            name=name.text,
            kind=type_.kind,
            role=role,
            definition=type_.name,
            dims=dims,
            attributes=attributes,
            assumed=assumed,
            stated=stated,
            at=at,
            os=os if isinstance(attributes, SwitchAttributes) else None,
            host_name=self._name(body.attributes.get("name"), attributes, indices),
            interface_names={},
            lane_names={},
            splits=(),
            doc=body.doc,
            origin=origin,
        )
        node = Node(element, type_.lineage, body)
        self.nodes.append(node)
        for member in sorted(body.members):
            with collected(self._diagnostics):
                self._member(node, body.members[member], os)
        self._splits(node)
        self._interfaces(node, indices)
        return index

    def _port(self, parent: int | None, body: Body, origin: Span) -> None:
        """A port has a speed; one through which light only passes has a connector instead. Raises Mistake."""
        device = None if parent is None else self.nodes[parent].element
        while device is not None and device.parent is not None and self.nodes[device.parent].element.role == "part":
            device = self.nodes[device.parent].element
        written = body.attributes.get("speed")
        if device is not None and device.kind in PASSIVE:
            if written is not None:
                at = written.entry.span
                raise mistake("RW2004", at, f"light passes through {article(device.kind)} at any speed")
            if "connector" not in body.attributes:
                raise mistake(
                    "RW2020",
                    origin,
                    "`connector` is not given",
                    help="add `connector = …`: what plugs into it, such as `mpo12_apc`",
                )
        elif written is None:
            raise mistake(
                "RW2020",
                origin,
                "`speed` is not given",
                help="add `speed = …`: Speed of the whole cage, one direction.",
            )

    def _indices(self, parent: int | None, name: str, dims: tuple[Dim, ...]) -> set[str]:
        """Names that stand for the indices of the enclosing arrays and of this one."""
        found = {name if i == 0 else f"{name}_{i + 1}" for i in range(len(dims))}
        while parent is not None:
            element = self.nodes[parent].element
            found |= {element.name if i == 0 else f"{element.name}_{i + 1}" for i in range(len(element.dims))}
            parent = element.parent
        return found

    def _member(self, node: Node, written: MemberBody, os: str | None) -> None:
        member = written.member
        parent = node.element
        around = (parent, *self._ancestors(parent))
        if len(around) > MAX_DEPTH:
            raise mistake("RW2014", member.span, f"more than {MAX_DEPTH} levels of members")
        base = self._bodies.type(member.type, written.scope)
        for outer in around:
            if base.name == outer.definition and base.name not in KINDS:
                raise mistake(
                    "RW2010", member.type.span, f"`{base.name}` is already around this", also=[(outer.origin, "here")]
                )
        kind = KINDS[base.kind]
        if kind.role in ("media", "policy"):
            raise mistake(
                "RW2011",
                member.type.span,
                f"{article(base.kind)} cannot be a member",
                help="name it in `using` of a link" if kind.role == "media" else "it stands at the top of a file",
            )
        if kind.role == "assembly" and parent.role != "assembly":
            raise mistake(
                "RW2011", member.type.span, f"{article(base.kind)} cannot stand inside {article(parent.kind)}"
            )
        if base.kind in _NESTING:
            outer_kind = next((e.kind for e in around if e.kind in _NESTING), None)
            if outer_kind is not None and _NESTING.index(outer_kind) >= _NESTING.index(base.kind):
                raise mistake(
                    "RW2011",
                    member.type.span,
                    f"{article(base.kind)} cannot stand inside {article(outer_kind)}",
                    help="from the outside in: " + ", ".join(_NESTING) + "; a group stands anywhere",
                )
        if kind.role == "part" and parent.role == "part" and {base.kind, parent.kind} & set(PASSIVE):
            if (base.kind, parent.kind) != ("patch", "patch"):
                raise mistake(
                    "RW2011",
                    member.type.span,
                    f"{article(base.kind)} cannot stand inside {article(parent.kind)}",
                    help="a patch holds patches and ports; a trunk stands in a hall, row or group",
                )
        if kind.role == "connector" and parent.role != "part":
            raise mistake(
                "RW2011",
                member.type.span,
                f"{article(base.kind)} belongs to a part, not to {article(parent.kind)}",
                help="put it into the part that carries it",
            )
        if kind.role != "connector" and parent.role == "connector":
            raise mistake("RW2011", member.type.span, f"{article(parent.kind)} holds nothing")
        dims = tuple(self._dim(d, written.scope) for d in member.dims)
        total = prod(d.capacity for n in around for d in n.dims)
        if total * prod(d.capacity for d in dims) > MAX_INSTANCES:
            raise mistake(
                "RW2014",
                member.span,
                f"more than {MAX_INSTANCES} of them in all",
                detail=f"{total * prod(d.capacity for d in dims)} times `{member.name.text}` over all enclosing arrays",
            )
        type_ = Type(base.kind, base.name, base.lineage, (*base.layers, *self._overrides(written)))
        at = self._positions(member, dims, written.scope)
        node.members[member.name.text] = self._element(type_, member.name, dims, parent.index, at, os, member.span)

    def _overrides(self, written: MemberBody) -> list[Layer]:
        layers = []
        for layer in written.overrides:
            scope = Scope(layer.scope.module, dict(layer.scope.values), dict(layer.scope.pending))
            if layer.block is not None:
                self._bodies.add_lets(layer.block, scope)
            layers.append(Layer(layer.block, scope))
        return layers

    def _ancestors(self, element: Element) -> list[Element]:
        found = []
        above = element.parent
        while above is not None:
            found.append(self.nodes[above].element)
            above = found[-1].parent
        return found

    def _dim(self, spec: s.DimSpec, scope: Scope) -> Dim:
        dim = dimension(spec, self._evaluator, scope)
        if dim.capacity > MAX_SIZE:
            raise mistake("RW2013", spec.span, f"{dim.capacity} is more than {MAX_SIZE}")
        return dim

    def _positions(self, member: s.Member, dims: tuple[Dim, ...], scope: Scope) -> tuple[int, ...]:
        """Bottoms above unit 1 in micrometres, one an element of the member's own array at capacity; -1 if not told."""
        if not member.at:
            return ()
        for expr in member.at:
            if isinstance(expr, s.Tagged):
                raise mistake(
                    "RW2007",
                    expr.span,
                    "a height in the rack is wanted here",
                    help="such as `at 3 OU`; racks are put on the floor with `place … at row …, bay …`",
                )
        count, capacity = prod(d.size for d in dims), prod(d.capacity for d in dims)
        if len(member.at) == 1 and dims:
            if len(dims) > 1:
                raise mistake("RW2019", member.at[0].span, "a formula places arrays of one dimension only")
            found = []
            for i in range(capacity):
                home = Scope(scope.module, {**scope.values, member.name.text: Quantity(Fraction(i))}, scope.pending)
                found.append(self._offset(member.at[0], home))
            return tuple(found)
        if len(member.at) < count or len(member.at) > capacity or (len(dims) > 1 and len(member.at) < capacity):
            raise mistake(
                "RW2013",
                member.span,
                f"{len(member.at)} positions for {count} elements",
                help="give one position an element, or one formula with the member's name as its index",
            )
        found = [self._offset(expr, scope) for expr in member.at]
        return tuple(found + [-1] * (capacity - len(found)))

    def _offset(self, expr: s.Expr, scope: Scope) -> int:
        value = self._evaluator.quantity(expr, scope)
        if value.dim != units.LENGTH:
            raise mistake(
                "RW2006", expr.span, f"this is {units.describe(value.dim)}, not a position", help="such as `3 OU`"
            )
        counted = value.unit in ("OU", "RU")
        offset = value.value - (units.UNITS[value.unit][0] if counted else 0)
        micrometres = offset * 1_000_000
        if micrometres < 0 or micrometres.denominator != 1 or micrometres > 10**9:
            raise mistake(
                "RW2007", expr.span, f"{value} is no position in a rack", help="units count from 1 at the bottom"
            )
        return micrometres.numerator

    def _name(self, written: Written | None, attributes: Model, indices: set[str]) -> tuple[Segment, ...]:
        pattern = attributes.name if isinstance(attributes, Attributes) else None
        if written is None or pattern is None or not isinstance(written.entry, s.Attribute):
            return ()
        segments: tuple[Segment, ...] = ()
        with collected(self._diagnostics):
            if not pattern:
                raise mistake("RW2017", written.entry.value.span, "an empty name")
            segments = self._segments(pattern, written.entry.value, written.scope, indices)
        return segments

    def _segments(self, text: str, expr: s.Expr, scope: Scope, indices: set[str]) -> tuple[Segment, ...]:
        start = expr.start if isinstance(expr, s.String) else expr.span.start
        return to_segments(text, expr.span, start, indices, self._evaluator, scope)

    def _interfaces(self, node: Node, indices: set[str]) -> None:
        """Interface name patterns of a port array; they may use `lane` and, if the cage states lanes, `width`."""
        attributes = node.element.attributes
        if not isinstance(attributes, PortAttributes):
            return
        found: dict[str, dict[str, tuple[Segment, ...]]] = {}
        for name, given, extra in (
            ("names", attributes.names, set[str]()),
            ("lane_names", attributes.lane_names, {LANE, WIDTH} if attributes.lanes else {LANE}),
        ):
            written = node.body.attributes.get(name)
            if written is None or not isinstance(written.entry, s.NamedBlock):
                found[name] = {}
                continue
            patterns = {}
            for statement in written.entry.body.statements:
                if isinstance(statement, s.Attributes):
                    for item in statement.items:
                        if item.name.text in given:
                            with collected(self._diagnostics):
                                patterns[item.name.text] = self._segments(
                                    given[item.name.text], item.value, written.scope, indices | extra
                                )
            found[name] = patterns
        node.element = node.element.model_copy(
            update={"interface_names": found["names"], "lane_names": found["lane_names"]}
        )

    # --- splits ---

    def _splits(self, node: Node) -> None:
        for split, scope in node.body.splits:
            with collected(self._diagnostics):
                self._split(node, split, scope)
        with collected(self._diagnostics):
            self._logical_ports(node)

    def _split(self, node: Node, split: s.Split, scope: Scope) -> None:
        step = split.target.steps[0]
        child = node.members.get(step.name.text)
        if len(split.target.steps) != 1 or child is None:
            raise mistake(
                "RW2001",
                split.target.span,
                "no port array of this part has this name",
                help="write the split in the part that has the ports, or in the block after the member",
            )
        target = self.nodes[child].element
        attributes = target.attributes
        if not isinstance(attributes, PortAttributes) or len(target.dims) != 1 or len(step.indices) != 1:
            raise mistake(
                "RW3009",
                split.target.span,
                "a split takes cages of a port array of one dimension",
                help="such as `split eth[*] into 2 x 400 Gbps`",
            )
        first, last = self._cages(step.indices[0], target.dims[0].size, scope)
        count = self._evaluator.integer(split.count, scope)
        rate = self._evaluator.quantity(split.rate, scope)
        if rate.dim != units.RATE:
            raise mistake("RW2006", split.rate.span, f"this is {units.describe(rate.dim)}, not a data rate in bits")
        sensible(rate, split.rate.span)
        if count < 1 or count > attributes.max_split:
            raise mistake(
                "RW3009",
                split.span,
                f"into {count}, but the cage splits into {attributes.max_split} at most",
                also=[(target.origin, "the cage")],
            )
        if rate.value * count > attributes.speed.value:
            raise mistake(
                "RW3009",
                split.span,
                f"{count} x {rate} is more than the cage's {attributes.speed}",
                also=[(target.origin, "the cage")],
            )
        for other in target.splits:
            if first <= other.last and other.first <= last:
                raise mistake(
                    "RW3009", split.span, f"cage {max(first, other.first)} is already split into {other.count}"
                )
        made = Split.model_construct(first=first, last=last, count=count, speed=rate)
        self.nodes[child].element = target.model_copy(update={"splits": (*target.splits, made)})

    def _cages(self, index: s.Expr, size: int, scope: Scope) -> tuple[int, int]:
        if isinstance(index, s.Star):
            return 0, size - 1
        if isinstance(index, s.Range):
            first, last = self._evaluator.integer(index.low, scope), self._evaluator.integer(index.high, scope)
        else:
            first = last = self._evaluator.integer(index, scope)
        if not 0 <= first <= last < size:
            raise mistake("RW3001", index.span, f"cages are numbered 0..{size - 1}")
        return first, last

    def _logical_ports(self, node: Node) -> None:
        """The silicon drives only so many logical ports. Raises Mistake."""
        attributes = node.element.attributes
        if not isinstance(attributes, SwitchAttributes) or attributes.max_ports is None:
            return
        total = 0
        at = node.element.origin
        for child in node.members.values():
            element = self.nodes[child].element
            if isinstance(element.attributes, PortAttributes) and not element.attributes.management:
                at = element.origin
                total += prod(d.size for d in element.dims)
                total += sum((sp.last - sp.first + 1) * (sp.count - 1) for sp in element.splits)
        if total > attributes.max_ports:
            at = node.body.splits[-1][0].span if node.body.splits else at
            raise mistake("RW3009", at, f"makes {total} logical ports; the silicon drives {attributes.max_ports}")


def dimension(spec: s.DimSpec, evaluator: Evaluator, scope: Scope) -> Dim:
    """One dimension of an array or view. Raises Mistake."""
    size = evaluator.integer(spec.size, scope)
    capacity = size if spec.capacity is None else evaluator.integer(spec.capacity, scope)
    if size < 0 or capacity < 1:
        raise mistake(
            "RW2013", spec.span, f"this is {size if size < 0 else capacity}", help="an array holds at least one"
        )
    if size > capacity:
        raise mistake(
            "RW2013",
            spec.span,
            f"{size} are built, but only {capacity} reserved",
            help="raise the capacity; everything is numbered over it",
        )
    return Dim.model_construct(size=size, capacity=capacity)
