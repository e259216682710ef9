"""`require` statements to conditions over measures of the plant."""

from __future__ import annotations

from typing import get_args

from ...dsl import syntax as s
from ...dsl.units import Quantity
from ..design import Condition, Losing, Measure, Requirement, Term, Value
from .elaborate import Node
from .mistake import mistake, suggest
from .paths import Paths
from .scope import Definition, Scope
from .values import Evaluator

MEASURES = {
    "oversubscription": ("target", "toward"),
    "peak_power": ("target",),
    "typical_power": ("target",),
    "supply": ("target",),
    "weight": ("target",),
    "count": ("target",),
    "survives": ("target", "lose"),
    "bisection": ("target",),
    "path_diversity": ("target", "toward"),
    "heat": ("target",),
    "air_heat": ("target",),
    "coolant_flow": ("target",),
    "airflow": ("target",),
    "free_units": ("target",),
    "floor_load": ("target",),
    "bf16": ("target",),
    "fp8": ("target",),
    "fp4": ("target",),
    "equivalents": ("target", "like"),
}
"""What a requirement can ask of the plant, with its arguments."""

LOSSES: dict[str, Losing] = {kind: kind for kind in get_args(Losing)}
"""Kinds of things that can be lost, where no member has that name."""

_OPERATORS = {"+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or"}


class Requirements:
    """Reads the requirements of one design."""

    def __init__(self, nodes: list[Node], paths: Paths, evaluator: Evaluator, root_name: str) -> None:
        self._nodes = nodes
        self._paths = paths
        self._evaluator = evaluator
        self._root_name = root_name

    def requirement(self, statement: s.Require, text: str, scope: Scope) -> Requirement:
        """One statement. Raises Mistake."""
        return Requirement.model_construct(
            condition=self._term(statement.condition, scope),
            message=statement.message.text if statement.message else "",
            text=text,
            origin=statement.span,
        )

    def _term(self, expr: s.Expr, scope: Scope) -> Term:
        match expr:
            case s.Group():
                return self._term(expr.inner, scope)
            case s.Call():
                return self._measure(expr, scope)
            case s.Unary():
                op = "not" if expr.operator == "not" else "negate"
                return Condition.model_construct(op=op, args=(self._term(expr.operand, scope),), origin=expr.span)
            case s.Binary() if expr.operator in ("div", "mod") and asks(expr):
                raise mistake(
                    "RW2019",
                    expr.span,
                    f"`{expr.operator}` is not known for what the plant has",
                    help="compare the quantity itself, or use `/`",
                )
            case s.Binary() if expr.operator in _OPERATORS:
                args = (self._term(expr.left, scope), self._term(expr.right, scope))
                if all(isinstance(a, Value) for a in args):
                    return self._constant(expr, scope)
                return Condition.model_construct(op=expr.operator, args=args, origin=expr.span)
            case _:
                return self._constant(expr, scope)

    def _constant(self, expr: s.Expr, scope: Scope) -> Value:
        value = self._evaluator.value(expr, scope)
        if not isinstance(value, Quantity | bool):
            raise mistake("RW2007", expr.span, "a quantity or a truth value is wanted here")
        return Value.model_construct(value=value)

    def _measure(self, call: s.Call, scope: Scope) -> Measure:
        name = call.function.text
        if name not in MEASURES:
            raise mistake("RW2001", call.function.span, "no measure of this name", help=suggest(name, MEASURES))
        given: dict[str, s.Expr] = {}
        for position, argument in enumerate(call.arguments):
            if argument.name is not None:
                key = argument.name.text
            elif position == 0:
                key = "target"
            else:
                raise mistake(
                    "RW2012",
                    argument.span,
                    "name this argument",
                    help="such as " + ", ".join(f"`{a} = …`" for a in MEASURES[name][1:]),
                )
            if key not in MEASURES[name] or key in given:
                raise mistake(
                    "RW2012",
                    argument.span,
                    f"`{name}` takes no such argument here",
                    help="it takes " + ", ".join(f"`{a}`" for a in MEASURES[name]),
                )
            given[key] = argument.value
        for key in MEASURES[name]:
            if key not in given:
                raise mistake("RW2012", call.span, f"`{key}` is not given")
        targets = self._elements(given["target"], scope)
        lose, losing, count = self._loss(given.get("lose"), targets)
        return Measure.model_construct(
            function=name,
            targets=targets,
            toward=self._elements(given["toward"], scope) if "toward" in given else (),
            like=self._elements(given["like"], scope) if "like" in given else (),
            lose=lose,
            losing=losing,
            count=count,
            origin=call.span,
        )

    def _loss(self, expr: s.Expr | None, targets: tuple[int, ...]) -> tuple[tuple[int, ...], Losing | None, int]:
        """`1 shelf`: a count and the name of a member of the targets; else a kind; else a name anywhere."""
        if expr is None:
            return (), None, 0
        if not isinstance(expr, s.Number) or not expr.unit or expr.value.denominator != 1 or expr.value < 1:
            raise mistake(
                "RW2007", expr.span, "a count and a member's name are wanted here", help="such as `lose = 1 shelf`"
            )
        count, name = expr.value.numerator, expr.unit
        found = [m for t in targets for n, m in self._nodes[t].members.items() if n == name]
        if not found and name in LOSSES:
            return (), LOSSES[name], count
        found = found or [
            n.element.index for n in self._nodes if n.element.name == name and n.element.parent is not None
        ]
        if not found:
            known = {n.element.name for n in self._nodes} | set(LOSSES)
            raise mistake("RW2001", expr.span, f"no member `{name}` to lose", help=suggest(name, known))
        return tuple(found), None, count

    def _elements(self, expr: s.Expr, scope: Scope) -> tuple[int, ...]:
        """The elements that a name means: all of a definition, or a member or view wherever it stands."""
        if not isinstance(expr, s.Path):
            raise mistake("RW2007", expr.span, "a definition or a member is wanted here")
        first, *rest = expr.steps
        nodes = self._starts(expr, scope)
        if not nodes:
            known = {n.element.name for n in self._nodes} | {v for n in self._nodes for v in n.body.views}
            known |= {n.element.definition for n in self._nodes}
            raise mistake(
                "RW2001", first.span, "nothing in the design has this name", help=suggest(first.name.text, known)
            )
        used_module = expr.dotted is not None and first.name.text in scope.module.uses
        steps = tuple(rest[1:] if used_module else rest)
        found = []
        for node in nodes:
            target = node
            if steps:
                target = self._paths.element_below(node, s.Path(steps, expr.span))
            found.append(target.element.index)
        return tuple(dict.fromkeys(found))

    def _starts(self, expr: s.Path, scope: Scope) -> list[Node]:
        first = expr.steps[0].name
        if first.text == self._root_name:
            return [self._nodes[0]]
        names = (first,)
        if first.text in scope.module.uses and len(expr.steps) > 1:
            names = (first, expr.steps[1].name)  # type: ignore[assignment]
        value = self._evaluator.names.find(first, scope) if len(names) == 1 else None
        if len(names) == 2 or isinstance(value, Definition):
            definition = self._evaluator.names.definition(names, scope)
            assert definition is not None
            return [n for n in self._nodes if definition.name in n.lineage]
        found = [n for n in self._nodes if n.element.name == first.text and n.element.parent is not None]
        for node in self._nodes:
            if first.text in node.body.views:
                view = self._paths.view(node, first.text)
                found.append(self._nodes[view.steps[-1].element])
        return found


def asks(expr: s.Expr) -> bool:
    """True if a condition holds a measure of the plant."""
    match expr:
        case s.Call():
            return True
        case s.Binary():
            return asks(expr.left) or asks(expr.right)
        case s.Unary():
            return asks(expr.operand)
        case s.Group():
            return asks(expr.inner)
        case _:
            return False
