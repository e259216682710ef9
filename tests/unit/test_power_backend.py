"""budget.csv and budget.json: figures worked out by hand, and their form."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import numpy as np
import pytest
from unit.power_specs import Spec, built

from rackwright.backends._kit.numbers import fixed
from rackwright.backends.power import Power
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation

DESIGN = """
rack r { busbar_limit = 15 kW assumed; s[2] : psu; box[3] : box; tor : tor
    feed s[*] -> box[b].inlet[0]
    feed s[*] -> tor.inlet[0] }
row w { bar : bar; r[2] : r; spine : tor
    link r[i].tor.eth[0] -> spine.eth[i] using optic.aoc_100g
    feed bar.tap[2*i + k] -> r[i].s[k] }
"""


def files(result: Compilation, request: Request | None = None) -> dict[str, bytes]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    made = Power().render(result.design, result.plant, request or Request())
    return {artifact.path: artifact.data for artifact in made}


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_every_level_has_its_rows(spec: Spec) -> None:
    found = rows(files(built(spec, DESIGN))["power/budget.csv"])
    count = {level: sum(1 for r in found if r["level"] == level) for level in ("device", "feeder", "rack", "row")}
    assert count == {"device": 9, "feeder": 5, "rack": 2, "row": 1}
    assert sum(count.values()) == len(found)


def test_figures_of_a_rack(spec: Spec) -> None:
    rack = next(r for r in rows(files(built(spec, DESIGN))["power/budget.csv"]) if r["name"] == "r0")
    # Three boxes of 4 kW, a switch of 500 W and one end of a cable (2.5 W); of 20 kW the busbar carries 15.
    assert (rack["peak_w"], rack["supply_w"], rack["headroom_w"]) == ("12502.500", "15000.000", "2497.500")
    assert rack["headroom_percent"] == "16.6"
    # Two shelves give 6251.25 W each and take 6511.71875 W, rounded up to the milliwatt.
    assert rack["loss_w"] == "520.938"
    assert (rack["typical_w"], rack["typical_from_peak_w"]) == ("9302.500", "2.500")
    assert "r.busbar_limit" in rack["assumed"].split()
    assert (rack["kind"], rack["definition"], rack["devices"]) == ("rack", "r", "6")


def test_figures_above_and_beside(spec: Spec) -> None:
    found = {r["name"]: r for r in rows(files(built(spec, DESIGN))["power/budget.csv"])}
    assert (found["bar"]["peak_w"], found["bar"]["devices"]) == ("26046.876", "4")
    assert found["spine"]["supply_w"] == found["spine"]["headroom_w"] == found["spine"]["headroom_percent"] == ""
    whole = found["w"]
    # What the busway feeds is taken from its supply; the spine, which nothing feeds, is in the peak alone.
    assert (whole["peak_w"], whole["supply_w"], whole["headroom_w"]) == ("25510.000", "100000.000", "73953.124")
    assert whole["taken_w"] == "26046.876"


def test_the_summary_says_the_same_and_what_is_missing(spec: Spec) -> None:
    content = json.loads(files(built(spec, DESIGN))["power/budget.json"])
    assert content["totals"]["peak"] == 25510
    assert content["totals"]["conversion_loss_peak"] == 1041.876
    assert content["totals"]["optics_and_cables_peak"] == 10
    assert [level["path"] for level in content["levels"]][-2:] == ["r", "w"]
    assert content["not_modelled"] == [
        "conversion loss of bar: bar states no efficiency",
        "everything above bar: the spec does not say what feeds it",
        "the supply of spine: the spec does not say what feeds it",
        "cooling: the spec has no cooling equipment",
    ]


def test_only_the_first_shard_writes(spec: Spec) -> None:
    assert files(built(spec, DESIGN), Request(shard=1, shards=2)) == {}


@pytest.mark.parametrize("name", ["lab_4x2", "llama3_24k", "superpod_h100", "scale_350k"])
def test_shipped_designs(name: str, compiled: Callable[..., Compilation]) -> None:
    result = compiled(name)
    assert result.plant is not None
    made = files(result)
    assert made == files(result)
    found = rows(made["power/budget.csv"])
    devices = [r for r in found if r["level"] in ("device", "feeder")]
    assert sorted(r["name"] for r in devices) == sorted(result.plant.devices.names)
    total = sum(int(r["peak_w"].replace(".", "")) for r in devices if r["level"] == "device")
    assert found[-1]["peak_w"].replace(".", "") == str(total)


def test_fixed_decimals() -> None:
    column = np.array([0, 5, -5, 12345, -12345, 10**15], dtype=np.int64)
    assert fixed(column, 3).to_list() == ["0.000", "0.005", "-0.005", "12.345", "-12.345", "1000000000000.000"]
