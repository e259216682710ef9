"""Peaks and equivalents of accelerators: in requirements and in what `show` prints."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rackwright.compiler.cli import main
from rackwright.compiler.compute import accelerators_inside, total_peak
from rackwright.compiler.pipeline import Compilation

Spec = Callable[..., Compilation]

FLEET = """
accelerator big   { bf16 = 1000 TFLOPS, fp8 = 2000 TFLOPS, tdp = 700 W }
accelerator small { bf16 = 250.5 TFLOPS, tdp = 100 W }
accelerator mute  { tdp = 50 W }
accelerator pair  { bf16 = 600 TFLOPS, tdp = 300 W
    die[2] : accelerator { bf16 = 300 TFLOPS } }
part board { chip[2] : small }
server one   { peak_power = 1 kW
    gpu[4] : big }
server two   { peak_power = 1 kW
    board[3] : board }
server three { peak_power = 1 kW
    aux : mute }
server four  { peak_power = 1 kW
    both : pair }
group left  { host[3] : one }
group right { host[2] : two
    none[0 of 4] : one }
group rest  { odd : three }
row w { left[2] : left
    right : right
    rest : rest
    dual : four }
"""


def codes(result: Compilation) -> list[str]:
    return [d.code for d in result.diagnostics if d.severity == "error"]


@pytest.mark.parametrize(
    "text",
    [
        "bf16(left) == 24 PFLOPS and fp8(left) == 48 PFLOPS",
        "bf16(left.host) == bf16(big)",
        "bf16(right) == 12 * 250.5 TFLOPS",
        "bf16(small) == 3.006 PFLOPS",
        "bf16(right.host.board) == bf16(right.host.board.chip)",
        "equivalents(left, like = big) == 24",
        "equivalents(right, like = big) == 3.006",
        "equivalents(big, like = small) == 24 * 1000 / 250.5",
        "equivalents(dual, like = big) == 0.6",  # the dies are what makes the pair
        "equivalents(left, like = right.none.gpu) == 24",  # of which none is built
        "bf16(left) / bf16(right) > 7",
    ],
)
def test_what_holds_is_silent(spec: Spec, text: str) -> None:
    assert codes(spec(f"{FLEET}\nrequire {text}")) == []


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        ("bf16(left) > 30 PFLOPS", "RW7101", "bf16(left) is 24 PFLOPS (24 big)"),
        (
            "equivalents(left, like = big) + equivalents(right, like = big) >= 30",
            "RW7101",
            "equivalents(left) is 24 (24 big); equivalents(right) is 3.006 (12 small)",
        ),
        ("bf16(w) > 1 PFLOPS", "RW7102", "mute states no bf16"),
        ("fp8(right) > 1 PFLOPS", "RW7102", "small states no fp8"),
        ("fp4(left) > 1 PFLOPS", "RW7102", "big states no fp4"),
        ("equivalents(left, like = mute) > 1", "RW7102", "mute states no bf16"),
        ("equivalents(left, like = w.right) > 1", "RW7102", "`like` names accelerators of different peaks: big, small"),
        ("equivalents(left, like = board) < 1", "RW7101", "~95.8084"),
        ("bf16(right.none) > 1 PFLOPS", "RW7102", "there is none: no none is built"),
        ("bf16(left) > 1 GB/s", "RW7102", ""),
    ],
)
def test_what_does_not_hold_says_why(spec: Spec, text: str, code: str, detail: str) -> None:
    result = spec(f"{FLEET}\nrequire {text}")
    (found,) = [d for d in result.diagnostics if d.severity == "error"]
    assert found.code == code
    assert detail in f"{found.detail} {found.at.text if found.at else ''}"


@pytest.mark.parametrize("text", ["equivalents(left)", "equivalents(left, to_ = big)", "bf16(left, like = big)"])
def test_arguments(spec: Spec, text: str) -> None:
    assert codes(spec(f"{FLEET}\nrequire {text} > 1")) == ["RW2012"]


def test_no_accelerator(spec: Spec) -> None:
    result = spec("switch s { peak_power = 1 kW }\nrow w { s[2] : s }\nrequire bf16(w) > 1 TFLOPS")
    assert [d.detail for d in result.diagnostics if d.code == "RW7102"] == ["there is no accelerator in w"]


def test_show_counts_in_what_requirements_count_in(tmp_path: Path) -> None:
    at = tmp_path / "fleet.rack"
    at.write_text(f"{FLEET}\nrequire equivalents(left, like = big) >= 1")
    lines = CliRunner().invoke(main, ["show", str(at)]).output.splitlines()
    start = next(n for n, line in enumerate(lines) if "accelerators" in line)
    assert [line.split() for line in lines[start : start + 6]] == [
        ["count", "accelerators", "part", "bf16", "TFLOPS", "fp8", "TFLOPS", "as", "big"],
        ["1", "dual.both", "pair", "600", "-", "0.6"],
        ["24", "left.host.gpu", "big", "24,000", "48,000", "24"],
        ["1", "rest.odd.aux", "mute", "-", "-", "-"],
        ["12", "right.host.board.chip", "small", "3,006", "-", "3"],
        ["38", "all", "-", "-", "-"],
    ]
    assert lines[-4:] == ["mute states no bf16", "pair states no fp8", "mute states no fp8", "small states no fp8"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 9999)), min_size=1, max_size=4))
def test_sums_are_exact(spec: Spec, pools: list[tuple[int, int, int]]) -> None:
    """Any pools of servers, by a plain loop; equivalents of the first add up to that of all."""
    text = "".join(
        f"accelerator a{n} {{ bf16 = {peak} GFLOPS, tdp = 1 W }}\n"
        f"server s{n} {{ peak_power = 1 kW\n a[{each}] : a{n} }}\ngroup p{n} {{ s[{servers}] : s{n} }}\n"
        for n, (servers, each, peak) in enumerate(pools)
    )
    text += "row w {\n" + "".join(f"p{n} : p{n}\n" for n in range(len(pools))) + "}\n"
    wanted = sum(servers * each * peak * 10**9 for servers, each, peak in pools)
    share = Fraction(wanted, pools[0][2] * 10**9)
    parts = " + ".join(f"equivalents(p{n}, like = a0)" for n in range(len(pools)))
    text += f"require {parts} == {share.numerator} / {share.denominator}\n"
    result = spec(text)
    assert codes(result) == []
    assert result.design is not None
    assert total_peak(result.design, accelerators_inside(result.design, [0]), "bf16") == wanted
