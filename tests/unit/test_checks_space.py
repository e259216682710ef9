"""Racks, their contents, and the floor."""

from __future__ import annotations

import pytest
from unit.power_specs import Spec, built

RACK = "unit = OU, height = 10 OU, payload = 100 kg; "
BOX = "server big { peak_power = 1 W, height = 2 OU, weight = 30 kg }\npart door_of_steel { height = 1 OU }\n"

CASES = [
    ("RW6002", "a : big at 3 OU; b : big at 4 OU", "a and b", "b : big at 4 OU"),
    ("RW6002", "a[3] : big at 1 OU, 3 OU, 4 OU", "a1 and a2", "a[3] : big at 1 OU, 3 OU, 4 OU"),
    # The first one reaches over the second to the third.
    ("RW6002", "a : tall at 1 OU; b : door_of_steel at 6 OU", "a and b", "b : door_of_steel at 6 OU"),
    ("RW6003", "a : big at 10 OU", "a", "a : big at 10 OU"),
    ("RW6005", "a[4] : big", "payload 100 kg: 4 a of 30 kg", "r : r"),
]


@pytest.mark.parametrize(("code", "body", "detail", "text"), CASES)
def test_mistakes_of_space(spec: Spec, code: str, body: str, detail: str, text: str) -> None:
    tall = "server tall { peak_power = 1 W, height = 8 OU }\n"
    result = built(spec, f"{BOX}{tall}rack r {{ {RACK}{body} }}\nrow w {{ r : r }}")
    found = [d for d in result.diagnostics if d.code not in ("RW0006", "RW2016")]
    assert [d.code for d in found] == [code], result.diagnostics
    assert detail in found[0].detail.replace("r-", "")
    at = found[0].at
    assert at is not None and result.sources[at.span.file].snippet(at.span).strip() == text


def test_what_fits_exactly_is_silent(spec: Spec) -> None:
    result = built(spec, f"{BOX}rack r {{ {RACK}a[3] : big at 1 OU, 3 OU, 9 OU; c : door_of_steel at 5 OU }}")
    assert {d.code for d in result.diagnostics} <= {"RW0006", "RW2016"}, result.diagnostics


FLOOR = "floor { row_pitch = 3 m, bay_pitch = 0.6 m, tray = 2.7 m, cross_aisle = 1 m, slack = 1 m }; "


def test_two_racks_in_one_place(spec: Spec) -> None:
    rack = f"{BOX}rack r {{ a : big }}\n"
    result = built(spec, f"{rack}hall h {{ {FLOOR}r[6] : r; place r[i] at row 0, bay i div 2 }}")
    found = [d for d in result.diagnostics if d.code == "RW6004"]
    assert len(found) == 1
    assert found[0].detail == "r0 and r1 are both at row 0, bay 0; 3 such pairs in all"


def test_halls_have_floors_of_their_own(spec: Spec) -> None:
    rack = f"{BOX}rack r {{ a : big }}\n"
    hall = f"hall h {{ {FLOOR}r[2] : r; place r[i] at row 0, bay i }}\nbuilding b {{ h[2] : h }}"
    assert "RW6004" not in {d.code for d in built(spec, rack + hall).diagnostics}


def test_a_coupling_used_twice(spec: Spec) -> None:
    result = built(
        spec,
        """
        cdu pump { heat = 10 kW, peak_power = 1 kW; out[4] : coolant_out }
        server wet { peak_power = 1 kW; water : coolant_in }
        row w { p : pump; s[2] : wet
            pipe p.out[i] -> s[i div 2].water for i in 0..3 }
        """,
    )
    found = [d for d in result.diagnostics if d.code == "RW6001"]
    assert len(found) == 1
    assert "s0 water is supplied by p out0 (i = 0) and p out1 (i = 1); 2 couplings in all" in found[0].detail
