"""Heat is neither made nor lost on its way: what devices give is what leaves the building, to the milliwatt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.test_cooling import at, recomputed
from unit.test_cooling_failover import check_members

from rackwright.compiler.cooling import Cooling, cooling
from rackwright.compiler.cooling.failover import Failures, Loss
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.plant import Plant


def check_balance(plant: Plant) -> Cooling:
    """Every device's heat goes to coolant and air; what enters a loop or a room leaves it."""
    found = cooling(plant)
    loops, pipes = found.loops, plant.pipes
    assert found.settled and not len(loops.circular)
    assert np.array_equal(found.heat.heat, found.heat.liquid + found.heat.air)
    assert (found.heat.liquid >= 0).all() and (found.heat.air >= 0).all()
    for row in range(2):
        entering, leaving = np.zeros(len(plant.devices), np.int64), np.zeros(len(plant.devices), np.int64)
        np.add.at(leaving, pipes.a_device, loops.pipe_heat[row])
        np.add.at(entering, pipes.z_device, loops.pipe_heat[row])
        assert np.array_equal(leaving, loops.taken[row])
        # Each device passes on what it takes and its own liquid heat, or gives it to the air or the outside.
        own = found.heat.liquid[row] + loops.taken[row] + found.air_taken[row]
        assert np.array_equal(own, entering + loops.rejected[row] + loops.to_air[row])
        room = int(found.rooms.left[0][row].sum())
        assert int(found.heat.air[row].sum() + loops.to_air[row].sum()) == room + int(found.air_taken[row].sum())
        assert int(found.heat.heat[row].sum()) == int(loops.rejected[row].sum()) + room
    delivered = np.zeros(len(plant.devices), np.int64)
    np.add.at(delivered, pipes.a_device, loops.pipe_flow)
    assert np.array_equal(delivered, loops.delivered)
    for trait, cls in zip(found.traits, plant.classes, strict=True):
        if trait.heat is not None and trait.takes == "air":
            assert (found.air_taken[:, cls.first : cls.first + cls.count] <= trait.heat).all()
    return found


def compiled_text(text: str) -> Compilation:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "test.rack"
        path.write_text(text, "utf-8")
        return compile_spec(str(path), {})


@settings(max_examples=25)
@given(
    racks=st.integers(1, 4),
    trays=st.integers(1, 5),
    cdus=st.integers(1, 3),
    watts=st.integers(1, 99999),
    share=st.fractions(min_value=0, max_value=1, max_denominator=97),
    door=st.integers(0, 30000),
    side=st.booleans(),
    handlers=st.integers(0, 3),
    capacity=st.integers(1, 40000),
    chilled=st.booleans(),
)
def test_a_hall_balances(
    racks: int,
    trays: int,
    cdus: int,
    watts: int,
    share: object,
    door: int,
    side: bool,
    handlers: int,
    capacity: int,
    chilled: bool,
) -> None:
    facility = "pipe ch.out[c] -> cdu[c]" if chilled else ""
    result = compiled_text(
        f"""
        server tray {{
            peak_power = {watts} W, typical_power = {watts} W / 3, liquid = {share}, rise = 7 K
            water[2] : coolant_in
        }}
        manifold rail {{
            in_[3]  : coolant_in
            out[10] : coolant_out
        }}
        {"aalc" if side else "cdu"} pump {{
            coolant = pg25, heat = 200 kW, rise = 5 K, peak_power = 1 kW, liquid = 1/3
            water  : coolant_in
            out[8] : coolant_out
        }}
        chiller plant {{
            coolant = water, heat = 900 kW, peak_power = 20 kW
            out[40] : coolant_out
        }}
        door rear {{
            heat = {max(door, 1)} W, rise = 5 K
            water : coolant_in
        }}
        crah handler {{
            heat = {capacity} W, peak_power = 300 W, gives = outside
        }}
        rack r {{
            tray[{trays}] : tray
            rail          : rail
            {"d : rear" if door else ""}
            pipe rail.out[2*t + w] -> tray[t].water[w]
        }}
        hall h {{
            k[{racks}]  : r
            cdu[{cdus}] : pump
            {f"a[{handlers}] : handler" if handlers else ""}
            {"ch : plant" if chilled or door else ""}
            pipe cdu[c].out[k] -> k[k].rail.in_[c]
            {facility if not side else ""}
            {"pipe ch.out[10 + k] -> k[k].d" if door else ""}
        }}
        """
    )
    assert result.plant is not None, result.diagnostics
    check_members(check_balance(result.plant))


Pipe = tuple[str, str, int]
"""A source, a load, and the number of the load's coupling."""


@st.composite
def loops(draw: st.DrawFn) -> tuple[int, int, int, list[Pipe]]:
    """Cdus, manifolds and servers, and pipes among them from a chiller down."""
    cdus, manifolds, servers = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(1, 6))
    pipes = [("h", f"c{c}", 0) for c in range(cdus)]
    sources = [f"c{c}" for c in range(cdus)]
    for m in range(manifolds):
        pipes += [(draw(st.sampled_from(sources)), f"m{m}", k) for k in range(draw(st.integers(1, 3)))]
    sources += [f"m{m}" for m in range(manifolds)]
    for number in range(servers):
        pipes += [(draw(st.sampled_from(sources)), f"s{number}", k) for k in range(draw(st.integers(1, 3)))]
    return cdus, manifolds, servers, pipes


@settings(max_examples=25)
@given(
    plan=loops(),
    watts=st.integers(1, 99999),
    share=st.integers(1, 100),
    rise=st.integers(1, 20),
    heat=st.integers(1, 300),
    lost=st.integers(0, 99),
)
def test_any_loops(
    plan: tuple[int, int, int, list[Pipe]], watts: int, share: int, rise: int, heat: int, lost: int
) -> None:
    """Loops of any shape balance, agree with plain recursion, and after a loss with a design built without."""
    cdus, manifolds, servers, pipes = plan
    head = f"""
        server wet {{
            peak_power = {watts} W, liquid = {share} %, rise = {rise} K
            i[4] : coolant_in
        }}
        manifold man {{
            i[4]  : coolant_in
            o[60] : coolant_out
        }}
        cdu pump {{
            heat = {heat} kW, flow = 90 L/min, coolant = pg25, rise = 7 K, peak_power = 1 kW, liquid = 50 %
            i[1]  : coolant_in
            o[60] : coolant_out
        }}
        chiller plant {{
            coolant = water, peak_power = 1 kW
            o[60] : coolant_out
        }}
        row w {{
            c[{cdus}] : pump
            m[{manifolds}] : man
            s[{servers}] : wet
            h : plant
    """

    def built(chosen: list[Pipe]) -> Plant:
        lines = [
            f"pipe {a[0]}{f'[{a[1:]}]' if a[1:] else ''}.o[{pipes.index((a, z, k))}] -> {z[0]}[{z[1:]}].i[{k}]"
            for a, z, k in chosen
        ]
        result = compiled_text(head + "\n".join(lines) + "\n}\n")
        assert result.plant is not None, result.diagnostics
        return result.plant

    found = check_balance(built(pipes))
    check_members(found)
    for name, sums in recomputed(found.plant).items():
        device = at(found, name)
        assert (int(found.loops.taken[0, device]), int(found.loops.delivered[device])) == sums

    names = [f"c{c}" for c in range(cdus)] + [f"m{m}" for m in range(manifolds)]
    dead = names[lost % len(names)]

    def works(name: str) -> bool:
        above = [a for a, z, _ in pipes if z == name]
        return name != dead and (not above or any(works(a) for a in above))

    outcome = Failures(found).after(Loss(devices=np.array([at(found, dead)])))
    dry = {found.plant.devices.names[d] for d in outcome.uncooled.tolist()}
    assert dry == {f"s{n}" for n in range(servers) if not works(f"s{n}")}
    without = cooling(built([pipe for pipe in pipes if works(pipe[0])]))
    for strain in outcome.strains:
        if strain.sort in ("heat", "flow"):
            column = without.loops.taken[0] if strain.sort == "heat" else without.loops.delivered
            assert strain.load == int(column[at(without, strain.where)])


@pytest.mark.parametrize("name", ["lab_4x2", "llama3_24k", "superpod_h100", "scale_350k"])
def test_shipped_designs_balance(name: str, compiled: Callable[..., Compilation]) -> None:
    plant = compiled(name).plant
    assert plant is not None
    check_balance(plant)
