"""Supplies, ratings, inlets and what nothing feeds."""

from __future__ import annotations

import pytest
from unit.power_specs import Spec, built

CASES = [
    # Three boxes of 4 kW on one shelf of 10 kW.
    (
        "RW5002",
        "box[3] : box; s : psu; feed s -> box[*].inlet[0]",
        "here s: supply 10 kW, peak draw 12 kW: 3 box 12 kW",
    ),
    # Two shelves carry 20 kW, and the busbar 15.
    (
        "RW5002",
        "busbar_limit = 15 kW; box[4] : box; s[2] : psu; feed s[*] -> box[b].inlet[0]",
        "here s0: supply 15 kW, the busbar_limit of the rack, peak draw 16 kW: 4 box 16 kW",
    ),
    ("RW5003", "box[2] : box; p : pdu; feed p.out[0] -> box[b].inlet[0]", "here p out0"),
    (
        "RW5001",
        "box : box; t : single; p[2] : pdu; feed p[i].out[0] -> t.inlet; feed p[0].out[1] -> box.inlet[0]",
        "t inlet is fed by p0 out0 (i = 0) and p1 out0 (i = 1)",
    ),
    ("RW5004", "box[3] : box; s : psu; feed s -> box[b].inlet[0] for b in 0..1", "1 of 3, such as box2"),
    ("RW5005", "s : silent; t : silent", "silent states no peak_power or tdp; 2 built"),
    ("RW5006", "box : box; s : dumb; feed s -> box.inlet[0]", "dumb states no supply, so s is not checked"),
    (
        "RW5007",
        "a : pdu; b : pdu; feed a.out[0] -> b.inlet; feed b.out[0] -> a.inlet",
        "a feeds b, which feeds a in turn",
    ),
]

MORE = """
switch single { peak_power = 10 W; inlet : inlet }
switch silent { height = 1 RU }
shelf dumb { out : outlet }
"""


@pytest.mark.parametrize(("code", "body", "detail"), CASES)
def test_mistakes_of_power(spec: Spec, code: str, body: str, detail: str) -> None:
    result = built(spec, f"{MORE}rack r {{ {body} }}")
    found = [d for d in result.diagnostics if d.code not in ("RW0006", "RW2016")]
    assert [d.code for d in found] == [code], result.diagnostics
    assert detail in found[0].detail


def test_a_rack_that_is_fed_well_is_silent(spec: Spec) -> None:
    result = built(spec, "rack r { box[2] : box; s[2] : psu; bbu : bbu; feed s[*], bbu -> box[b].inlet[0] }")
    assert {d.code for d in result.diagnostics} <= {"RW0006", "RW2016"}, result.diagnostics
    assert "the power feeds above s" in next(d.detail for d in result.diagnostics if d.code == "RW0006")


def test_a_hall_supplies_all_loads_and_losses_inside(spec: Spec) -> None:
    hall = "hall h {{ supply = {} kW; r[2] : r }}"
    rack = "rack r { box[2] : box; s[2] : psu; feed s[*] -> box[b].inlet[0] }\n"
    # Two racks of 8 kW behind 96 %: 16.667 kW.
    assert "RW5002" not in {d.code for d in built(spec, rack + hall.format(17)).diagnostics}
    found = [d for d in built(spec, rack + hall.format("16.6")).diagnostics if d.code == "RW5002"]
    assert len(found) == 1 and "peak draw 16.666668 kW" in found[0].detail


def test_the_worst_pool_speaks_for_all(spec: Spec) -> None:
    result = built(spec, "rack r { box[3] : box; s : psu; feed s -> box[*].inlet[0] }\nrow w { r[7] : r }")
    found = [d for d in result.diagnostics if d.code == "RW5002"]
    assert len(found) == 1 and found[0].detail.endswith("; 7 such groups of feeders in all")
