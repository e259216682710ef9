"""Ports, plugs, optics and lengths: each mistake once, at its statement, with a concrete instance."""

from __future__ import annotations

import pytest
from unit.power_specs import Spec, built, element

SWITCHES = """
switch s100 { peak_power = 1 W, height = 1 RU; eth[8] : port { speed = 100 Gbps, cage = qsfp28, lanes = 4 } }
switch s400 { peak_power = 1 W; eth[8] : port { speed = 400 Gbps, cage = osfp_rhs, lanes = 4 } }
switch s800 { peak_power = 1 W; eth[8] : port { speed = 800 Gbps, cage = osfp, lanes = 8, max_split = 4 } }
cable short { speed = 100 Gbps, ends = [qsfp28], medium = dac, reach = 3 m, lengths = [1 m, 2 m] }
cable mixed { speed = 400 Gbps, ends = [osfp, osfp_rhs], medium = dac, reach = 3 m }
optic one { form = osfp, speed = 400 Gbps, media = dr4_400g, connector = mpo12_apc, fibers = 8, fiber = smf,
    reach = 500 m, power = 9 W }
optic two is optic.dr4_2x400g_osfp { connector = mpo12_apc_x2 }
"""

CASES = [
    (
        "RW3005",
        "link a.eth[0] -> b.eth[1]; link a.eth[i] -> c.eth[i] for i in 0..2",
        "a.eth[i]",
        "a eth0 is joined to b eth1 and c eth0 (i = 0)",
    ),
    (
        "RW3005",
        "link a.eth[i div 2] -> b.eth[i] for i in 0..3",
        "a.eth[i div 2]",
        "a eth0 is joined to b eth0 (i = 0) and b eth1 (i = 1); 2 ports in all",
    ),
    ("RW3014", "link a.eth[0] -> a.eth[0]; link b.eth[0] -> c.eth[0]", "a.eth[0]", "a eth0 and a eth0"),
    ("RW3007", "link a.eth[i] -> f.eth[i]", "a.eth[i]", "here i = 0: a eth0 and f eth0; 8 links in all"),
    ("RW3008", "link a.eth[i] -> b.eth[i] using optic.dr4_400g", "a.eth[i]", "optics.ethernet.dr4_400g is qsfp_dd"),
    ("RW3008", "link f.eth[i] -> g.eth[i] using mixed", "g.eth[i]", "mixed is osfp and osfp_rhs"),
    ("RW4002", "link a.eth[0] -> b.eth[0]", "c : s100", "1 of 1, such as c"),
]


def marked(result: object, code: str) -> list[tuple[str, str]]:
    """The text under each message of a code, and its detail."""
    found = []
    for d in result.diagnostics:  # type: ignore[attr-defined]
        if d.code == code:
            text = "" if d.at is None else result.sources[d.at.span.file].snippet(d.at.span)  # type: ignore[attr-defined]
            found.append((text, d.detail))
    return found


@pytest.mark.parametrize(("code", "links", "text", "detail"), CASES)
def test_mistakes_of_links(spec: Spec, code: str, links: str, text: str, detail: str) -> None:
    result = built(spec, SWITCHES + "rack w { a : s100; b : s100; c : s100; f : s400; g : s400; " + links + " }")
    found = [(t, d) for t, d in marked(result, code) if t == text]
    assert len(found) == 1, result.diagnostics
    assert detail in found[0][1]
    others = {d.code for d in result.diagnostics if str(d.severity) == "error"}
    assert others == {code} or (code == "RW4002" and not others), result.diagnostics


SPLIT = """
hall h { f : s400; p : s800 { split eth[0..7] into 2 x 400 Gbps }; q : s800 { split eth[0..7] into 2 x 400 Gbps }
"""


@pytest.mark.parametrize(
    ("links", "codes"),
    [
        ("link p.eth[c, l] -> q.eth[c, l] using two", set()),
        ("link p.eth[c, 0] -> q.eth[c, 0] using one", set()),
        ("link p.eth[c, l] -> q.eth[c, l] using one", {"RW3012"}),
        ("link p.eth[c, l] -> q.eth[c, l] using optic.dr8_800g_osfp", {"RW3012"}),
        ("link p.eth[c, l] -> q.eth[c, l] using optic.dr4_2x400g_osfp to optic.fr4_2x400g_osfp", {"RW3011"}),
        ("link p.eth[c, 0] -> f.eth[c] using mixed", set()),
        ("link f.eth[c] -> p.eth[c, 0] using mixed", set()),
        ("link p.eth[c, 0] -> f.eth[c] using optic.dr4_2x400g_osfp to optic.dr4_400g_osfp_rhs", set()),
        (
            "link p.eth[c, 0] -> q.eth[c, 0] using optic.dr4_2x400g_osfp; "
            "link p.eth[c, 1] -> q.eth[c, 1] using optic.fr4_2x400g_osfp",
            {"RW3016"},
        ),
    ],
)
def test_plugs_of_split_cages(spec: Spec, links: str, codes: set[str]) -> None:
    result = built(spec, SWITCHES + SPLIT + links + " }")
    found = [d for d in result.diagnostics if str(d.severity) == "error"]
    assert {d.code for d in found} == codes, result.diagnostics
    assert len(found) == len(codes)


@pytest.mark.parametrize(("pitch", "code"), [("0.5 m", None), ("2 m", "RW4003"), ("5 m", "RW4001")])
def test_a_cable_must_be_long_enough(spec: Spec, pitch: str, code: str | None) -> None:
    result = built(
        spec,
        SWITCHES
        + f"""
        rack r {{ unit = RU, height = 42 RU, base = 0 m; s : s100 at 40 RU }}
        hall h {{
            floor {{ row_pitch = 3 m, bay_pitch = {pitch}, tray = 1.8 m, cross_aisle = 1 m, slack = 0.2 m }}
            r[2] : r
            place r[i] at row 0, bay i
            link r[i].s.eth[0] -> r[j].s.eth[0] where i < j using short
        }}
        """,
    )
    found = [d for d in result.diagnostics if d.code.startswith("RW4")]
    assert [d.code for d in found] == ([code] if code else []), result.diagnostics
    if code:
        assert "r0-s eth0 and r1-s eth0; short" in found[0].detail


def test_a_design_without_links_asks_for_none(spec: Spec) -> None:
    result = built(spec, SWITCHES + "rack r { a : s100 }")
    assert result.plant is not None and element(result.plant, "a")
    found = [d for d in result.diagnostics if d.code != "RW2016"]
    assert [d.code for d in found] == ["RW0006"]
    assert found[0].detail.startswith("not in this spec: the data links; the power feeds; the coolant")


def test_racks_without_a_place_are_told_of_where_others_have_one(spec: Spec) -> None:
    hall = "hall h { p[3] : k; q[2] : k; place p[i] at row 0, bay i }"
    result = built(spec, SWITCHES + "rack k { a : s100 }\n" + hall)
    found = [d.detail for d in result.diagnostics if d.code == "RW0006"]
    assert found and "the place of 2 racks, such as q0 (so lengths of cables to them are unknown)" in found[0]
