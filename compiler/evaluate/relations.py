"""Statements `link`, `feed`, `pipe` and `place` to index rules."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from ...dsl import syntax as s
from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ..design import ENDS, End, Media, Medium, Rule, Step, Variable, Whip
from ..indices import Index, names, operation, ravel, write
from ..schema import KINDS, PASSIVE, CableAttributes, OpticAttributes, WhipAttributes
from .attributes import Context, build, places
from .binders import Bound, bind
from .bodies import Bodies
from .elaborate import Node
from .mistake import article, collected, mistake, suggest
from .paths import Paths, Side
from .patterns import to_condition, to_index, to_number
from .scope import Definition, Scope
from .values import Evaluator

MAX_TIMES = 1024
_MADE_WITH = {"link": ("optic", "cable"), "feed": ("whip",)}
"""What each medium is made with, after `using`."""
MAX_RULES = 20_000

TIMES = "times"
"""Name of the variable that counts parallel links."""

AXES = ("row", "bay")


class Relations:
    """Turns the statements of one tree into rules."""

    def __init__(
        self,
        nodes: list[Node],
        paths: Paths,
        evaluator: Evaluator,
        bodies: Bodies,
        networks: tuple[str, ...],
        snippet: Callable[[Span], str],
        diagnostics: list[Diagnostic],
    ) -> None:
        self._nodes = nodes
        self._paths = paths
        self._evaluator = evaluator
        self._bodies = bodies
        self._networks = networks
        self._snippet = snippet
        self._diagnostics = diagnostics
        self.media: dict[str, Media] = {}
        self.whips: dict[str, Whip] = {}
        self._choices: dict[str, tuple[str, ...]] = {}

    def rules(self) -> tuple[Rule, ...]:
        """All rules, in an order that does not depend on the order of statements."""
        found: list[Rule] = []
        for node in self._nodes:
            for statement, scope in node.body.relations:
                with collected(self._diagnostics):
                    if isinstance(statement, s.Place):
                        found.append(self._place(statement, node, scope))
                    else:
                        found.extend(self._join(statement, node, scope))
                if len(found) > MAX_RULES:
                    self._diagnostics.append(diagnose("RW2014", statement.span, f"more than {MAX_RULES} relations"))
                    return ()
        found.sort(key=lambda r: (r.medium, self._where(r), r.tag, _text(r)))
        return tuple(_tagged(found, self._where))

    def _where(self, rule: Rule) -> str:
        """What a rule joins, by dotted paths."""
        ends = [self._dotted(rule.a.element)] + ([self._dotted(rule.z.element)] if rule.z else [])
        return f"{self._dotted(rule.scope)}|" + "|".join(ends)

    def _dotted(self, element: int) -> str:
        pieces = []
        at: int | None = element
        while at is not None:
            pieces.append(self._nodes[at].element.name)
            at = self._nodes[at].element.parent
        return ".".join(reversed(pieces[:-1]))

    # --- link, feed, pipe ---

    def _join(self, statement: s.Relation, node: Node, scope: Scope) -> Iterator[Rule]:
        medium: Medium = statement.medium.text  # type: ignore[assignment]
        clauses = _once(statement.clauses)
        for clause, media in (("On", ("link",)), ("Using", tuple(_MADE_WITH))):
            if clause in clauses and medium not in media:
                raise mistake("RW1007", clauses[clause].span, f"this belongs to a {media[0]}, not to a {medium}")
        for clause in ("Using", "On"):
            if clause in clauses and medium == "link" and self._inside_passive(node):
                raise mistake("RW1007", clauses[clause].span, "inside a passive part there are no cables to be named")
        options = self._options(clauses.get("Using"), medium, scope)
        network = self._network(clauses.get("On"))
        for source in statement.sources:
            for target in statement.targets:
                with collected(self._diagnostics):
                    yield self._rule(statement, medium, source, target, clauses, options, network, node, scope)

    def _inside_passive(self, node: Node) -> bool:
        """Whether light only passes through the outermost part around a definition."""
        outermost = None
        at: int | None = node.element.index
        while at is not None:
            element = self._nodes[at].element
            outermost = element if element.role == "part" else outermost
            at = element.parent
        return outermost is not None and outermost.kind in PASSIVE

    def _rule(
        self,
        statement: s.Relation,
        medium: Medium,
        source: s.Path,
        target: s.Path,
        clauses: dict[str, s.Clause],
        options: tuple[tuple[str, str], ...],
        network: str | None,
        node: Node,
        scope: Scope,
    ) -> Rule:
        bound = bind(statement.clauses, self._evaluator, scope)
        a = self._paths.side(source, node, scope, bound)
        z = self._paths.side(target, node, scope, bound)
        times = self._times(clauses.get("Times"), scope, (a, z))
        variables = _variables(bound)
        if times > 1:
            variables[TIMES] = Variable.model_construct(name=TIMES, low=0, size=times, capacity=times)
        a_used, z_used = self._used(a, scope, variables), self._used(z, scope, variables)
        kinds = ENDS[medium]
        a_end = self._paths.end(a, scope, variables, _rank(variables, z_used, a_used))
        z_end = self._paths.end(z, scope, variables, _rank(variables, a_used, z_used))
        return Rule.model_construct(
            index=0,
            medium=medium,
            scope=node.element.index,
            variables=tuple(variables.values()),
            where=self._condition(clauses.get("Where"), variables, scope),
            a=self._end(a_end, kinds[0], medium),
            z=self._end(z_end, kinds[1], medium),
            options=options,
            network=network,
            position={},
            tag=self._written(variables, source, target, clauses.get("Where")),
            origin=statement.span,
        )

    def _written(self, variables: dict[str, Variable], *parts: s.Path | s.Clause | None) -> str:
        """The paths and the condition of a relation as written; blanks, comments and names of indices aside.

        Values do not enter either, so that a parameter may change without changing what cables are called.
        """
        spans = [part.span for part in parts if part is not None]
        lines = [line.partition("#")[0] for span in spans for line in self._snippet(span).splitlines()]
        order = {name: f"${number}" for number, name in enumerate(variables)}
        return re.sub(r"[A-Za-z_]\w*", lambda m: order.get(m[0], m[0]), "".join("".join(lines).split()))

    def _used(self, side: Side, scope: Scope, variables: dict[str, Variable]) -> list[str]:
        """The variables that a side uses, in the order of the relation's variables."""
        found = set(side.free)
        for piece in side.pieces:
            for slot in piece.slots:
                if slot.variable is None:
                    found |= set(names(to_index(slot.expr, variables, self._evaluator, scope)))
        return [v for v in variables if v in found]

    def _times(self, clause: s.Clause | None, scope: Scope, sides: tuple[Side, Side]) -> int:
        if not isinstance(clause, s.Times):
            return 1
        times = self._evaluator.integer(clause.count, scope)
        if not 1 <= times <= MAX_TIMES:
            raise mistake("RW2013", clause.span, f"{times} parallel links", help=f"between 1 and {MAX_TIMES}")
        for side in sides:
            if times > 1 and not side.pieces[-1].unindexed:
                raise mistake(
                    "RW3004",
                    side.span,
                    "parallel links take ports by rank, and this names one port",
                    help="leave the port's index out, or count with `for t in 0..1` and use `t` in the index",
                    also=[(clause.span, "")],
                )
        return times

    def _condition(self, clause: s.Clause | None, variables: dict[str, Variable], scope: Scope) -> Index | None:
        if not isinstance(clause, s.Where):
            return None
        return to_condition(clause.condition, variables, self._evaluator, scope)

    # --- ends ---

    def _end(self, end: End, kind: str, medium: str) -> End:
        """Complete a path to the terminal that it means. An element with exactly one stands for it."""
        node, span = self._nodes[end.element], end.origin
        if node.element.role == "connector":
            if node.element.kind != kind:
                found_kind = article(node.element.kind)
                raise mistake("RW3004", span, f"this is {found_kind}, and a {medium} wants {article(kind)} here")
            return end
        found = list(self._terminals(node, kind))
        if len(found) != 1 or any(self._nodes[e].element.dims for e in found[0]):
            count = (
                "no" if not found else "more than one" if len(found) > 1 or self._many(found[0]) else "an array of one"
            )
            what = f"this {node.element.kind} has {count} {kind}"
            known = ", ".join(f"`{self._indexed(way)}`" for way in found[:6])
            raise mistake(
                "RW3004",
                span,
                what,
                help=f"name one of them: {known}" if known else "",
                also=[(node.element.origin, "declared here")],
            )
        more = [Step.model_construct(element=e, indices=()) for e in found[0]]
        return end.model_copy(update={"steps": (*end.steps, *more)})

    def _many(self, way: tuple[int, ...]) -> bool:
        return any(dim.size > 1 for e in way for dim in self._nodes[e].element.dims)

    def _indexed(self, way: tuple[int, ...]) -> str:
        """A way down as a user would write it: `nic[*].p`, or `nic[0].p` of an array of one."""
        pieces = []
        for e in way:
            element = self._nodes[e].element
            inside = ", ".join("*" if dim.size > 1 else "0" for dim in element.dims)
            pieces.append(f"{element.name}[{inside}]" if inside else element.name)
        return ".".join(pieces)

    def _terminals(self, node: Node, kind: str) -> Iterator[tuple[int, ...]]:
        """The ways from an element down to terminals of a kind; management ports are passed over."""
        for child in node.members.values():
            below = self._nodes[child]
            if below.element.kind == kind:
                if not getattr(below.element.attributes, "management", False):
                    yield (child,)
            elif below.element.role == "part":
                for way in self._terminals(below, kind):
                    yield (child, *way)

    # --- using, on ---

    def _options(self, clause: s.Clause | None, medium: str, scope: Scope) -> tuple[tuple[str, str], ...]:
        """What a relation may be made with, first choice first."""
        if not isinstance(clause, s.Using):
            return ()
        choice = self._evaluator.names.definition(clause.a.names, scope)
        if medium == "link" and choice is not None and choice.declaration.kind.text == "choice":
            if clause.z is not None:
                raise mistake("RW2011", clause.span, "a choice tells both ends")
            return tuple((name, name) for name in self._choice(choice, clause.a, scope))
        wanted = _MADE_WITH[medium]
        a = self._medium(clause.a, wanted, scope)
        z = a if clause.z is None else self._medium(clause.z, wanted, scope)
        if clause.z is not None and not (_is_optic(a) and _is_optic(z)):
            raise mistake("RW2011", clause.span, "a cable has both its ends; only optics differ from end to end")
        return ((a.name, z.name),)

    def _choice(self, definition: Definition, reference: s.TypeRef, scope: Scope) -> tuple[str, ...]:
        """The media of a `choice`, in its order."""
        if definition.name in self._choices and not reference.arguments:
            return self._choices[definition.name]
        type_ = self._bodies.instance(definition, reference, scope)
        body = self._bodies.merge(type_.layers, type_.kind)
        self._bodies.only_attributes(body, type_.kind)
        at = definition.declaration.name.span
        attributes, _ = build(
            KINDS[type_.kind].schema, body.attributes, Context(self._evaluator, ()), at, self._diagnostics
        )
        self._choices[definition.name] = ()
        written = body.attributes.get("prefer")
        if attributes is None or written is None or not isinstance(written.entry, s.Attribute):
            return ()
        listed = written.entry.value
        items = listed.items if isinstance(listed, s.ListExpr) else (listed,)
        if not items:
            raise mistake("RW2007", listed.span, "there is nothing to choose from")
        names = tuple(self._chosen(item, written.scope) for item in items)
        self._choices[definition.name] = names
        return names

    def _chosen(self, item: s.Expr, scope: Scope) -> str:
        definition = self._evaluator.value(item, scope)
        assert isinstance(definition, Definition)  # the attribute has been read so
        kind = definition.declaration.kind.text
        if kind not in _MADE_WITH["link"]:
            raise mistake("RW2011", item.span, f"this is {article(kind)}, not an optic or a cable")
        return self._made(definition, None, scope).name

    def _medium(self, reference: s.TypeRef, wanted: tuple[str, ...], scope: Scope) -> Media | Whip:
        definition = self._evaluator.names.definition(reference.names, scope)
        names = " or ".join(article(kind) for kind in wanted)
        if definition is None or KINDS.get(definition.declaration.kind.text) is None:
            raise mistake("RW2011", reference.span, f"{names} is wanted here")
        if definition.declaration.kind.text not in wanted:
            raise mistake("RW2011", reference.span, f"this is {article(definition.declaration.kind.text)}, not {names}")
        return self._made(definition, reference, scope)

    def _made(self, definition: Definition, reference: s.TypeRef | None, scope: Scope) -> Media | Whip:
        """What a definition of a medium says, read once."""
        known = self.media.get(definition.name) or self.whips.get(definition.name)
        if known is not None:
            return known
        type_ = self._bodies.instance(definition, reference, scope)
        body = self._bodies.merge(type_.layers, type_.kind)
        self._bodies.only_attributes(body, type_.kind)
        schema = KINDS[type_.kind].schema
        origin = definition.declaration.span
        context = Context(self._evaluator, ())
        attributes, assumed = build(
            schema, body.attributes, context, definition.declaration.name.span, self._diagnostics
        )
        stated = {} if attributes is None else places(body.attributes)
        if attributes is None:
            attributes = schema.model_construct()
        assert isinstance(attributes, OpticAttributes | CableAttributes | WhipAttributes)
        made: dict[str, Any] = dict(
            name=definition.name,
            attributes=attributes,
            assumed=assumed,
            stated=stated,
            doc=body.doc,
            origin=origin,
        )
        if isinstance(attributes, WhipAttributes):
            return self.whips.setdefault(definition.name, Whip.model_construct(**made))
        return self.media.setdefault(definition.name, Media.model_construct(kind=type_.kind, **made))

    def _network(self, clause: s.Clause | None) -> str | None:
        if isinstance(clause, s.On):
            name = clause.network.dotted
            if name not in self._networks:
                raise mistake(
                    "RW2001", clause.network.span, "no network of this name", help=suggest(name, self._networks)
                )
            return name
        return self._networks[0] if len(self._networks) == 1 else None

    # --- place ---

    def _place(self, statement: s.Place, node: Node, scope: Scope) -> Rule:
        clauses = _once(statement.clauses)
        for name in ("Using", "Times", "On"):
            if name in clauses:
                raise mistake("RW1007", clauses[name].span, "this belongs to a link")
        bound = bind(statement.clauses, self._evaluator, scope)
        side = self._paths.side(statement.target, node, scope, bound)
        variables = _variables(bound)
        end = self._paths.end(side, scope, variables, None)
        target = self._nodes[end.element].element
        if target.kind not in ("rack", "hall"):
            raise mistake(
                "RW2011",
                statement.target.span,
                f"this is {article(target.kind)}; racks and halls are placed on a floor",
                help="a part's height in its rack is given where it is a member: `tor : switch at 22 OU`",
            )
        position: dict[str, Index] = {}
        for expr in statement.positions:
            if not isinstance(expr, s.Tagged) or expr.value is None or expr.tag.text not in AXES:
                raise mistake(
                    "RW2004", expr.span, "`row` and `bay` are wanted here", help="such as `at row r, bay 2*b`"
                )
            if expr.tag.text in position:
                raise mistake("RW2002", expr.span, "given twice")
            position[expr.tag.text] = to_number(expr.value, variables, self._evaluator, scope)
        for axis in AXES:
            if axis not in position:
                raise mistake("RW2020", statement.span, f"`{axis}` is not given", help="such as `at row r, bay 2*b`")
        return Rule.model_construct(
            index=0,
            medium="place",
            scope=node.element.index,
            variables=tuple(variables.values()),
            where=self._condition(clauses.get("Where"), variables, scope),
            a=end,
            z=None,
            options=(),
            network=None,
            position=position,
            tag="",
            origin=statement.span,
        )


def _once(clauses: tuple[s.Clause, ...]) -> dict[str, s.Clause]:
    """Clauses by their class's name; all but `for` may stand once."""
    found: dict[str, s.Clause] = {}
    for clause in clauses:
        name = type(clause).__name__
        if name in found and name != "Binder":
            raise mistake("RW2002", clause.span, "given twice", also=[(found[name].span, "first here")])
        found[name] = clause
    return found


def _variables(bound: dict[str, Bound]) -> dict[str, Variable]:
    """In the order that the paths name them; those of `for` count last, however early they are bound."""
    ordered = sorted(bound.values(), key=lambda b: b.counted)
    return {b.name: Variable.model_construct(name=b.name, low=b.low, size=b.size, capacity=b.capacity) for b in ordered}


def _rank(variables: dict[str, Variable], other: list[str], own: list[str]) -> Index:
    """The row-major number of the other side's free indices, over the capacity; parallel links count last."""
    chosen = [variables[name] for name in other if name not in own]
    if TIMES in variables:
        chosen.append(variables[TIMES])
    indices: list[Index] = [v.name if v.low == 0 else operation("-", v.name, v.low) for v in chosen]
    return ravel(indices, [v.capacity for v in chosen])


def _text(rule: Rule) -> str:
    ends = [rule.a] + ([rule.z] if rule.z else [])
    pieces = [",".join(write(i) for step in end.steps for i in step.indices) for end in ends]
    lows = ",".join(f"{v.name}={v.low:020}" for v in rule.variables)
    return "|".join(pieces) + "|" + (write(rule.where) if rule.where is not None else "") + "|" + lows


_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that reads as a digit on a label."""


def _tagged(rules: list[Rule], where: Callable[[Rule], str]) -> Iterator[Rule]:
    """Number the rules and give each a short tag from what it joins and how that is written.

    No other rule has a part in a tag, but for the rare two that would be alike: theirs are longer.
    """
    seen: Counter[str] = Counter()
    digests = []
    for rule in rules:
        key = f"{rule.medium}|{where(rule)}|{rule.tag}"
        seen[key] += 1
        digests.append(int.from_bytes(hashlib.sha256(f"{key}|{seen[key]}".encode()).digest()[:10], "big"))
    tags = [_code(d, 4) for d in digests]
    length = 4
    while length < 16 and len(set(tags)) < len(tags):
        length += 1
        twice = {tag for tag, count in Counter(tags).items() if count > 1}
        tags = [_code(d, length) if tag in twice else tag for tag, d in zip(tags, digests, strict=True)]
    for index, (rule, tag) in enumerate(zip(rules, tags, strict=True)):
        yield rule.model_copy(update={"index": index, "tag": tag})


def _code(digest: int, length: int) -> str:
    """A letter first: a spreadsheet reads `123E-0001` as a number."""
    first = _ALPHABET[10 + (digest >> 75) % 22]
    return first + "".join(_ALPHABET[(digest >> (75 - 5 * i)) & 31] for i in range(1, length))


def _is_optic(made_with: Media | Whip) -> bool:
    return isinstance(made_with.attributes, OpticAttributes)
