"""The parser's recovery, line ends and literals."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rackwright.dsl import syntax as s
from rackwright.dsl.parse import parse, parse_expression
from rackwright.dsl.source import Source


def codes(text: str) -> list[tuple[str, int]]:
    """Code and line of every message."""
    source = Source("t.rack", text)
    return [(d.code, source.position(d.at.span.start)[0]) for d in parse(source).diagnostics if d.at]


def value(text: str) -> s.Expr:
    expr, problems = parse_expression(Source("t", text))
    assert expr is not None, problems
    return expr


def test_three_mistakes_give_three_messages() -> None:
    text = "rack a {\n    x == 1\n    y = 2\n    link a ->\n}\n\nrack 5 {\n}\nrack c {\n    z = )\n}\n"
    assert codes(text) == [("RW1001", 2), ("RW1001", 5), ("RW1001", 7), ("RW1001", 10)]


def test_a_broken_head_passes_over_its_block() -> None:
    assert codes("rack a iz b {\n    x = = 3\n    y {\n    }\n}\nrack c { z = 1 }\n") == [("RW1001", 1)]


def test_what_was_read_before_and_after_a_mistake_is_kept() -> None:
    file = parse(Source("t", "let a = 1\nlet = 2\nlet c = 3\n")).file
    assert [st.name.text for st in file.statements if isinstance(st, s.Let)] == ["a", "c"]


def test_an_open_block_is_named_by_its_brace() -> None:
    assert codes("rack a {\n    x = 1\n") == [("RW1003", 1)]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", '"""A docstring."""'])
def test_an_almost_empty_file_is_sound(text: str) -> None:
    assert codes(text) == []


def test_a_relation_may_be_broken_over_lines() -> None:
    text = "group g {\n    link a[i].b\n        -> c[i].d\n        using x\n        where i <\n            3\n}\n"
    assert codes(text) == []
    file = parse(Source("t", text)).file
    declaration = file.statements[0]
    assert isinstance(declaration, s.Declaration) and declaration.body is not None
    assert len(declaration.body.statements) == 1


def test_line_ends_in_brackets_do_not_count() -> None:
    assert codes("rack r {\n    x = [\n        1,\n        2,\n    ]\n}\n") == []


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("700 W", Fraction(700), "W"),
        ("10.2kW", Fraction("10.2"), "kW"),
        ("450 GB/s", Fraction(450), "GB/s"),
        ("5 %", Fraction(5), "%"),
        ("1_000", Fraction(1000), ""),
        ("2e3 W", Fraction(2000), "W"),
        ("1:7", Fraction(1, 7), ":"),
        ("1 shelf", Fraction(1), "shelf"),
    ],
)
def test_literals(text: str, number: Fraction, unit: str) -> None:
    expr = value(text)
    assert isinstance(expr, s.Number)
    assert (expr.value, expr.unit) == (number, unit)


def test_operators_bind_as_in_arithmetic() -> None:
    expr = value("1 + 2*n div 3 < 4 and not a or b")
    assert isinstance(expr, s.Binary) and expr.operator == "or"
    left = expr.left
    assert isinstance(left, s.Binary) and left.operator == "and"
    comparison = left.left
    assert isinstance(comparison, s.Binary) and comparison.operator == "<"
    total = comparison.left
    assert isinstance(total, s.Binary) and total.operator == "+"
    assert isinstance(total.right, s.Binary) and total.right.operator == "div"


def test_a_span_covers_what_was_written() -> None:
    source = Source("t", "group g {\n    link a[i].b -> c[i].d using x   # why\n}\n")
    declaration = parse(source).file.statements[0]
    assert isinstance(declaration, s.Declaration) and declaration.body is not None
    relation = declaration.body.statements[0]
    assert source.snippet(relation.span) == "link a[i].b -> c[i].d using x"


@pytest.mark.parametrize("text", ["x = " + "(" * 10_000, "rack a { " * 10_000, "let x = " + "+".join(["1"] * 10_000)])
def test_depth_is_bounded(text: str) -> None:
    found = {code for code, _ in codes(text)}
    assert found & {"RW1004", "RW1001"} and "RW1004" in found
