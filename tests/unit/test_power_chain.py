"""A whole chain from the utility to the tray, the one of the reference, by hand; curves, phases, limits, storage."""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction
from math import isqrt
from pathlib import Path

import numpy as np
import pytest
from unit.power_specs import Spec, built, plant_of

from rackwright.backends.power import Power
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Plant
from rackwright.compiler.power.currents import currents
from rackwright.compiler.power.failover import failover
from rackwright.compiler.power.flow import flow
from rackwright.compiler.power.limits import outlet_limits
from rackwright.compiler.power.loads import loads
from rackwright.compiler.power.phases import watts_by_phase
from rackwright.compiler.power.storage import ride_through


@pytest.fixture
def hall(spec: Spec, root: Path) -> Compilation:
    """The chain of docs/reference/power.md."""
    page = (root / "docs" / "reference" / "power.md").read_text("utf-8")
    block = re.search(r"```rack\n(.*?)```", page, re.S)
    assert block is not None
    return spec(block[1])


def plant(result: Compilation) -> Plant:
    assert result.plant is not None, result.diagnostics
    return result.plant


def by_name(of: Plant, column: np.ndarray) -> dict[str, int]:
    return {name: int(value) for name, value in zip(of.devices.names, column, strict=True)}


def files(result: Compilation) -> dict[str, list[dict[str, str]]]:
    assert result.design is not None
    made = Power().render(result.design, plant(result), Request())
    return {a.path: list(csv.DictReader(io.StringIO(a.data.decode()))) for a in made if a.path.endswith(".csv")}


def up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def test_every_stage_to_the_milliwatt(hall: Compilation) -> None:
    found = flow(plant(hall))
    taken, given = by_name(plant(hall), found.input[0]), by_name(plant(hall), found.output[0])
    shelf = up(Fraction(10_000_000) * 1000 / 975)
    assert given["rack0-shelf0"] == 10_000_000 and taken["rack0-shelf0"] == shelf == 10_256_411
    assert taken["tap1_3"] == given["tap1_3"] == shelf
    assert given["ups0"] == 4 * shelf
    # The curve at 16.4 % of 250 kW: from 94 % at 10 % to 97 % at 50 %, rounded down to a millionth.
    efficiency = 940_000 + (4 * shelf - 25_000_000) * 30_000 // 100_000_000
    assert taken["ups0"] == up(Fraction(4 * shelf * 10**6, efficiency)) + 500_000
    assert given["grid"] == taken["grid"] == 2 * taken["ups0"]
    assert given["diesel"] == given["rack0-bbu"] == taken["diesel"] == 0
    # Idle: a quarter of a kilowatt and a half a tray, the same losses that do not depend on the load.
    idle = by_name(plant(hall), found.input[3])
    assert idle["rack0-shelf0"] == up(Fraction(3_000_000) * 1000 / 975)
    assert idle["ups0"] > 500_000


def test_what_the_files_say(hall: Compilation) -> None:
    found = files(hall)
    assert set(found) == {"power/budget.csv", "power/feeds.csv", "power/failover.csv"}
    feeds = {row["from"]: row for row in found["power/feeds.csv"]}
    tap = feeds["tap.out"]
    assert (tap["feeds"], tap["voltage"], tap["wiring"], tap["whip"]) == ("8", "415 V", "three_phase", "cord60")
    assert (tap["breaker"], tap["breaker_rule"], tap["limit_rule"]) == (
        "60 A",
        "nec",
        "NEC 80 % of 60 A at 415 V, three phases",
    )
    # 10,256.411 W / 0.98; over √3 · 415 V; of √3 · 415 V · 48 A.
    assert (tap["peak_va"], tap["a1_a"], tap["limit"]) == ("10465.726", "14.560", "34502.452")
    assert tap["used_percent"] == "30.4"
    # The busway passes the power factor of the shelves on, the UPS has its own.
    assert feeds["ups.out"]["peak_va"] == "41862.904"
    assert float(feeds["board.out"]["peak_va"]) == pytest.approx(43922.249 / 0.99, abs=0.002)
    cases = {(row["lost"], row["element"]): row for row in found["power/failover.csv"]}
    assert {row["verdict"] for key, row in cases.items() if "busbar" not in key[1]} == {"holds"}
    assert cases["feed", "busbar -> rack.tray.inlet"]["dark"] == "rack0-tray0"
    assert cases["feeder", "grid"]["generators_w"] == "87844.489"
    assert (cases["feeder", "ups"]["worst"], cases["feeder", "ups"]["load"]) == ("rack0-shelf1", "20000.000")
    rows = {row["name"]: row for row in found["power/budget.csv"]}
    assert (rows["ups0"]["ride_through_s"], rows["rack0"]["ride_through_s"]) == ("300.000", "240.000")
    assert rows["rack0-tray0"]["ride_through_s"] == ""
    assert (rows["h"]["idle_w"], rows["h"]["input_w"]) == ("24000.000", "87844.498")


def test_pue_is_never_a_bare_number(hall: Compilation) -> None:
    assert hall.design is not None
    made = {a.path: a.data for a in Power().render(hall.design, plant(hall), Request())}
    content = json.loads(made["power/budget.json"])
    found = content["pue"]
    assert found["partial"] is True and found["missing"] == content["not_modelled"]
    assert any("cooling" in sentence for sentence in found["missing"])
    assert (found["peak"]["power_in"], found["peak"]["it"], found["peak"]["ratio"]) == (87844.498, 80000, "1.0981")


def test_requirements_of_the_whole_chain(hall: Compilation) -> None:
    assert {d.code for d in hall.diagnostics} <= {"RW0006"}


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        # 20 A at 80 %: 16 A; one side alone would be 29.1 A.
        (("breaker = 60 A", "breaker = 20 A"), "RW7101", "carries 20.931449 kVA of 11.500817 kVA (NEC 80 % of 20 A"),
        (("supply        = 27.5 kW\n", "supply        = 15 kW\n"), "RW7101", "carries 20 kW of 15 kW (supply of"),
        (("breaker = 60 A", "breaker = 15 A"), "RW7101", "of 8.625613 kVA (NEC 80 % of 15 A at 415 V, three phases)"),
    ],
)
def test_what_the_chain_does_not_survive(
    spec: Spec, root: Path, change: tuple[str, str], code: str, words: str
) -> None:
    page = (root / "docs" / "reference" / "power.md").read_text("utf-8")
    block = re.search(r"```rack\n(.*?)```", page, re.S)
    assert block is not None and change[0] in block[1]
    result = spec(block[1].replace(*change))
    found = [d for d in result.diagnostics if d.code == code]
    assert any(d.at is not None and words in d.at.text + d.detail for d in found), result.diagnostics


def test_a_curve_is_held_at_its_ends(spec: Spec) -> None:
    body = """ups u { supply = 100 kW; curve = [[20 %, 90 %], [60 %, 98 %], [80 %, 94 %]]; out[4] : outlet }
        server s { peak_power = PEAK kW; inlet : inlet }
        hall h { u : u; s : s; feed u.out[0] -> s }"""
    for peak, efficiency in ((10, "0.90"), (20, "0.90"), (40, "0.94"), (60, "0.98"), (70, "0.96"), (90, "0.94")):
        result = plant_of(spec, body.replace("PEAK", str(peak)))
        taken = by_name(result, flow(result).input[0])["u"]
        assert taken == up(Fraction(peak * 10**6) / Fraction(efficiency)), peak


def test_a_fixed_loss_is_there_as_long_as_a_feeder_is_live(spec: Spec) -> None:
    body = """ups u { supply = 100 kW; loss = 200 W; inlet : inlet; out[4] : outlet }
        generator d { supply = 100 kW; loss = 900 W; out : outlet }
        transfer t { supply = 100 kW; inlet[3] : inlet; out : outlet }
        server s { peak_power = 1 kW; inlet : inlet }
        hall h { u[2] : u; d : d; t : t; s : s
            feed u[0].out[0] -> t.inlet[1]; feed u[1].out[0] -> t.inlet[0]; feed d -> t.inlet[2]; feed t -> s }"""
    result = plant_of(spec, body)
    found = flow(result)
    # All of it through the first inlet; the other UPS is live, the generator stands still.
    assert by_name(result, found.input[0]) == {
        "u0": 200_000,
        "u1": 1_200_000,
        "d": 0,
        "t": 1_000_000,
        "s": 1_000_000,
    }
    lost = {c.instance: c for c in failover(result) if c.kind == "feeder"}
    assert lost["u1"].verdict == "holds" and lost["u1"].worst is not None and lost["u1"].worst.where == "u0"


def strip(rule: str) -> str:
    return f"""
        pdu strip {{ supply = 30 kW; inlet : inlet {{ voltage = 415 V, wiring = three_phase }}
            out[6] : outlet {{ voltage = 240 V, wiring = single_phase, phase = out mod 3, breaker = 20 A }} }}
        tap point {{ supply = 30 kW; out : outlet {{ voltage = 415 V, wiring = three_phase, breaker = 32 A }} }}
        server one {{ peak_power = 3 kW
            inlet : inlet {{ voltage = 240 V, wiring = single_phase, power_factor = 95 % }} }}
        row w {{ breaker_rule = {rule}; tap : point; strip : strip; one[4] : one
            feed tap -> strip; feed strip.out[b] -> one[b] }}"""


def test_single_phase_loads_are_in_their_phases(spec: Spec) -> None:
    result = built(spec, strip("iec"))
    of = plant(result)
    found = flow(of)
    carried = currents(of, found)
    row = of.devices.names.index("strip")
    watts = watts_by_phase(carried.leaving[:, [row]], found.output[0, [row]])
    assert watts[:, 0].tolist() == [6_000_000, 3_000_000, 3_000_000]
    lines = {line["from"]: line for line in files(result)["power/feeds.csv"]}
    # 6 kW / 0.95 in one phase of 415 V / √3, 3 kW in the others.
    first, second = (float(lines["tap.out"][f"a{phase}_a"]) for phase in (1, 2))
    assert first == pytest.approx(6000 / 0.95 / (415 / 3**0.5), abs=0.001)
    assert second == pytest.approx(first / 2, abs=0.001)
    phases = files(result)["power/phases.csv"]
    assert [(p["feeder"], p["phase0_w"], p["imbalance_percent"]) for p in phases] == [
        ("strip", "6000.000", "50.0"),
        ("tap", "6000.000", "50.0"),
    ]


def test_breakers_are_loaded_by_the_rule_in_force(spec: Spec) -> None:
    def codes(rule: str) -> set[str]:
        return {d.code for d in built(spec, strip(rule)).diagnostics} & {"RW5008", "RW5010"}

    # 26.4 A in the worst phase: 32 A by IEC, 25.6 A by NEC. 13.2 A in an outlet: 20 A and 16 A.
    assert codes("iec") == set()
    assert codes("nec") == {"RW5010"}


def test_loads_between_two_phases(spec: Spec) -> None:
    body = """pdu strip { supply = 30 kW; inlet : inlet { voltage = 208 V, wiring = three_phase }
            out[6] : outlet { voltage = 208 V, wiring = single_phase, phase = out mod 3 } }
        tap point { supply = 30 kW; out : outlet { voltage = 208 V, wiring = three_phase, breaker = 30 A } }
        server one { peak_power = 2 kW; inlet : inlet { voltage = 208 V, wiring = single_phase } }
        row w { tap : point; strip : strip; one[COUNT] : one; feed tap -> strip; feed strip.out[b] -> one[b] }"""
    three = files(built(spec, body.replace("COUNT", "3")))["power/feeds.csv"]
    line = next(row for row in three if row["from"] == "tap.out")
    # Balanced: 6 kW / (√3 · 208 V) in each phase.
    assert float(line["a1_a"]) == pytest.approx(6000 / (3**0.5 * 208), abs=0.002)
    two = files(built(spec, body.replace("COUNT", "2")))["power/feeds.csv"]
    line = next(row for row in two if row["from"] == "tap.out")
    # Phase 1 has a load on either side, 60 degrees apart: √3 of one.
    amperes = [float(line[f"a{phase}_a"]) for phase in (1, 2, 3)]
    assert amperes == pytest.approx([2000 / 208, 3**0.5 * 2000 / 208, 2000 / 208], abs=0.002)


@pytest.mark.parametrize(
    ("outlet", "amounts"),
    [
        ("voltage = 415 V, wiring = three_phase, breaker = 60 A", [34_502_452]),
        ("voltage = 240 V, wiring = single_phase, breaker = 20 A", [3_840_000]),
        ("voltage = 50 V, wiring = dc, current = 700 A", [35_000_000]),
        ("rating = 18 kW, voltage = 480 V, wiring = three_phase, current = 30 A", [18_000_000, 24_941_531]),
        ("voltage = 240 V, current = 16 A", [3_840_000]),
    ],
)
def test_limits(spec: Spec, outlet: str, amounts: list[int]) -> None:
    body = f"panel p {{ supply = 1 kW; out : outlet {{ {outlet} }} }}\n"
    body += "rack r { p : p; box : box; feed p -> box.inlet[0] }"
    design = plant_of(spec, body).design
    element = next(e for e in design.elements if e.kind == "outlet" and e.name == "out")
    assert [limit.amount for limit in outlet_limits(design, element)] == amounts
    for limit in outlet_limits(design, element):
        if "three" in limit.rule:
            # Rounded down: its square is within three times the square of V·I.
            exact = 3 * Fraction(480 * 30 if limit.kind == "current" else Fraction(415 * 48)) ** 2 * 10**6
            assert limit.amount == isqrt(int(exact))


def test_whips(spec: Spec) -> None:
    body = """whip cord { current = 10 A, wiring = single_phase }
        panel p { supply = 30 kW; out[2] : outlet { voltage = 240 V, wiring = single_phase } }
        server s { peak_power = WATTS W; inlet : inlet { voltage = 240 V, wiring = single_phase } }
        rack r { p : p; s : s; feed p.out[0] -> s using cord }"""
    assert "RW5009" not in {d.code for d in built(spec, body.replace("WATTS", "2400")).diagnostics}
    found = [d for d in built(spec, body.replace("WATTS", "2401")).diagnostics if d.code == "RW5009"]
    assert len(found) == 1 and "whip cord, 10 A at 240 V: 2.4 kVA" in found[0].detail


def test_storage_lasts_by_the_next_larger_load(spec: Spec) -> None:
    body = """battery cells { supply = 30 kW; runtime = [[5 kW, 600 s], [10 kW, 240 s]]
            out : outlet { busbar = true } }
        rack r { s : psu; c[2] : cells; box[BOXES] : box; feed s, c[*] -> box[b].inlet[0] }"""
    for boxes, seconds in ((1, 600), (3, 240), (6, 0)):
        result = plant_of(spec, body.replace("BOXES", str(boxes)))
        # Two strings share the boxes of 4 kW: 2, 6 and 12 kW each.
        times = by_name(result, ride_through(result, flow(result)))
        assert (times["c0"], times["c1"], times["s"]) == (seconds * 1000, seconds * 1000, -1)
        lost = next(c for c in failover(result) if c.element == "s" and c.kind == "feeder")
        assert lost.ride_through_ms == seconds * 1000


def test_idle_stands_beside_typical_and_peak(spec: Spec) -> None:
    body = """server told { peak_power = 4 kW, typical_power = 3 kW, idle_power = 1 kW; inlet : inlet }
        rack r { told : told; box : box; s : psu; feed s -> box.inlet[0] }"""
    found = loads(plant_of(spec, body))
    assert (found.idle.tolist(), found.idle_from_typical.tolist()) == ([3_000_000, 0, 1_000_000], [3_000_000, 0, 0])
