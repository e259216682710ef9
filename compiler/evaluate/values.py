"""Expressions to values: exact quantities, truth values, strings, words and definitions."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ...dsl import syntax as s
from ...dsl import units
from ...dsl.units import NUMBER, Quantity, UnitError
from .load import Program
from .mistake import mistake, suggest
from .scope import Definition, Names, Scope, Value, WordValue

MAX_BITS = 256
"""Longest numerator or denominator: enough for any real figure, too short to hang on."""

MAX_LEVELS = 150
"""Deepest nesting of an expression together with the values that it names."""


class Evaluator:
    """Evaluates expressions of one program."""

    def __init__(self, program: Program, settings: Mapping[str, Value]) -> None:
        self.names = Names(program, settings, self.value)
        self._depth = 0

    def value(self, expr: s.Expr, scope: Scope) -> Value:
        """The value of an expression. Raises Mistake."""
        if self._depth >= MAX_LEVELS:
            raise mistake(
                "RW1004",
                expr.span,
                f"more than {MAX_LEVELS} levels, with the values that it needs",
                help="shorten the chain of values that need each other",
            )
        self._depth += 1
        try:
            return self._value(expr, scope)
        finally:
            self._depth -= 1

    def _value(self, expr: s.Expr, scope: Scope) -> Value:
        match expr:
            case s.Number():
                return literal(expr)
            case s.String():
                return expr.text
            case s.Bool():
                return expr.value
            case s.Group():
                return self.value(expr.inner, scope)
            case s.Path():
                return self._path(expr, scope)
            case s.Unary():
                return self._unary(expr, scope)
            case s.Binary():
                return self._binary(expr, scope)
            case s.Call():
                raise mistake(
                    "RW2007",
                    expr.span,
                    "a function has no meaning here",
                    help="quantities of the plant are known only to `require`",
                )
            case _:
                raise mistake("RW2007", expr.span, "this kind of value has no meaning here")

    def quantity(self, expr: s.Expr, scope: Scope) -> Quantity:
        """A value that must be a number or a quantity."""
        value = self.value(expr, scope)
        if not isinstance(value, Quantity):
            raise mistake("RW2007", expr.span, f"this is {kind_of(value)}, not a number or a quantity")
        return value

    def integer(self, expr: s.Expr, scope: Scope) -> int:
        """A value that must be a whole number."""
        return whole(self.quantity(expr, scope), expr)

    def truth(self, expr: s.Expr, scope: Scope) -> bool:
        value = self.value(expr, scope)
        if not isinstance(value, bool):
            raise mistake("RW2007", expr.span, f"this is {kind_of(value)}, not `true` or `false`")
        return value

    def _path(self, path: s.Path, scope: Scope) -> Value:
        first = path.steps[0].name
        if path.dotted is None:
            raise mistake("RW2007", path.span, "a path with an index has no value here")
        if len(path.steps) == 1:
            value = self.names.find(first, scope)
            if value is None:
                known = [*scope.values, *scope.pending, *scope.module.names]
                raise mistake(
                    "RW2001", path.span, "nothing of this name is known here", help=suggest(first.text, known)
                )
            return value
        value = self.names.member(tuple(step.name for step in path.steps), scope)
        if value is not None:
            return value
        found = self.names.definition(tuple(step.name for step in path.steps), scope)
        assert found is not None
        return found

    def _unary(self, expr: s.Unary, scope: Scope) -> Value:
        if expr.operator == "not":
            return not self.truth(expr.operand, scope)
        value = self.quantity(expr.operand, scope)
        return Quantity(-value.value, value.dim, value.unit)

    def _binary(self, expr: s.Binary, scope: Scope) -> Value:
        if expr.operator in ("and", "or"):
            left, right = self.truth(expr.left, scope), self.truth(expr.right, scope)
            return (left and right) if expr.operator == "and" else (left or right)
        if expr.operator in ("==", "!="):
            a, b = self.value(expr.left, scope), self.value(expr.right, scope)
            if not (isinstance(a, Quantity) and isinstance(b, Quantity)):
                if type(a) is not type(b):
                    raise mistake("RW2006", expr.span, f"{kind_of(a)} and {kind_of(b)} cannot be compared")
                return (a == b) == (expr.operator == "==")
        left_q, right_q = self.quantity(expr.left, scope), self.quantity(expr.right, scope)
        return operate(expr, left_q, right_q)


def operate(expr: s.Binary, left: Quantity, right: Quantity) -> Quantity | bool:
    """Apply an arithmetic operator or a comparison to two quantities. Raises Mistake with both spans."""
    try:
        match expr.operator:
            case "+":
                result = units.add(left, right)
            case "-":
                result = units.subtract(left, right)
            case "*":
                result = units.multiply(left, right)
            case "/":
                result = units.divide(left, right)
            case "div" | "mod":
                result = _integer_division(expr, left, right)
            case _:
                order = units.compare(left, right)
                return {
                    "<": order < 0,
                    "<=": order <= 0,
                    ">": order > 0,
                    ">=": order >= 0,
                    "==": order == 0,
                    "!=": order != 0,
                }[expr.operator]
    except UnitError as error:
        raise mistake(
            "RW2006",
            expr.span,
            detail=str(error),
            also=[(expr.left.span, str(left)), (expr.right.span, str(right))],
        ) from None
    if max(result.value.numerator.bit_length(), result.value.denominator.bit_length()) > MAX_BITS:
        raise mistake("RW2006", expr.span, "this number is too large or too fine")
    return result


def _integer_division(expr: s.Binary, left: Quantity, right: Quantity) -> Quantity:
    a, b = whole(left, expr.left), whole(right, expr.right)
    if b == 0:
        raise UnitError(f"{a} {expr.operator} zero")
    return Quantity(Fraction(a // b if expr.operator == "div" else a % b))


def literal(number: s.Number) -> Quantity:
    """A literal with its unit. Raises Mistake for an unknown unit."""
    if max(number.value.numerator.bit_length(), number.value.denominator.bit_length()) > MAX_BITS:
        raise mistake("RW2006", number.span, "this number is too large or too fine")
    if number.unit in ("", ":"):
        return Quantity(number.value)
    unit = number.unit.replace("µ", "u").replace("°C", "degC")
    if unit not in units.UNITS:
        known = [u for u in units.UNITS if u]
        folded = [u for u in known if u.lower() == unit.lower()]
        help = (
            f"did you mean `{folded[0]}`?"
            if folded
            else suggest(unit, known, "put an operator between a number and a name, or blanks around `/` to divide")
        )
        raise mistake("RW2005", number.span, f"no unit is called `{unit}`", help=help)
    return Quantity.of(number.value, unit)


def whole(quantity: Quantity, expr: s.Expr) -> int:
    """The integer that a plain number is. Raises Mistake."""
    if quantity.dim != NUMBER:
        raise mistake("RW2006", expr.span, f"{quantity} is {units.describe(quantity.dim)}, not a plain number")
    if quantity.value.denominator != 1:
        raise mistake("RW2007", expr.span, f"{quantity} is not a whole number", help="use `div` for integer division")
    return quantity.value.numerator


def kind_of(value: Value) -> str:
    """A value's type in a user's words."""
    match value:
        case Quantity():
            return units.describe(value.dim)
        case bool():
            return "a truth value"
        case str():
            return "a string"
        case WordValue():
            return "a word"
        case Definition():
            return "a definition"
