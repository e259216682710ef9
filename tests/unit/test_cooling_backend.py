"""The files of cooling/: figures worked out by hand, their form, and that they agree."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from unit.test_cooling import PARTS, TWO_CDUS

from rackwright.backends.cooling import Cooling
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation

Spec = Callable[..., Compilation]


def files(result: Compilation, request: Request | None = None) -> dict[str, bytes]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    made = Cooling().render(result.design, result.plant, request or Request())
    return {artifact.path: artifact.data for artifact in made}


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_files_are_those_that_the_spec_has_things_for(spec: Spec) -> None:
    whole = {"budget.csv", "budget.json", "failover.csv", "loops.csv", "racks.csv"}
    assert set(files(spec(PARTS + TWO_CDUS))) == {f"cooling/{name}" for name in whole}
    dry = files(spec("server box { peak_power = 1 kW }\nrow w { b : box }"))
    assert set(dry) == {"cooling/budget.csv", "cooling/budget.json"}
    assert not files(spec(PARTS + TWO_CDUS), Request(shard=1, shards=2))


def test_a_rack(spec: Spec) -> None:
    rack = rows(files(spec(PARTS + TWO_CDUS))["cooling/racks.csv"])[0]
    assert (rack["heat_w"], rack["liquid_w"], rack["air_w"]) == ("40000.000", "34000.000", "6000.000")
    # Three trays of 11.914 and one of 13 L/min; 20 kPa at 100 L/min is 4.752 kPa at 48.742, rounded up to the Pa.
    assert (rack["coolant_l_min"], rack["pressure_kpa"]) == ("48.742", "54.752")
    assert (rack["coolant_degc"], rack["coolant_margin_k"], rack["air_degc"]) == ("24.000", "", "25.000")
    # Three times 2 kW at 12 K; `pair` has no heat for the air.
    assert (rack["airflow_cfm"], rack["airflow_unknown"]) == ("875.556", "0")
    assert (rack["coolant_rise_k"], rack["air_rise_k"]) == ("10.388", "12.000")


def test_what_is_missing_makes_no_rise(spec: Spec) -> None:
    """A rack in which one flow is not known has no mean rise, and says how many are missing."""
    body = """
        server dark { peak_power = 4 kW, liquid = 50 %
            water : coolant_in }
        rack r { c : pump
            w : wet
            d : dark
            pipe c.out[0] -> w
            pipe c.out[1] -> d }
    """
    rack = rows(files(spec(PARTS + body))["cooling/racks.csv"])[0]
    assert (rack["coolant_unknown"], rack["airflow_unknown"]) == ("1", "2")
    assert (rack["coolant_rise_k"], rack["air_rise_k"]) == ("", "")


def test_a_loop(spec: Spec) -> None:
    found = {r["name"]: r for r in rows(files(spec(PARTS + TWO_CDUS))["cooling/loops.csv"])}
    cdu = found["cdu0"]
    assert (cdu["heat_w"], cdu["heat_limit_w"], cdu["flow_l_min"]) == ("34000.000", "100000.000", "48.742")
    assert (cdu["supply_degc"], cdu["primary_degc"], cdu["primary_coolant"]) == ("24.000", "20.000", "water")
    assert (cdu["coolant"], cdu["head_kpa"], cdu["pressure_kpa"]) == ("pg25", "150.000", "54.752")
    # 34 kW in 48.742 L/min of PG25 are 10.388 K; on the water side it is the 6 K of the part.
    assert (cdu["return_degc"], cdu["primary_return_degc"]) == ("34.388", "26.000")
    assert found["r0-m"]["coolant"] == "pg25" and found["ch"]["gives"] == "outside"


def test_sums_of_levels(spec: Spec) -> None:
    found = rows(files(spec(PARTS + TWO_CDUS))["cooling/budget.csv"])
    of = {r["name"]: r for r in found}

    def watts(name: str, column: str) -> int:
        return int(of[name][column].replace(".", ""))

    boxes = [r["name"] for r in found if r["level"] in ("device", "cooler")]
    for column in ("heat_w", "typical_heat_w", "liquid_w", "air_w", "taken_from_air_w", "given_to_air_w"):
        assert sum(watts(name, column) for name in boxes) == watts("h", column)
    # A cooler's own coolant is no load of the hall: two racks of 48.742 L/min.
    assert (of["h"]["coolant_l_min"], of["cdu0"]["coolant_l_min"]) == ("97.484", "81.565")
    assert of["h"]["airflow_unknown"] == "2"


def test_summary_balances_and_names_what_is_missing(spec: Spec) -> None:
    found = json.loads(files(spec(PARTS + TWO_CDUS))["cooling/budget.json"])
    assert sum(found["heat_leaves"].values()) == found["totals"]["heat"] == 134_000
    assert found["totals"]["liquid"] + found["totals"]["air"] == found["totals"]["heat"]
    assert found["unknown"] == {"airflow": ["cdu"], "coolant": []}
    assert len(found["not_modelled"]) == 1
    dry = json.loads(files(spec("server box { peak_power = 1 kW }\nrow w { b : box }"))["cooling/budget.json"])
    assert dry["not_modelled"] == ["cooling: the spec has no cooling equipment"]


def test_guesses_are_named(spec: Spec) -> None:
    body = TWO_CDUS.replace("cdu[2] : pump", "cdu[2] : pump { approach = 4 K assumed }")
    made = files(spec(PARTS + body))
    loop = next(r for r in rows(made["cooling/loops.csv"]) if r["name"] == "cdu1")
    assert loop["assumed"] == "pump.approach"
    assert "pump.approach" in json.loads(made["cooling/budget.json"])["assumed"]


@pytest.mark.parametrize("name", ["lab_4x2", "superpod_h100", "llama3_24k"])
def test_shipped_designs_agree_with_the_power_budget(name: str, compiled: Callable[..., Compilation]) -> None:
    """All power that a building takes ends as its heat."""
    from rackwright.compiler.power.budget import budget

    result = compiled(name)
    assert result.plant is not None
    found = json.loads(files(result)["cooling/budget.json"])
    power = budget(result.plant).whole
    assert round(found["totals"]["heat"] * 1000) == int(power.peak.sum() + power.loss.sum())
    assert round(sum(found["heat_leaves"].values()) * 1000) == round(found["totals"]["heat"] * 1000)
