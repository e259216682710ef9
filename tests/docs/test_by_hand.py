"""docs/explanation/by-hand.md is right: each line by the arithmetic in it, by `by_hand.py`, and by the compiler."""

from __future__ import annotations

import ast
import csv
import io
import operator
import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from pathlib import Path

import by_hand
import pytest
from support import rendered

from rackwright.compiler.cli.show.answer import answer
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Plant
from rackwright.compiler.trace import Books, Instances, explain, subject_of

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "by-hand.md"

LINE = re.compile(r"^- \*\*([RWH]\d+)\*\* .*? `([^`]+)` = \*\*([\d,.]+) ([^*]+)\*\*$", re.M)

UNITS = {"W": "mW", "L/min": "L/min", "CFM": "CFM", "kg": "kg", "m": "m"}

OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def lines() -> dict[str, tuple[str, Fraction, int, str]]:
    """Number of a line to its expression, its result, the digits that are given, and the unit."""
    found = {}
    for key, expression, result, unit in LINE.findall(PAGE.read_text("utf-8")):
        digits = len(result.partition(".")[2])
        assert key not in found
        found[key] = expression, Fraction(result.replace(",", "")), digits, unit
    return found


def evaluated(expression: str) -> Fraction:
    """The value of the arithmetic on the page."""
    root = f"({isqrt(3 * 10**24)} / {10**12})"
    text = expression.replace(",", "").replace("\N{MULTIPLICATION SIGN}", "*").replace("√3", root)
    return _value(ast.parse(text, mode="eval").body)


def _value(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value):
            return Fraction(str(value))
        case ast.BinOp(left, ast.Pow(), ast.Constant(power)):
            return _value(left) ** int(str(power))
        case ast.BinOp(left, op, right):
            return OPERATORS[type(op)](_value(left), _value(right))
    raise AssertionError(ast.dump(node))


LINES = lines()


@pytest.fixture(scope="module")
def compiled_page(tmp_path_factory: pytest.TempPathFactory) -> Compilation:
    from rackwright.compiler.pipeline import compile_spec

    block = re.search(r"```rack\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert block is not None
    path = tmp_path_factory.mktemp("by-hand") / "by-hand.rack"
    path.write_text(block[1])
    return compile_spec(str(path), {})


def test_no_line_is_passed_over() -> None:
    """Each numbered line of the page is read, and each is calculated."""
    numbered = re.findall(r"^- \*\*([RWH]\d+)\*\*", PAGE.read_text("utf-8"), re.M)
    assert list(LINES) == numbered == list(by_hand.results())


@pytest.mark.parametrize("key", LINES)
def test_the_arithmetic_of_the_page(key: str) -> None:
    """The numbers put in give the result, which is rounded in its last digit at most."""
    expression, result, digits, _ = LINES[key]
    assert abs(evaluated(expression) - result) < Fraction(1, 10**digits), key


@pytest.mark.parametrize("key", LINES)
def test_the_same_without_the_page(key: str) -> None:
    _, result, digits, _ = LINES[key]
    assert abs(by_hand.results()[key] - result) < Fraction(1, 10**digits), key


def test_the_page_has_each_cable() -> None:
    text = PAGE.read_text("utf-8")
    for tray in range(by_hand.TRAYS):
        ways = dict.fromkeys(f"{way / 1000:.3f}" for row, _, t, way in by_hand.ways_mm() if row == 0 and t == tray)
        assert f"| {tray} | {' | '.join(ways)} |\n" in text
    for metres, count in by_hand.fibres().items():
        assert f"| {metres} | {count} |\n" in text


# --- what the compiler says ---


def test_the_design_is_sound(compiled_page: Compilation) -> None:
    assert [d for d in compiled_page.diagnostics if d.severity != "note"] == []


SHOWN = {
    "R1": ("row1-rack2", "peak_power"),
    "R4": ("row1-rack2", "conversion_loss"),
    "R12": ("row1-rack2", "supply"),
    "R14": ("row1-rack2", "liquid_heat"),
    "R15": ("row1-rack2", "air_heat"),
    "R16": ("row1-rack2-tray5", "coolant_flow"),
    "R17": ("row1-rack2", "coolant_flow"),
    "R20": ("row1-rack2-tray5", "airflow"),
    "R21": ("row1-rack2-shelf1", "airflow"),
    "R22": ("row1-rack2", "airflow"),
    "R23": ("row1-rack2", "weight"),
    "W1": ("row0-net-leaf", "peak_power"),
    "W3": ("row[1]", "peak_power"),
    "W6": ("row[1]", "conversion_loss"),
    "W9": ("row[1]", "liquid_heat"),
    "W11": ("row1-cdu1", "coolant_flow"),
    "W12": ("row[1]", "air_heat"),
    "H1": ("dc", "peak_power"),
    "H4": ("dc", "conversion_loss"),
    "H8": ("dc", "air_heat"),
    "H12": ("dc", "weight"),
}
"""Lines that `show` has, as it is asked for them."""


@pytest.mark.parametrize("key", SHOWN)
def test_show_agrees(key: str, compiled_page: Compilation) -> None:
    """To the milliwatt, the millilitre, the thousandth of a CFM and the gram."""
    assert compiled_page.plant is not None
    _, result, _, unit = LINES[key]
    query, figure = SHOWN[key]
    sheet, problem = answer(compiled_page.plant, query, figure)
    assert problem is None and sheet is not None and sheet.derivation is not None
    total = sheet.derivation.total
    shown = total.to("W") if unit == "W" else total.to(unit)
    assert shown == result


def _plant(result: Compilation) -> Plant:
    assert result.plant is not None
    return result.plant


def _table(result: Compilation, backend: str, path: str) -> list[dict[str, str]]:
    (content,) = (a.data for a in rendered(result, backend) if a.path == path)
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_power_files_agree(compiled_page: Compilation) -> None:
    """budget.csv has the figures of a rack, of a row and of the hall."""
    rows = {row["name"]: row for row in _table(compiled_page, "power", "power/budget.csv")}

    def said(key: str) -> Fraction:
        return LINES[key][1]

    expected = [
        ("row0-rack0", "peak_w", "R1"),
        ("row0-rack0-shelf1", "peak_w", "R2"),
        ("row0-rack0", "loss_w", "R4"),
        ("row0-rack0", "supply_w", "R12"),
        ("row0-rack0", "headroom_w", "R13"),
        ("row0-net-leaf", "peak_w", "W1"),
        ("row1", "peak_w", "W3"),
        ("row1-busway1", "peak_w", "W4"),
        ("row1", "loss_w", "W6"),
        ("dc", "peak_w", "H1"),
        ("board", "peak_w", "H2"),
        ("dc", "loss_w", "H4"),
        ("dc", "headroom_w", "H5"),
    ]
    _agree(rows, expected)
    assert Fraction(rows["row0-rack0-shelf0"]["peak_w"]) + Fraction(rows["row0-rack0-shelf0"]["loss_w"]) == said("R3")
    assert Fraction(rows["row0-busway0"]["peak_w"]) + Fraction(rows["row0-busway0"]["loss_w"]) == said("W5")
    assert Fraction(rows["board"]["peak_w"]) + Fraction(rows["board"]["loss_w"]) == said("H3")


def test_feeds_and_failures_agree(compiled_page: Compilation) -> None:
    """What a whip carries, what its breaker may carry, and what the other one carries when one is lost."""
    feeds = {row["to"]: row for row in _table(compiled_page, "power", "power/feeds.csv")}
    expected = [
        ("row.rack.shelf.inlet", "peak_w", "R3"),
        ("row.rack.shelf.inlet", "peak_va", "R5"),
        *(("row.rack.shelf.inlet", f"a{phase}_a", "R6") for phase in (1, 2, 3)),
        ("row.rack.shelf.inlet", "limit", "R10"),
        ("row.net.shelf.inlet", "peak_w", "W2"),
        ("row.busway.inlet", "peak_w", "W5"),
    ]
    _agree(feeds, expected)
    failures = _table(compiled_page, "power", "power/failover.csv")
    for lost, element in (("feeder", "row.rack.shelf"), ("feeder", "row.busway"), ("breaker", "row.busway.tap")):
        cases = [row for row in failures if (row["lost"], row["element"]) == (lost, element)]
        assert {row["verdict"] for row in cases} == {"holds"}
        loads = [Fraction(row["load"]) for row in cases if row["unit"] == "VA"]
        assert loads and all(abs(load - LINES["R8"][1]) <= Fraction(2, 1000) for load in loads)


def test_cabling_files_agree(compiled_page: Compilation) -> None:
    """Every cable is ordered as long as the page has it, and the bill counts them alike."""
    cables = _table(compiled_page, "cabling", "cabling/cables.csv")
    assert len(cables) == LINES["H10"][1]
    expected = Counter(
        (f"row{row}-rack{rack}-tray{tray}", str(-(-way // 1000))) for row, rack, tray, way in by_hand.ways_mm()
    )
    crossing = str(-(-by_hand.cross_mm() // 1000))
    expected[("row0-net-leaf", crossing)] += 2
    assert Counter((row["a_device"], row["length_m"]) for row in cables) == expected
    bill = _table(compiled_page, "cabling", "cabling/bom.csv")
    assert {int(r["length_m"]): int(r["quantity"]) for r in bill if r["category"] == "fibre"} == by_hand.fibres()
    assert [Fraction(r["quantity"]) for r in bill if r["category"] == "optic"] == [LINES["H11"][1]]


def _agree(rows: dict[str, dict[str, str]], expected: list[tuple[str, str, str]]) -> None:
    """Cells of a table are what lines of the page have, in the column's unit."""
    for name, column, key in expected:
        scale = 1000 if column.endswith("_kpa") else 1
        assert Fraction(rows[name][column]) * scale == LINES[key][1], (name, column, key)


def test_cooling_files_agree(compiled_page: Compilation) -> None:
    """To the milliwatt, the millilitre, the pascal and the thousandth of a CFM."""
    budget = {row["name"]: row for row in _table(compiled_page, "cooling", "cooling/budget.csv")}
    _agree(
        budget,
        [
            ("row1-rack3", "liquid_w", "R14"),
            ("row1-rack3", "air_w", "R15"),
            ("row0-rack0-tray7", "coolant_l_min", "R16"),
            ("row0-rack0-tray7", "airflow_cfm", "R20"),
            ("row0-rack0-shelf1", "airflow_cfm", "R21"),
            ("row1", "liquid_w", "W9"),
            ("row1", "air_w", "W12"),
            ("dc", "air_w", "H8"),
        ],
    )
    racks = {row["rack"]: row for row in _table(compiled_page, "cooling", "cooling/racks.csv")}
    _agree(
        racks,
        [
            ("row0-rack2", "liquid_w", "R14"),
            ("row0-rack2", "air_w", "R15"),
            ("row0-rack2", "coolant_l_min", "R17"),
            ("row0-rack2", "pressure_kpa", "R19"),
            ("row0-rack2", "airflow_cfm", "R22"),
        ],
    )
    loops = {row["name"]: row for row in _table(compiled_page, "cooling", "cooling/loops.csv")}
    _agree(
        loops,
        [
            ("row1-cdu0", "heat_w", "W7"),
            ("row1-cdu0", "flow_l_min", "W8"),
            ("row1-cdu0", "primary_flow_l_min", "W11"),
            ("row1-cdu0", "pressure_kpa", "R19"),
            ("chiller", "heat_w", "H6"),
            ("chiller", "flow_l_min", "H7"),
        ],
    )
    failures = _table(compiled_page, "cooling", "cooling/failover.csv")
    (lost,) = (row for row in failures if (row["lost"], row["element"]) == ("cooler", "row.cdu"))
    assert (lost["verdict"], Fraction(lost["load"])) == ("holds", LINES["W9"][1])


def test_space_files_agree(compiled_page: Compilation) -> None:
    racks = {row["rack"]: row for row in _table(compiled_page, "space", "space/racks.csv")}
    _agree(
        racks,
        [
            ("row0-rack2", "weight_kg", "R23"),
            ("row0-rack2", "kg_per_tile", "R24"),
            ("row0-rack2", "units_used", "R25"),
            ("row0-rack2", "units_free", "R26"),
        ],
    )


def test_ways_agree(compiled_page: Compilation) -> None:
    """To the millimetre, before anything is rounded to what is sold."""
    plant = _plant(compiled_page)
    names = plant.devices.names
    said = sorted((names[a], int(way)) for a, way in zip(plant.links.a_device, plant.links.length_um, strict=True))
    hand = [(f"row{row}-rack{rack}-tray{tray}", 1000 * way) for row, rack, tray, way in by_hand.ways_mm()]
    assert said == sorted([*hand, *[("row0-net-leaf", 1000 * by_hand.cross_mm())] * 2])


def test_every_figure_leads_to_a_line(compiled_page: Compilation) -> None:
    """What a figure follows from is stated on a line of the page's spec that says so."""
    plant = _plant(compiled_page)
    block = re.search(r"```rack\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert block is not None
    text = block[1].splitlines()
    books = Books(plant)
    for query, figure in SHOWN.values():
        subject = subject_of(plant, query)
        assert isinstance(subject, Instances)
        found = explain(books, subject, figure)
        assert found is not None
        told = [leaf.stated for leaf in found.leaves() if leaf.stated is not None]
        assert told, (query, figure)
        for said in told:
            assert said.place.file == "by-hand.rack"
            line = text[said.place.line - 1]
            assert said.attribute.rpartition(".")[2] in line and said.value.split()[0] in line, said


def test_nec_would_refuse_it(compiled_page: Compilation, spec: Callable[..., Compilation]) -> None:
    """As the page says: 22.4 kVA are more than 80 % of the breaker."""
    block = re.search(r"```rack\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert block is not None
    result = spec(block[1].replace("breaker_rule       = iec", "breaker_rule       = nec"))
    refused = [d for d in result.diagnostics if d.severity == "error"]
    assert {d.code for d in refused} == {"RW7101"}
    assert any(d.at is not None and "of 18.401307 kVA" in d.at.text for d in refused)
