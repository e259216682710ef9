"""What remains when feeders fail."""

from __future__ import annotations

import pytest
from unit.power_specs import Spec, element, plant_of

from rackwright.compiler.plant import Plant
from rackwright.compiler.power.loads import loads
from rackwright.compiler.views.power_tree import Failure, TooManyCases, feed_graph, redundancy, survives

BUSBAR = """
rack r { busbar_limit = 30 kW; shelf[3] : psu; box[BOXES] : box
    feed shelf[*] -> box[b].inlet[0] }
row w { r[2] : r }
"""

TWO_PATHS = """
rack r { a : pdu; b : pdu; box[2] : box
    feed a.out[n] -> box[n].inlet[0]
    feed b.out[n] -> box[n].inlet[1] }
row w { left : bar; right : bar; r[3] : r
    feed left.tap[i]  -> r[i].a
    feed right.tap[i] -> r[i].b }
"""


def lost(plant: Plant, target: str, *lose: str, count: int = 1) -> Failure | None:
    chosen = tuple(element(plant, path) for path in lose)
    return survives(plant, loads(plant), element(plant, target) if target else 0, chosen, count)


def test_a_pool_survives_while_the_rest_carries_the_load(spec: Spec) -> None:
    # Five boxes of 4 kW on three shelves of 10 kW: two shelves just carry them.
    plant = plant_of(spec, BUSBAR.replace("BOXES", "5"))
    assert lost(plant, "r", "r.shelf") is None
    failure = lost(plant, "r", "r.shelf", count=2)
    assert failure is not None
    assert failure.overload is not None
    assert (failure.instance, failure.overload.load, failure.overload.limit) == (0, 20_000_000, 10_000_000)
    assert failure.lost == ("r0-shelf0", "r0-shelf1")
    everything = lost(plant, "r", "r.shelf", count=3)
    assert everything is not None and plant.devices.names[everything.device] == "r0-box0"
    assert everything.overload is None


def test_two_ways_of_feeding_survive_one_of_them(spec: Spec) -> None:
    plant = plant_of(spec, TWO_PATHS)
    feeders = dict(zip(plant.devices.names, redundancy(plant).tolist(), strict=True))
    assert (feeders["r0-box0"], feeders["r0-a"], feeders["left"]) == (2, 1, 0)
    assert lost(plant, "r", "r.a", "r.b") is None
    assert lost(plant, "r", "left", "right") is None
    failure = lost(plant, "r", "left", "right", count=2)
    assert failure is not None and failure.overload is None


def test_a_busway_that_cannot_carry_both_sides_fails(spec: Spec) -> None:
    # Six boxes of 4 kW, behind thirds: 72 kW in all; a busway of 60 kW carries half of it and not all.
    plant = plant_of(spec, TWO_PATHS.replace("bar;", "small;", 2) + "busway small is bar { supply = 60 kW }")
    assert lost(plant, "", "left", "right") is not None
    assert lost(plant, "r", "r.a", "r.b") is not None


def test_too_many_ways_to_fail_are_refused(spec: Spec) -> None:
    plant = plant_of(spec, BUSBAR.replace("shelf[3]", "shelf[24]").replace("BOXES", "1"))
    with pytest.raises(TooManyCases):
        lost(plant, "r", "r.shelf", count=12)


def test_the_feed_graph(spec: Spec) -> None:
    plant = plant_of(spec, TWO_PATHS)
    graph = feed_graph(plant)
    name = {c.index: plant.element_of(c).name for c in plant.classes}
    assert sorted((name[a], name[z], d["count"]) for a, z, d in graph.edges(data=True)) == [
        ("a", "box", 6),
        ("b", "box", 6),
        ("left", "a", 3),
        ("right", "b", 3),
    ]
