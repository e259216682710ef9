"""Failover against a loop over every single instance, on designs with and without symmetry."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from unit.failover_by_hand import ByHand, Hand
from unit.power_specs import Spec, built

from rackwright.compiler.pipeline import compile_spec
from rackwright.compiler.plant import Plant
from rackwright.compiler.power.cases import Case
from rackwright.compiler.power.failover import failover
from rackwright.compiler.power.loads import loads
from rackwright.compiler.schema import FEEDERS

CHAIN = """
utility grid { supply = 900 kW; out[8] : outlet }
generator diesel { supply = 900 kW; out[8] : outlet }
transfer sts { supply = 60 kW; inlet[3] : inlet; out[8] : outlet }
ups block { supply = 30 kW; efficiency = 19/20; ride_through = 300 s
    inlet[2] : inlet; out[8] : outlet { rating = 25 kW } }
switchboard board { supply = 60 kW; inlet[4] : inlet; out[8] : outlet }
server load { peak_power = 10 kW; inlet[2] : inlet }
"""


def plant_of(spec: Spec, body: str) -> Plant:
    result = built(spec, CHAIN + body)
    assert result.plant is not None, result.diagnostics
    return result.plant


def check(plant: Plant) -> tuple[Case, ...]:
    """Every instance of every case must have the consequences of its representative."""
    drawn = loads(plant)
    cases = failover(plant)
    hand = Hand(plant, drawn)
    seen: dict[str, int] = {"feeder": 0, "module": 0, "feed": 0, "breaker": 0}
    for case in cases:
        for number, member in enumerate(case.members.tolist()):
            seen[case.kind] += 1
            found = lose(hand, case, member)
            assert found.verdict == case.verdict, (case, plant.devices.names[member])
            assert len(found.dark) == len(case.dark)
            assert len(found.stored) == len(case.stored)
            feeders = [o for o in case.overloads if " " not in o.where or " and " in o.where]
            assert len(feeders) == len(found.feeders), (case, found)
            assert len(case.overloads) - len(feeders) == len(found.outlets)
            if number == 0:
                names = plant.devices.names
                assert {names[d] for d in case.dark} == found.dark
                assert {names[d] for d in case.stored} == found.stored
                assert {o.where.split(" and ")[0] for o in feeders} == found.feeders
    ends = {f[0] for f in hand.feeds} | {f[2] for f in hand.feeds}
    assert seen["feeder"] == sum(1 for d in ends if hand.element[d].kind in FEEDERS)
    clips = {(f[2], f[3]) for f in hand.feeds if busbar(plant, f[4])}
    assert seen["feed"] == sum(1 for f in hand.feeds if not busbar(plant, f[4])) + len(clips)
    return cases


def lose(hand: Hand, case: Case, member: int) -> ByHand:
    if case.kind == "feeder":
        return hand.after({member}, set(), {})
    if case.kind == "module":
        attributes = hand.element[member].attributes
        if getattr(attributes, "modules", 0) == 1:
            return hand.after({member}, set(), {})
        return hand.after(set(), set(), {member: 1})
    a, terminal, z, inlet, rule = hand.feeds[member]
    if case.kind == "breaker":
        return hand.after(set(), {r for r, f in enumerate(hand.feeds) if f[:2] == (a, terminal)}, {})
    if busbar(hand.plant, rule):
        same = {r for r, f in enumerate(hand.feeds) if f[2:4] == (z, inlet) and busbar(hand.plant, f[4])}
        return hand.after(set(), same, {})
    return hand.after(set(), {member}, {})


def busbar(plant: Plant, rule: int) -> bool:
    return bool(getattr(plant.design.elements[plant.design.rules[rule].a.element].attributes, "busbar", False))


def verdicts(cases: tuple[Case, ...], kind: str) -> dict[str, str]:
    return {case.element: case.verdict for case in cases if case.kind == kind}


def test_two_of_everything(spec: Spec) -> None:
    body = """hall h { g : grid; u[2] : block; x[2] : load
        feed g.out[i] -> u[i].inlet[0]; feed u[i].out[b] -> x[b].inlet[i] }"""
    cases = check(plant_of(spec, body))
    # 20 kW of loads: either UPS of 30 kW carries them; without the grid both live on what they store.
    assert verdicts(cases, "feeder") == {"g": "battery", "u": "holds"}
    case = next(c for c in cases if c.element == "u")
    assert (case.alike, case.worst is not None and case.worst.load) == (2, 20_000_000)
    dead = next(c for c in cases if c.element == "g")
    assert (dead.ride_through_ms, len(dead.stored), dead.stored_power) == (300_000, 2, 20_000_000)
    # Three more loads of 10 kW are too much for one.
    cases = check(plant_of(spec, body.replace("x[2]", "x[4]")))
    assert verdicts(cases, "feeder")["u"] == "overload"
    worst = next(c for c in cases if c.element == "u").worst
    assert worst is not None and (worst.load, worst.limit, worst.rule) == (40_000_000, 30_000_000, "supply of block")


def test_one_more_than_needed(spec: Spec) -> None:
    # 50 kW on a board that n UPSes of 30 kW feed together.
    body = """hall h { g : grid; u[N] : block; b : board; x[5] : load
        feed g.out[i] -> u[i].inlet[0]; feed u[i].out[0] -> b.inlet[i]; feed b.out[k] -> x[k].inlet[0] }"""
    assert verdicts(check(plant_of(spec, body.replace("N", "3"))), "feeder") == {
        "g": "battery",
        "u": "holds",
        "b": "dark",
    }
    assert verdicts(check(plant_of(spec, body.replace("N", "2"))), "feeder")["u"] == "overload"


BLOCKS = """hall h { g : grid; u[3] : block; reserve : block; s[3] : sts; x[3, 2] : load
    feed g.out[i]           -> u[i].inlet[0]
    feed g.out[3]           -> reserve.inlet[0]
    feed u[i].out[0]        -> s[i].inlet[0]
    feed reserve.out[i]     -> s[i].inlet[1]
    feed s[i].out[k]        -> x[i, k].inlet[0] }"""


def test_blocks_with_a_reserve(spec: Spec) -> None:
    cases = check(plant_of(spec, BLOCKS))
    assert verdicts(cases, "feeder") == {"g": "battery", "u": "holds", "reserve": "holds", "s": "dark"}
    lost = next(c for c in cases if c.element == "u")
    assert lost.alike == 3 and lost.worst is not None
    # The reserve carries nothing until then, and its own feed what it loses.
    assert (lost.worst.where, lost.worst.load) == ("reserve out0", 20_000_000)


def test_a_block_that_is_larger_than_the_reserve(spec: Spec) -> None:
    cases = check(
        plant_of(
            spec,
            BLOCKS.replace("x[3, 2]", "big : load; x[3, 2]").replace(
                "inlet[0] }", "inlet[0]; feed s[1].out[2] -> big.inlet[0] }"
            ),
        )
    )
    found = [(c.instance, c.verdict) for c in cases if c.kind == "feeder" and c.element == "u"]
    # 30 kW is within the supply and beyond the 25 kW of one outlet.
    assert found == [("u0", "holds"), ("u1", "overload")]


def test_a_generator_starts_when_nothing_else_is_left(spec: Spec) -> None:
    cases = check(
        plant_of(
            spec,
            """hall h { g : grid; d : diesel; t : sts; x : load
        feed g.out[0] -> t.inlet[0]; feed d.out[0] -> t.inlet[1]; feed t.out[0] -> x.inlet[0] }""",
        )
    )
    lost = next(c for c in cases if c.element == "g")
    assert (lost.verdict, lost.generators) == ("holds", 10_000_000)
    assert next(c for c in cases if c.element == "d").worst is None


def test_a_generator_that_is_too_small_and_stands_at_the_first_inlet(spec: Spec) -> None:
    cases = check(
        plant_of(
            spec,
            """generator tiny { supply = 5 kW; out : outlet }
        hall h { g : grid; d : tiny; t : sts; x : load
        feed d -> t.inlet[0]; feed g.out[0] -> t.inlet[1]; feed t.out[0] -> x.inlet[0] }""",
        )
    )
    assert verdicts(cases, "feeder") == {"g": "overload", "d": "holds", "t": "dark"}


def test_shelves_on_a_busbar_with_a_battery(spec: Spec) -> None:
    body = """rack r { busbar_limit = 15 kW; s[N] : psu; u : bbu; box[2] : box; t : tor
        feed s[*], u -> box[b].inlet[0]; feed s[*], u -> t.inlet[0] }
        row w { bar : bar; r[2] : r; feed bar.tap[N*i + k] -> r[i].s[k] }"""
    cases = check(plant_of(spec, body.replace("N", "2")))
    assert verdicts(cases, "feeder")["r.s"] == "holds"
    assert verdicts(cases, "feed")["busbar -> r.box.inlet"] == "dark"
    cases = check(plant_of(spec, body.replace("N", "1")))
    lost = next(c for c in cases if c.element == "r.s")
    assert (lost.verdict, lost.ride_through_ms) == ("battery", 0)


def test_a_battery_waits_for_what_a_ups_has_stored(spec: Spec) -> None:
    body = """hall h { g : grid; u : block; x : load; b : bbu
        feed g.out[0] -> u.inlet[0]; feed u.out[0] -> x.inlet[0]; feed b -> x.inlet[1] }"""
    cases = {c.element: c for c in check(plant_of(spec, body)) if c.kind == "feeder"}
    assert (cases["g"].verdict, cases["g"].ride_through_ms) == ("battery", 300_000)
    # The battery's part says nothing of its time.
    assert (cases["u"].verdict, cases["u"].ride_through_ms) == ("battery", 0)


def test_modules(spec: Spec) -> None:
    part = """shelf six { supply = 15 kW; installed = 18 kW; modules = 6; spare_modules = 1
        out : outlet { busbar = true } }\n"""
    less = "shelf two { supply = 9 kW; modules = 2; out : outlet { busbar = true } }\n"
    body = "rack r { s : WHAT; box[2] : box; feed s -> box[b].inlet[0] }"
    assert verdicts(check(plant_of(spec, part + body.replace("WHAT", "six"))), "module") == {"s": "holds"}
    cases = check(plant_of(spec, less + body.replace("WHAT", "two")))
    worst = next(c for c in cases if c.kind == "module").worst
    assert worst is not None and (worst.load, worst.limit) == (8_000_000, 4_500_000)


RING = """hall h { g : grid; u[6] : block; x[6] : load
    feed g.out[i] -> u[i].inlet[0]
    feed u[0].out[0] -> x[0].inlet[0]; feed u[1].out[1] -> x[0].inlet[1]
    feed u[1].out[0] -> x[1].inlet[0]; feed u[2].out[1] -> x[1].inlet[1]
    feed u[2].out[0] -> x[2].inlet[0]; feed u[3].out[1] -> x[2].inlet[1]
    feed u[3].out[0] -> x[3].inlet[0]; feed u[0].out[1] -> x[3].inlet[1]
    feed u[4].out[0] -> x[4].inlet[0]; feed u[5].out[1] -> x[4].inlet[1]
    feed u[5].out[0] -> x[5].inlet[0]; feed u[4].out[1] -> x[5].inlet[1] }"""


@pytest.mark.parametrize("watts", [10, 14, 16])
def test_a_ring_is_not_taken_for_pairs(spec: Spec, watts: int) -> None:
    """In a ring a lost UPS leaves half a load more to two others; in a pair all of it to one: same degrees."""
    body = RING.replace(": load", ": big") + f"\nserver big {{ peak_power = {watts} kW; inlet[2] : inlet }}"
    check(plant_of(spec, body))


@st.composite
def halls(draw: st.DrawFn) -> str:
    """Boards, UPSes and transfer switches in layers, each fed from some of the layer above."""
    sizes = [draw(st.integers(1, 2)), draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 5))]
    kinds = [
        [draw(st.sampled_from(("grid", "diesel"))) for _ in range(sizes[0])],
        [draw(st.sampled_from(("block", "board", "cells"))) for _ in range(sizes[1])],
        [draw(st.sampled_from(("sts", "board", "block", "cells"))) for _ in range(sizes[2])],
        [draw(st.sampled_from(("load", "load", "heavy"))) for _ in range(sizes[3])],
    ]
    members = [f"m{layer}x{i} : {kind}" for layer, row in enumerate(kinds) for i, kind in enumerate(row)]
    feeds = []
    used: dict[str, int] = {}
    for layer in (1, 2, 3):
        for i in range(sizes[layer]):
            above = draw(st.lists(st.integers(0, sizes[layer - 1] - 1), min_size=1, max_size=2, unique=True))
            for inlet, source in enumerate(above):
                name = f"m{layer - 1}x{source}"
                used[name] = used.get(name, -1) + 1
                feeds.append(f"feed {name}.out[{used[name]}] -> m{layer}x{i}.inlet[{inlet}]")
    return "hall h { " + "; ".join(members + feeds) + " }"


@settings(max_examples=40, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(body=halls())
def test_random_halls(body: str) -> None:
    parts = CHAIN + "server heavy { peak_power = 17 kW; inlet[2] : inlet }\n"
    parts += "battery cells { supply = 12 kW; inlet[2] : inlet; out[8] : outlet }\n"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "test.rack"
        path.write_text((parts + body).replace(";", "\n"), "utf-8")
        result = compile_spec(str(path), {})
    assert result.plant is not None, result.diagnostics
    check(result.plant)
