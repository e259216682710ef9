"""What a definition's body amounts to, its bases and overrides laid over each other.

A `Layer` is one written body with the scope of its names. A definition is a list of layers, base first;
the block after a member (`tor : minipack2 { os = sonic }`) is one more layer over the member's definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ...dsl import syntax as s
from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ..schema import KINDS, RESERVED_KINDS
from .attributes import Written
from .mistake import Mistake, article, mistake, suggest
from .scope import Definition, Scope, Value, WordValue
from .values import Evaluator

MAX_BASES = 64
"""Longest chain of definitions that are built on each other."""


@dataclass(frozen=True, slots=True)
class Layer:
    block: s.Block | None
    scope: Scope


@dataclass(frozen=True)
class Type:
    """A resolved type: its kind, its definition (the kind's word if there is none) and all layers."""

    kind: str
    name: str
    lineage: tuple[str, ...]
    layers: tuple[Layer, ...]


@dataclass
class MemberBody:
    """A member with every override that is laid over it."""

    member: s.Member
    scope: Scope
    overrides: list[Layer] = field(default_factory=list)


@dataclass
class Body:
    """All layers of one element, merged: later layers win, relations add up."""

    attributes: dict[str, Written] = field(default_factory=dict)
    members: dict[str, MemberBody] = field(default_factory=dict)
    views: dict[str, tuple[s.View, Scope]] = field(default_factory=dict)
    relations: list[tuple[s.Relation | s.Place, Scope]] = field(default_factory=list)
    splits: list[tuple[s.Split, Scope]] = field(default_factory=list)
    doc: str = ""


NO_PARAMETERS: Mapping[str, Span] = MappingProxyType({})


class Bodies:
    """Resolves types and merges bodies for one program."""

    def __init__(self, evaluator: Evaluator, diagnostics: list[Diagnostic]) -> None:
        self._evaluator = evaluator
        self._diagnostics = diagnostics
        self.used: set[str] = set()
        self._busy: list[Definition] = []
        self._chain: Mistake | None = None

    def type(self, reference: s.TypeRef, scope: Scope) -> Type:
        """Resolve a type reference with its arguments. Raises Mistake."""
        definition = self._evaluator.names.definition(reference.names, scope)
        if definition is None:
            word = reference.names[0].text
            if reference.arguments:
                raise mistake("RW2012", reference.span, "a kind takes no arguments")
            return Type(word, word, (word,), ())
        return self.instance(definition, reference, scope)

    def instance(self, definition: Definition, reference: s.TypeRef | None, scope: Scope) -> Type:
        """A definition with its parameters bound. Raises Mistake."""
        declaration = definition.declaration
        kind = declaration.kind
        if kind.text not in KINDS:
            reserved = kind.text in RESERVED_KINDS
            raise mistake(
                "RW2019" if reserved else "RW2003",
                kind.span,
                "kept for later" if reserved else "no kind is called this",
                help="" if reserved else suggest(kind.text, KINDS),
            )
        self.used.add(definition.name)
        names = [d.name for d in self._busy]
        if definition.name in names:
            # Reported at the first of the circle, wherever it was entered, so that it is one message.
            circle = self._busy[names.index(definition.name) :]
            start = circle.index(min(circle, key=lambda d: d.declaration.name.span))
            circle = [*circle[start:], *circle[: start + 1]]
            raise mistake(
                "RW2010",
                circle[0].declaration.name.span,
                "this is built on itself",
                detail=" is ".join(d.name for d in circle),
            )
        if len(self._busy) >= MAX_BASES:
            self._chain = self._chain or mistake(
                "RW2014", declaration.name.span, f"more than {MAX_BASES} definitions are built on each other here"
            )
            raise self._chain  # the same for everything that is built on these
        own = Scope(definition.module, self._bind(definition, reference, scope))
        layers: tuple[Layer, ...] = ()
        lineage: tuple[str, ...] = (definition.name,)
        if declaration.base is not None:
            self._busy.append(definition)
            try:
                base = self.type(declaration.base, own)
            finally:
                self._busy.pop()
            if base.kind != kind.text:
                raise mistake(
                    "RW2011",
                    declaration.base.span,
                    f"this is {article(base.kind)}, not {article(kind.text)}",
                    help=f"declare it as `{base.kind} {declaration.name.text}`",
                )
            layers, lineage = base.layers, lineage + base.lineage
            for layer in layers:
                for name, value in layer.scope.values.items():
                    if name in _lets(layer.block):
                        own.values.setdefault(name, value)
                for name, pending in layer.scope.pending.items():
                    own.pending.setdefault(name, pending)
        if declaration.body is not None:
            self.add_lets(declaration.body, own, {p.name.text: p.span for p in declaration.parameters})
        return Type(kind.text, definition.name, lineage, (*layers, Layer(declaration.body, own)))

    def add_lets(self, block: s.Block, scope: Scope, parameters: Mapping[str, Span] = NO_PARAMETERS) -> None:
        """Make the `let`s of a block known in its scope; they hide what had their names before."""
        for statement in block.statements:
            if isinstance(statement, s.Let):
                name = statement.name
                if name.text in parameters:
                    self._diagnostics.append(
                        diagnose(
                            "RW2002",
                            name.span,
                            "a parameter has this name",
                            also=[(parameters[name.text], "the parameter")],
                            help="give one of them another name",
                        )
                    )
                scope.values.pop(name.text, None)
                scope.pending[statement.name.text] = (statement.value, scope)

    def _bind(self, definition: Definition, reference: s.TypeRef | None, scope: Scope) -> dict[str, Value]:
        parameters = definition.declaration.parameters
        arguments = reference.arguments if reference is not None else ()
        at = reference.span if reference is not None else definition.declaration.name.span
        if len(arguments) > len(parameters):
            raise mistake(
                "RW2012",
                arguments[len(parameters)].span,
                "one argument too many",
                also=[(definition.declaration.name.span, f"takes {len(parameters)}")],
            )
        names = [p.name.text for p in parameters]
        given: dict[str, Value] = {}
        for position, argument in enumerate(arguments):
            name = argument.name.text if argument.name else names[position]
            if name not in names:
                raise mistake("RW2012", argument.span, "no parameter of this name", help=suggest(name, names))
            if name in given:
                raise mistake("RW2012", argument.span, f"`{name}` is given twice")
            given[name] = self._argument(argument.value, scope)
        for parameter in parameters:
            if parameter.name.text in given:
                continue
            if parameter.default is None:
                raise mistake(
                    "RW2012",
                    at,
                    f"`{parameter.name.text}` is not given",
                    also=[(parameter.span, "this parameter has no default")],
                )
            home = Scope(definition.module, dict(given))
            given[parameter.name.text] = self._argument(parameter.default, home)
        return given

    def _argument(self, expr: s.Expr, scope: Scope) -> Value:
        """An argument's value; a bare word that names nothing stays a word, such as `sonic`."""
        if isinstance(expr, s.Path) and expr.bare is not None:
            found = self._evaluator.names.find(expr.steps[0].name, scope)
            return WordValue(expr.bare) if found is None else found
        return self._evaluator.value(expr, scope)

    def merge(self, layers: tuple[Layer, ...], kind: str) -> Body:
        """Lay the layers over each other. Mistakes are collected; what is sound is kept."""
        body = Body()
        for layer in layers:
            if layer.block is not None:
                self._merge(body, layer.block, layer.scope, kind)
        return body

    def _merge(self, body: Body, block: s.Block, scope: Scope, kind: str) -> None:
        own: dict[str, Span] = {}  # names given in this layer, to find doubles

        def once(name: s.Name) -> bool:
            if name.text in own:
                self._diagnostics.append(
                    diagnose(
                        "RW2002",
                        name.span,
                        "given again",
                        also=[(own[name.text], "first here")],
                        help="remove one of them",
                    )
                )
                return False
            own[name.text] = name.span
            return True

        for position, statement in enumerate(block.statements):
            match statement:
                case s.Docstring():
                    if position == 0:
                        body.doc = statement.text.strip()
                    else:
                        self._misplaced(statement.span, "a docstring is the first line of a block")
                case s.Attributes():
                    for item in statement.items:
                        if once(item.name):
                            body.attributes[item.name.text] = Written(item, scope)
                case s.Member():
                    if once(statement.name):
                        overrides = [] if statement.body is None else [Layer(statement.body, scope)]
                        body.members[statement.name.text] = MemberBody(statement, scope, overrides)
                case s.NamedBlock():
                    if not once(statement.name):
                        continue
                    name = statement.name.text
                    if name in body.members:
                        body.members[name].overrides.append(Layer(statement.body, scope))
                    elif name in KINDS[kind].schema.model_fields:
                        body.attributes[name] = Written(statement, scope)
                    else:
                        known = [*body.members, *KINDS[kind].schema.model_fields]
                        self._diagnostics.append(
                            diagnose(
                                "RW2004",
                                statement.name.span,
                                "neither a member to override nor an attribute",
                                help=suggest(name, known),
                            )
                        )
                case s.View():
                    if once(statement.name):
                        body.views[statement.name.text] = (statement, scope)
                case s.Relation() | s.Place():
                    body.relations.append((statement, scope))
                case s.Split():
                    body.splits.append((statement, scope))
                case s.Let():
                    once(statement.name)
                case _:
                    self._misplaced(statement.span, "this stands at the top of a file, not in a block")

    def only_attributes(self, body: Body, kind: str) -> None:
        """Refuse everything else in a definition that is no member of the tree."""
        wrong: list[s.Statement] = [member.member for member in body.members.values()]
        wrong += [view for view, _ in body.views.values()]
        wrong += [statement for statement, _ in body.relations]
        wrong += [split for split, _ in body.splits]
        for statement in wrong:
            self._misplaced(statement.span, f"{article(kind)} holds attributes only")

    def _misplaced(self, span: Span, label: str) -> None:
        self._diagnostics.append(diagnose("RW1007", span, label))


def _lets(block: s.Block | None) -> set[str]:
    if block is None:
        return set()
    return {st.name.text for st in block.statements if isinstance(st, s.Let)}
