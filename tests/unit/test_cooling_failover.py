"""What follows from single failures of the cooling, against hand values and against the design without the part."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from unit.test_cooling import PARTS, TWO_CDUS, at, made

from rackwright.compiler.cooling import Cooling, cooling
from rackwright.compiler.cooling.failover import Case, Failures, Loss, failover
from rackwright.compiler.pipeline import Compilation

Spec = Callable[..., Compilation]


def case(found: Cooling, kind: str, element: str) -> Case:
    cases = [c for c in failover(found) if (c.kind, c.element) == (kind, element)]
    assert len(cases) == 1, [(c.kind, c.element, c.instance) for c in failover(found)]
    return cases[0]


def test_one_of_two_cdus(spec: Spec) -> None:
    found = made(spec, TWO_CDUS)
    lost = case(found, "cooler", "cdu")
    assert (lost.alike, lost.verdict, len(lost.uncooled)) == (2, "holds", 0)
    assert lost.worst is not None
    assert (lost.worst.where, lost.worst.sort, lost.worst.load, lost.worst.limit) == (
        "cdu1",
        "heat",
        68_000_000,
        100_000_000,
    )


def test_the_rest_carries_what_it_would_carry_alone(spec: Spec) -> None:
    """Without cdu0 the flows are those of the design that was built without it."""
    found = made(spec, TWO_CDUS)
    outcome = Failures(found).after(Loss(devices=np.array([at(found, "cdu0")])))
    alone = made(
        spec,
        TWO_CDUS.replace("cdu[2] : pump", "cdu[1] : pump").replace(
            "pipe cdu[c].out[r] -> r[r].m.in_[c]", "pipe cdu[0].out[r] -> r[r].m.in_[1]"
        ),
    )
    strains = {(s.sort, s.where): s.load for s in outcome.strains}
    assert strains["heat", "cdu1"] == int(alone.loops.taken[0, at(alone, "cdu0")])


def test_a_chiller_alone_leaves_all_without_coolant(spec: Spec) -> None:
    found = made(spec, TWO_CDUS)
    lost = case(found, "cooler", "ch")
    assert lost.verdict == "uncooled" and len(lost.uncooled) == 8
    assert lost.uncooled_heat == 68_000_000
    loop = case(found, "loop", "ch")
    assert np.array_equal(loop.uncooled, lost.uncooled)


def test_a_pipe_of_two_and_a_pipe_alone(spec: Spec) -> None:
    found = made(spec, TWO_CDUS)
    assert case(found, "pipe", "cdu.out -> r.m.in_").verdict == "holds"
    only = case(found, "pipe", "r.m.out -> r.s.water")
    assert (only.verdict, only.alike, only.uncooled_heat) == ("uncooled", 6, 8_000_000)
    # A load on two couplings keeps one.
    assert case(found, "pipe", "r.m.out -> r.p.water").verdict == "holds"


def test_modules(spec: Spec) -> None:
    def with_modules(text: str) -> Case:
        found = made(
            spec,
            f"""
            cdu halved {{ heat = 90 kW, coolant = pg25, peak_power = 1 kW, {text}
                out[8] : coolant_out }}
            rack r {{ c : halved
                s[8] : wet
                pipe c.out[i] -> s[i] }}
            """,
        )
        return case(found, "module", "c")

    assert with_modules("modules = 3, spare_modules = 1").verdict == "holds"
    # Two of three carry 60 of 90 kW; the loads give 64.
    lost = with_modules("modules = 3")
    assert lost.verdict == "overload"
    assert [(s.sort, s.load, s.limit) for s in lost.overloads] == [("heat", 64_000_000, 60_000_000)]


def test_air_handlers(spec: Spec) -> None:
    text = """
        crah unit { heat = 25 kW, gives = outside }
        server box { peak_power = 10 kW }
        hall h { b[4] : box
            c[2] : unit }
    """
    lost = case(made(spec, text), "cooler", "c")
    assert lost.verdict == "overload" and lost.alike == 2
    air = next(s for s in lost.overloads if s.sort == "air")
    assert (air.where, air.load, air.limit) == ("h", 15_000_000, 0)


def test_air_that_moves(spec: Spec) -> None:
    """One of two fan walls brings 1,000 CFM; four servers move four times 292 of it."""
    text = """
        fan wall { airflow = 1000 CFM }
        hall h { air_cooling = 50 kW
            s[4] : wet
            f[2] : wall }
        require survives(h, lose = 1 f)
    """
    found = made(spec, text)
    outcome = Failures(found).after(Loss(devices=np.array([at(found, "f0")])))
    assert [(s.sort, s.where, s.load, s.limit) for s in outcome.overloads] == [("airflow", "h", 1_167_408, 1_000_000)]
    told = next(d for d in spec(PARTS + text).diagnostics if d.code == "RW7101")
    assert told.at is not None and told.at.text == "without f0, the devices in h move 1167.5 CFM of 1000 CFM"


def test_pairs_are_not_a_ring(spec: Spec) -> None:
    """Loads that share both their suppliers with others differ from those in a ring, though all have two."""
    found = made(
        spec,
        """
        cdu one { heat = 30 kW, coolant = pg25, peak_power = 1 kW
            out[4] : coolant_out }
        rack r {
            c[5] : one
            p[5] : pair
            pipe c[i].out[k] -> p[i].water[k]            for k in 0..1 where i < 2
            pipe c[i].out[k] -> p[2 + (i + k - 2) mod 3].water[k]  for k in 0..1 where i > 1
        }
        """,
    )
    cases = [c for c in failover(found) if c.kind == "cooler"]
    assert sorted((c.alike, c.verdict) for c in cases) == [(2, "uncooled"), (3, "holds")]


def test_no_coolers_no_cases(spec: Spec) -> None:
    assert failover(made(spec, "server box { peak_power = 1 kW }\nrack r { b : box }")) == ()


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("survives(h, lose = 1 cdu)", True),
        ("survives(h, lose = 2 cdu)", False),
        ("survives(r, lose = 1 m)", False),
        ("survives(h, lose = 1 ch)", False),
        ("survives(h, lose = 1 pipe)", False),
        ("survives(h, lose = 1 loop)", False),
        ("survives(p, lose = 1 pipe)", True),
        ("heat(r) == 40 kW", True),
        ("heat(cdu) == 34 kW", True),
        ("air_heat(r) == 6 kW", True),
        ("air_heat(h) == 16 kW", True),
        ("coolant_flow(r) == 48.742 L/min", True),
        ("coolant_flow(cdu) == 48.742 L/min", True),
        ("airflow(r) > 875 CFM and airflow(wet) < 292 CFM", True),
    ],
)
def test_requirements(spec: Spec, rule: str, holds: bool) -> None:
    result = spec(PARTS + TWO_CDUS + f"\nrequire {rule}\n")
    codes = [d.code for d in result.diagnostics if d.code.startswith("RW7")]
    assert codes == ([] if holds else ["RW7101"]), result.diagnostics


@pytest.mark.parametrize(
    "rule",
    [
        "survives(h, lose = 2 pipe)",
        "airflow(h) > 1 CFM",
        "coolant_flow(dark) > 1 L/min",
        "heat(chip) > 1 W",
        "survives(h, lose = 9 many)",
    ],
)
def test_what_cannot_be_decided(spec: Spec, rule: str) -> None:
    result = spec(
        PARTS
        + f"""
        server dark {{ peak_power = 5 kW, liquid = 60 %
            chip  : accelerator {{ tdp = 1 kW }}
            water : coolant_in }}
        hall h {{
            many[40] : pump
            d[40]    : dark
            pipe many[i].out[0] -> d[i] }}
        require {rule}
        """
    )
    assert [d.code for d in result.diagnostics if d.code.startswith("RW7")] == ["RW7102"], result.diagnostics


def test_modules_of_coolers_and_of_feeders_are_asked_for_together(spec: Spec) -> None:
    def holds(modules: str) -> bool:
        body = TWO_CDUS.replace("cdu[2] : pump", f"cdu[2] : pump {{ heat = 36 kW, {modules} }}")
        result = spec(PARTS + body + "\nrequire survives(h, lose = 1 module)\n")
        found = [d.code for d in result.diagnostics if d.code.startswith("RW7")]
        assert found in ([], ["RW7101"]), result.diagnostics
        return not found

    assert holds("modules = 3, spare_modules = 1")
    # Two of three carry 24 of 34 kW.
    assert not holds("modules = 3")


def test_every_member_of_a_case_fares_alike(spec: Spec) -> None:
    found = made(spec, TWO_CDUS.replace("r[2]", "r[5]"))
    check_members(found)


def check_members(found: Cooling) -> None:
    """Each member of each case of coolers and pipes, lost by itself, has the consequences of the first."""
    failures = Failures(found)
    for one in failover(found):
        for member in one.members.tolist():
            if one.kind == "cooler":
                outcome = failures.after(Loss(devices=np.array([member])))
            elif one.kind == "pipe":
                outcome = failures.after(Loss(pipes=np.array([member])))
            else:
                continue
            assert int(found.liquid_mw[outcome.uncooled].sum()) == one.uncooled_heat, (one.kind, one.element)
            assert len(outcome.overloads) == len(one.overloads), (one.kind, one.element)


def test_cooling_is_what_the_entry_says(spec: Spec) -> None:
    result = spec(PARTS + TWO_CDUS)
    assert result.plant is not None
    assert failover(cooling(result.plant))[0].kind == "loop"
