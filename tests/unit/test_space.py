"""Elevations, floor plans and weights: figures worked out by hand, and again by plain loops."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from fractions import Fraction
from math import ceil
from xml.etree import ElementTree

import numpy as np
import pytest

from rackwright.backends.space import Space
from rackwright.compiler.backend import Request
from rackwright.compiler.expand.geometry import rack_positions
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema import Floor, PartAttributes, RackAttributes
from rackwright.compiler.space import AISLES, UNKNOWN, elevations, floor_plan, weights
from rackwright.dsl.units import parse_quantity as q

Spec = Callable[..., Compilation]

PARTS = """
server box { peak_power = 400 W, height = 2 RU, weight = 30 kg, depth = 800 mm, width = 440 mm }
switch tor { peak_power = 300 W, height = 1 RU, depth = 400 mm, weight = 10.5 kg }
part strip { weight = 4 kg }
shelf psu { supply = 15 kW, height = 1 OU, weight = 88 lb }

rack r {
    unit = RU, height = 42 RU, base = 100 mm, outer_height = 2 m
    width = 600 mm, depth = 1200 mm, inner_depth = 1000 mm, inner_width = 450 mm
    weight = 120 kg, payload = 1000 kg
    zones = [[network, 40 RU, 42 RU], [free, 1 RU, 2 RU]]

    b[4]     : box at 3 RU + 2 RU * b
    t        : tor at 42 RU
    strip[2] : strip
}

rack open {
    unit = OU, height = 39.5 OU, width = 700 mm, depth = 1000 mm
    psu[2] : psu at 1 OU, 3 OU
}
"""

HALL = """
hall h {
    floor {
        row_pitch = 3 m, hot_pitch = 2.4 m, bay_pitch = 600 mm, tray = 2.8 m, cross_aisle = 1.2 m, slack = 1 m
        length = 12 m, width = 14 m, x = 2 m, y = 2 m
        keep_out = [[0 m, 0 m, 500 mm, 500 mm]], tile = 600 mm, tile_rating = 900 kg
    }
    k[18] : r
    o     : open

    place k[i] at row i div 6, bay i mod 6
    place o    at row 3, bay 2
}

building dc { h[2] : h }
"""


def plant_of(result: Compilation) -> Plant:
    assert result.plant is not None, result.diagnostics
    return result.plant


def codes(result: Compilation) -> list[str]:
    return [d.code for d in result.diagnostics if d.code not in ("RW0006", "RW2016")]


@pytest.fixture
def plant(spec: Spec) -> Plant:
    return plant_of(spec(PARTS + HALL))


def files(plant: Plant) -> dict[str, bytes]:
    made = Space().render(plant.design, plant, Request())
    return {artifact.path.removeprefix("space/"): artifact.data for artifact in made}


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


# --- rows of racks ---


@pytest.mark.parametrize("hot", [None, "2.4 m", "0 m"])
def test_rows_stand_in_pairs(hot: str | None) -> None:
    floor = Floor(
        row_pitch=q("3 m"),
        bay_pitch=q("600 mm"),
        tray=q("2.8 m"),
        cross_aisle=q("1 m"),
        slack=q("1 m"),
        hot_pitch=None if hot is None else q(hot),
    )
    row = np.array([0, 1, 2, 3, 4, 5, 6, 1001, -1], dtype=np.int64)
    bay = np.array([0, 1, 2, 3, 4, 5, 6, 7, 3], dtype=np.int64)
    x, y = rack_positions(floor, row, bay)
    for i, (r, b) in enumerate(zip(row.tolist(), bay.tolist(), strict=True)):
        if r < 0:
            assert (x[i], y[i]) == (UNKNOWN, UNKNOWN)
            continue
        at = 0
        for below in range(r):  # from one row to the next, step by step
            at += 3_000_000 if hot is None or below % 2 else int(q(hot).to("mm")) * 1000
        assert (x[i], y[i]) == (600_000 * b, at)


# --- elevations ---


def test_units_of_a_rack(plant: Plant) -> None:
    found = elevations(plant)
    k, o = found.racks.values()
    # Four boxes in units 3 to 10 and a switch in 42; units 1, 2, 40 and 41 are kept.
    assert (k.units, k.used, k.kept, k.free, k.vague, k.count) == (42, 9, 4, 29, 0, 36)
    # Half a unit at the top is no unit.
    assert (o.units, o.used, o.kept, o.free) == (39, 2, 0, 37)
    assert (k.inner_width, k.inner_depth, o.inner_width, o.inner_depth) == (450_000, 1_000_000, 700_000, 1_000_000)


def test_elevations_against_plain_loops(plant: Plant) -> None:
    found = elevations(plant)
    wanted = []
    for device, name in enumerate(plant.devices.names):
        rack = int(plant.devices.rack[device])
        if rack < 0:
            continue
        part = plant.element_of(plant.class_of(device)).attributes
        frame = plant.design.elements[int(plant.racks.element[rack])].attributes
        assert isinstance(part, PartAttributes) and isinstance(frame, RackAttributes)
        bottom = int(plant.devices.bottom_um[device])
        inside = frame.inner_depth or frame.depth
        front = part.depth is not None and inside is not None and part.depth.to("m") * 2 < inside.to("m")
        wanted.append((rack, bottom < 0, bottom, device, name, front))
    wanted.sort()
    assert [w[3] for w in wanted] == found.device.tolist()
    assert [w[0] for w in wanted] == found.rack.tolist()
    assert [w[2] for w in wanted] == found.bottom.tolist()
    assert [w[5] for w in wanted] == found.front_only.tolist()
    assert found.front_only.sum() == 36  # the switches: 400 mm in 1000 mm
    for rack in range(len(plant.racks)):
        assert [w[3] for w in wanted if w[0] == rack] == found.device[
            found.start[rack] : found.start[rack + 1]
        ].tolist()


def test_a_rack_without_units(spec: Spec) -> None:
    plant = plant_of(spec(PARTS + "rack bare { b : box at 3 RU }\nrow w { k[2] : bare }"))
    (bare,) = elevations(plant).racks.values()
    assert (bare.units, bare.used, bare.kept, bare.free, bare.unit) == (-1, -1, -1, -1, None)


def test_what_touches_a_unit_in_part_uses_it(spec: Spec) -> None:
    body = "rack m { unit = OU, height = 10 OU\n a : box at 1 OU\n b : box at 200 mm }\nrow w { k : m }"
    (rack,) = elevations(plant_of(spec(PARTS + body))).racks.values()
    # 88.9 mm from 0 touch units 1 and 2 of 48 mm; from 200 to 288.9 mm units 5, 6 and 7.
    assert (rack.used, rack.free) == (5, 5)


# --- floor plans ---


def test_racks_in_the_coordinates_of_the_hall(plant: Plant) -> None:
    plan = floor_plan(plant)
    assert plan.halls.names == ["h0", "h1"]
    y = {0: 2_000_000, 1: 4_400_000, 2: 7_400_000, 3: 9_800_000}
    for rack, name in enumerate(plant.racks.names):
        row, bay = int(plant.racks.row[rack]), int(plant.racks.bay[rack])
        assert plan.halls.names[int(plan.hall[rack])] == name.partition("-")[0]
        assert (plan.x[rack], plan.y[rack]) == (2_000_000 + 600_000 * bay, y[row])
        assert plan.facing[rack] == (1 if row % 2 else -1)
        wide, deep = (700_000, 1_000_000) if name.endswith("o") else (600_000, 1_200_000)
        assert plan.x1[rack] - plan.x0[rack] == wide and plan.y1[rack] - plan.y0[rack] == deep
        assert plan.x0[rack] + plan.x1[rack] == 2 * plan.x[rack]
        assert plan.y0[rack] + plan.y1[rack] == 2 * plan.y[rack]


def test_aisles(plant: Plant) -> None:
    aisles = floor_plan(plant).aisles
    first = [i for i in range(len(aisles)) if aisles.hall[i] == 0]
    found = [
        (AISLES[int(aisles.kind[i])], int(aisles.below[i]), int(aisles.above[i]), int(aisles.y0[i]), int(aisles.y1[i]))
        for i in first
    ]
    # Racks are 1.2 m deep about the middles of the rows; the one in row 3 is 1 m deep.
    assert found == [
        ("cold", -1, 0, 0, 1_400_000),
        ("hot", 0, 1, 2_600_000, 3_800_000),
        ("cold", 1, 2, 5_000_000, 6_800_000),
        ("hot", 2, 3, 8_000_000, 9_300_000),
        ("cold", 3, -1, 10_300_000, 14_000_000),
    ]
    assert aisles.x0[first].tolist() == [1_700_000] * 4 + [2_850_000]


def test_rows_that_all_face_one_way_mix_their_air(spec: Spec) -> None:
    hall = HALL.replace("hot_pitch = 2.4 m, ", "")
    plan = floor_plan(plant_of(spec(PARTS + hall)))
    kinds = [AISLES[int(kind)] for kind, hall in zip(plan.aisles.kind, plan.aisles.hall, strict=True) if hall == 0]
    assert kinds == ["cold", "mixed", "mixed", "mixed", "hot"]
    assert set(plan.facing.tolist()) == {-1}


def test_halls_are_told_where_the_building_places_them(spec: Spec) -> None:
    outer = """building dc {
        floor { row_pitch = 30 m, bay_pitch = 20 m, tray = 4 m, cross_aisle = 1 m, slack = 2 m }
        h[3 of 9] : h
        place h[i] at row i div 2, bay i mod 2 where i > 0
    }"""
    plan = floor_plan(plant_of(spec(PARTS + HALL.partition("building")[0] + outer)))
    assert plan.halls.x.tolist() == [-1, 20_000_000, 0]
    assert plan.halls.y.tolist() == [-1, 0, 30_000_000]


def test_racks_without_a_floor_plan(spec: Spec) -> None:
    plan = floor_plan(plant_of(spec(PARTS + "row w { k[2] : r }")))
    assert plan.halls.names == ["w"] and plan.rooms[0].floor is None
    assert plan.x.tolist() == [-1, -1] and not plan.drawn.any() and not len(plan.aisles)


# --- weights ---


def test_weights_against_plain_loops(plant: Plant) -> None:
    plan = floor_plan(plant)
    found = weights(plant, plan)
    halls = [0, 0]
    for rack in range(len(plant.racks)):
        frame = plant.design.elements[int(plant.racks.element[rack])].attributes
        assert isinstance(frame, RackAttributes)
        total = frame.weight.to("g") if frame.weight else Fraction(0)
        missing = 0 if frame.weight else 1
        for device in range(len(plant.devices)):
            if plant.devices.rack[device] == rack:
                part = plant.element_of(plant.class_of(device)).attributes
                assert isinstance(part, PartAttributes)
                total += part.weight.to("g") if part.weight else 0
                missing += part.weight is None
        assert (found.total[rack], found.unknown[rack]) == (ceil(total), missing)
        assert frame.width is not None and frame.depth is not None
        tiles = frame.width.to("mm") * frame.depth.to("mm") / (600 * 600)
        assert found.per_tile[rack] == ceil(ceil(total) / tiles)
        halls[int(plan.hall[rack])] += ceil(total)
    assert found.hall_total.tolist() == halls
    # 120 + 4 * 30 + 10.5 + 2 * 4 kg on two tiles; 2 * 88 lb.
    assert set(found.total.tolist()) == {258_500, ceil(Fraction("0.45359237") * 176_000)}
    assert set(found.per_tile.tolist()) == {129_250, 41_057}
    assert found.hall_unknown.tolist() == [1, 1]


def test_requirements(spec: Spec) -> None:
    good = "require free_units(r) == 29 and floor_load(r) == 129.25 kg and free_units(dc) == 29\n"
    assert codes(spec(PARTS + HALL + good)) == ["RW6016"]
    assert codes(spec(PARTS + HALL + "require free_units(r) > 29")) == ["RW6016", "RW7101"]
    # The open rack states no weight of its own, and boxes are no racks.
    for asked in ("floor_load(dc) < 1 t", "floor_load(box) < 1 t", "free_units(strip) > 1"):
        assert codes(spec(PARTS + HALL + f"require {asked}")) == ["RW6016", "RW7102"], asked


@pytest.mark.parametrize(
    ("rack", "why"),
    [
        ("unit = OU, height = 9 OU\n a : box", "not both position and height are told of what stands in q (1)"),
        ("height = 9 OU\n a : box at 1 OU", "q does not state both `unit` and `height`"),
    ],
)
def test_free_units_that_are_not_known(spec: Spec, rack: str, why: str) -> None:
    result = spec(PARTS + f"rack q {{ {rack} }}\nrow w {{ q : q }}\nrequire free_units(q) > 1")
    (found,) = (d for d in result.diagnostics if d.code == "RW7102")
    assert why in found.detail


# --- the files ---


def test_tables_tell_what_the_plant_holds(plant: Plant) -> None:
    made = files(plant)
    found, plan = elevations(plant), floor_plan(plant)
    weighed = weights(plant, plan)
    table = rows(made["elevations.csv"])
    assert [row["device"] for row in table] == [plant.devices.names[d] for d in found.device.tolist()]
    assert [row["rack"] for row in table] == [plant.racks.names[r] for r in found.rack.tolist()]
    box, tor, strip = (next(row for row in table if row["definition"] == name) for name in ("box", "tor", "strip"))
    assert (box["unit"], box["units"], box["unit_type"], box["bottom_mm"]) == ("3", "2", "RU", "88.9")
    assert (box["side"], tor["side"], tor["unit"]) == ("front and rear", "front", "42")
    assert (strip["unit"], strip["bottom_mm"], strip["weight_kg"], strip["height_mm"]) == ("", "", "4", "")
    table = rows(made["racks.csv"])
    assert [row["rack"] for row in table] == plant.racks.names
    assert [float(row["weight_kg"]) * 1000 for row in table] == weighed.total.tolist()
    assert [Fraction(row["x_m"]) * 10**6 for row in table] == plan.x.tolist()
    assert [Fraction(row["y_m"]) * 10**6 for row in table] == plan.y.tolist()
    assert (table[0]["hall"], table[0]["front_faces"], table[0]["from"]) == ("h0", "y-", "corner of the hall")
    assert (table[0]["units_used"], table[0]["units_kept"], table[0]["units_free"]) == ("9", "4", "29")
    assert (table[0]["devices"], table[0]["devices_without_position"]) == ("7", "2")
    assert sum(int(row["devices"]) for row in table) == len(found.device)


def test_the_floor_as_json(plant: Plant) -> None:
    (room,) = json.loads(files(plant)["floor.json"])["rooms"]
    assert (room["length_mm"], room["width_mm"], room["tile_mm"]) == (12000, 14000, 600)
    assert room["keep_out"] == [{"x_mm": [0, 500], "y_mm": [0, 500]}]
    hall = room["halls"][1]
    assert (hall["name"], hall["plan"], hall["racks"]) == ("h1", "space/floor_plan.svg", 19)
    assert [(a["kind"], a["width_mm"]) for a in hall["aisles"]][:3] == [("cold", 1400), ("hot", 1200), ("cold", 1800)]
    assert [r["front_faces"] for r in hall["rows"]] == ["y-", "y+", "y-", "y+"]
    assert hall["rack_weight_kg"] == 18 * 258.5 + 79.833


def test_halls_that_differ_have_plans_of_their_own(spec: Spec) -> None:
    # Seen from the building, the same rows in one hall and other ones in the next.
    body = HALL.replace("    place k[i] at row i div 6, bay i mod 6\n", "").replace(
        "building dc { h[2] : h }",
        "building dc { h[3] : h\n place h[n].k[i] at row i div 6, bay i mod 6 + n div 2 }",
    )
    made = files(plant_of(spec(PARTS + body)))
    assert {name for name in made if name.startswith("floor_plan")} == {"floor_plan-h0.svg", "floor_plan-h2.svg"}
    (room,) = json.loads(made["floor.json"])["rooms"]
    assert [hall["plan"][-6:] for hall in room["halls"]] == ["h0.svg", "h0.svg", "h2.svg"]


def test_drawings_show_every_rack_and_device(plant: Plant) -> None:
    made = files(plant)
    plan = made["floor_plan.svg"].decode()
    shapes = [e for e in ElementTree.fromstring(plan).iter() if e.tag.endswith("use") and "id" not in e.attrib]
    assert len(shapes) == 19
    assert all(f">{name}<" in plan for name in plant.racks.names if name.startswith("h0-"))
    rack = made["elevation-h.k.svg"].decode()
    assert ElementTree.fromstring(rack).attrib["width"] == "297mm"
    assert all(f">{name}" in rack for name in ("b[0]  box", "b[3]  box", "t  tor"))
    assert "without a position, so not drawn: 2" in rack
    assert "42 RU: 9 used, 4 kept, 29 free" in rack


def test_a_drawing_is_at_its_scale(plant: Plant) -> None:
    root = ElementTree.fromstring(files(plant)["floor_plan.svg"].decode())
    words = "".join(e.text or "" for e in root.iter() if e.tag.endswith("text"))
    assert "scale 1 : 50 on A3" in words
    frame = next(e for e in root.iter() if e.attrib.get("stroke-width") == "0.6" and e.tag.endswith("rect"))
    assert (frame.attrib["width"], frame.attrib["height"]) == ("240", "280")  # 12 m x 14 m at 1 : 50


def test_free_text_is_no_markup(spec: Spec) -> None:
    body = 'rack q { unit = OU, height = 9 OU, model = "=<b>&"\n a : box at 1 OU { model = "=1+1" } }\nrow w { q : q }'
    made = files(plant_of(spec(PARTS + body)))
    for name, data in made.items():
        if name.endswith(".svg"):
            ElementTree.fromstring(data.decode())
    assert "'=1+1" in made["elevations.csv"].decode()


def test_a_plant_without_racks_has_no_space(spec: Spec) -> None:
    assert files(plant_of(spec(PARTS + "row w { b : box }"))) == {}


def test_nothing_is_drawn_twice(plant: Plant) -> None:
    made = Space().render(plant.design, plant, Request(shard=1, shards=2))
    assert list(made) == []
    again = files(plant)
    assert again == files(plant)
