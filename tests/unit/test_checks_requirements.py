"""`require`: every measure, every operator, and what a message shows."""

from __future__ import annotations

import pytest
from unit.power_specs import Spec, built

BODY = """
rack r { unit = OU, height = 44 OU, weight = 100 kg; busbar_limit = 15 kW
    s[2] : psu; node[3] : heavy; tor : tor
    feed s[*] -> node[n].inlet[0]
    feed s[*] -> tor.inlet[0]
    link node[n].nic[i] -> tor.eth[2*n + i] }
server heavy is box { weight = 20 kg }
row w { r[2] : r; spine[2] : tor; empty : bare
    link r[i].tor.eth[8 + s] -> spine[s].eth[i] }
rack bare { node : heavy }
"""

HOLD = [
    "peak_power(r) <= supply(r)",
    "peak_power(r.node) == 4 kW",
    "peak_power(s) < 6.251 kW",
    "typical_power(r.tor) == 0.3 kW",
    "typical_power(r) < peak_power(r)",
    "supply(r) == 15 kW",
    "supply(r.s) == 10 kW",
    "count(r.node) == 6",
    "count(r.node) / count(r) == 3",
    "weight(r.node) == 20 kg",
    "oversubscription(r.tor, toward = spine) == 3",
    "path_diversity(r.tor, toward = r.tor) == 2",
    "bisection(w) == 200 Gbps",
    "not survives(r, lose = 1 s)",
    "survives(r, lose = 1 node) or survives(r, lose = 1 s)",
    "peak_power(r) + 2 kW >= 14 kW and -peak_power(r) < 0 W",
    "0.9 * supply(r) - peak_power(r) >= 1 kW",
]

FAIL = [
    (
        "peak_power(r) <= 0.8 * supply(r)",
        "12.5 kW <= 12 kW does not hold",
        "peak_power(r) is 12.5 kW (r0, as all 2); supply(r) is 15 kW (r0, as all 2)",
    ),
    ("survives(r, lose = 1 s)", "without r0-s0, r0-s1 carries 12.5 kW of 10 kW (supply of psu)", ""),
    (
        "oversubscription(r.tor, toward = spine) <= 2",
        "3 <= 2 does not hold",
        "oversubscription(r.tor) is 3 (r0-tor, the worst of 2)",
    ),
    ("count(r) == 2 and count(r) > 2", "2 > 2 does not hold", "count(r) is 2; count(r) is 2"),
    ("count(r) > 2 and count(r) == 2", "2 > 2 does not hold", "count(r) is 2"),
    ("not count(r) == 2", "this holds, and must not", "count(r) is 2"),
]

UNDECIDED = [
    ("weight(r) < 1 t", "psu states no weight"),
    ("supply(empty) > 1 W", "the supply of empty is not known: neither it nor its feeders state one"),
    ("oversubscription(spine, toward = r.node) < 2", "a device among them has no link toward the others"),
    ("peak_power(r) < 3 kg", "a power"),
    ("peak_power(r) + 1 W", "neither true nor false"),
    ("bisection(r.tor) > 1 bps", "only an assembly has a bisection"),
    ("path_diversity(r, toward = r.s) > 1", "nothing that it names is a device with links"),
]


def requirements(spec: Spec, text: str) -> list[tuple[str, str, str]]:
    result = built(spec, BODY + f'require {text} else "as agreed"')
    assert result.plant is not None, result.diagnostics
    return [
        (d.code, "" if d.at is None else d.at.text, d.detail) for d in result.diagnostics if d.code.startswith("RW71")
    ]


@pytest.mark.parametrize("text", HOLD)
def test_what_holds_is_silent(spec: Spec, text: str) -> None:
    assert requirements(spec, text) == []


@pytest.mark.parametrize(("text", "label", "detail"), FAIL)
def test_what_fails_shows_both_sides(spec: Spec, text: str, label: str, detail: str) -> None:
    assert requirements(spec, text) == [("RW7101", label, detail)]


@pytest.mark.parametrize(("text", "detail"), UNDECIDED)
def test_what_cannot_be_decided_says_why(spec: Spec, text: str, detail: str) -> None:
    found = requirements(spec, text)
    assert [f[0] for f in found] == ["RW7102"], found
    assert detail in found[0][2]


def test_the_users_words_are_the_help(spec: Spec) -> None:
    result = built(spec, BODY + 'require count(r) == 3 else "three are ordered"')
    assert [d.help for d in result.diagnostics if d.code == "RW7101"] == ["three are ordered"]


@pytest.mark.parametrize(
    "text", ["peak_power(t) < 1 W", "supply(t) > 1 W", "weight(t) < 1 kg", "survives(t, lose = 1 s)"]
)
def test_nothing_is_asked_of_what_is_not_built(spec: Spec, text: str) -> None:
    result = built(spec, BODY.replace("empty : bare", "t[0 of 1] : r") + f"require {text}\nrequire count(t) == 0")
    found = [(d.code, d.detail) for d in result.diagnostics if d.code.startswith("RW71")]
    assert found == [("RW7102", "there is none: no t is built")]
