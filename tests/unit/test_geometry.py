"""Cable lengths, worked out by hand.

The plan: rows 3 m apart, racks 600 mm apart, tray 2.8 m above the floor, cross-aisle 1.2 m beside bay 0,
slack 1 m. Racks count RU from 100 mm above the floor. A 1 RU box in unit 1 has its ports at
100 + 44.45 / 2 = 122.225 mm, one in unit 42 at 122.225 + 41 * 44.45 = 1944.675 mm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from math import prod

import numpy as np
import pytest

from rackwright.compiler.design import AnyAttributes, Design, Dim, Element
from rackwright.compiler.expand.geometry import (
    UNKNOWN,
    floor_of,
    link_lengths,
    micrometres,
    rack_positions,
    sold_length,
)
from rackwright.compiler.plant import DeviceClass, Devices, Racks
from rackwright.compiler.schema import (
    CableAttributes,
    Floor,
    HallAttributes,
    OpticAttributes,
    RackAttributes,
    SwitchAttributes,
)
from rackwright.dsl.source import Span
from rackwright.dsl.units import parse_quantity as q

RU = 44_450
SLACK = 1_000_000
UP = 2_800_000 - 122_225
"""From a box in unit 1 up to the tray."""

FLOOR = Floor(row_pitch=q("3 m"), bay_pitch=q("600 mm"), tray=q("2.8 m"), cross_aisle=q("1.2 m"), slack=q("1 m"))


def element(index: int, name: str, kind: str, attributes: AnyAttributes, dim: Dim | None = None) -> Element:
    """A member of the element before it."""
    return Element(
        index=index,
        parent=index - 1 if index else None,
        name=name,
        kind=kind,
        role="part" if kind == "switch" else "assembly",
        definition=name,
        dims=(dim,) if dim else (),
        attributes=attributes,
        origin=Span("test.rack", 0, 0),
    )


@dataclass(frozen=True)
class Hall:
    """A hall of pods of racks of boxes, the boxes of each rack in the units told (0: no position)."""

    design: Design
    classes: tuple[DeviceClass, ...]
    devices: Devices
    racks: Racks

    def placed(self, *places: tuple[int, int]) -> Hall:
        """The same hall with its racks at these rows and bays."""
        row, bay = (np.array(column, dtype=np.int64) for column in zip(*places, strict=True))
        x, y = rack_positions(FLOOR, row, bay)
        return replace(self, racks=replace(self.racks, row=row, bay=bay, x_um=x, y_um=y))

    def length(self, a: int, z: int) -> int:
        """The length between two devices, which must be the same both ways."""
        ends = np.array([a, z])
        found = link_lengths(self.design, self.classes, self.devices, self.racks, ends, ends[::-1])
        assert found[0] == found[1]
        return int(found[0])


def hall(
    units: tuple[int, ...] = (1, 42),
    pods: int = 1,
    racks: int = 2,
    hall_floor: Floor | None = FLOOR,
    pod_floor: Floor | None = None,
    rack: RackAttributes | None = None,
    box: SwitchAttributes | None = None,
) -> Hall:
    shape, capacity = (pods, racks, len(units)), (pods + 1, racks + 2, len(units))
    dims = [Dim(size=size, capacity=most) for size, most in zip(shape, capacity, strict=True)]
    rack = rack or RackAttributes(unit="RU", base=q("100 mm"))
    box = box or SwitchAttributes(height=q("1 RU"))
    elements = (
        element(0, "hall", "hall", HallAttributes(floor=hall_floor)),
        element(1, "pod", "group", HallAttributes(floor=pod_floor), dims[0]),
        element(2, "rack", "rack", rack, dims[1]),
        element(3, "box", "switch", box, dims[2]),
    )
    grid = np.array(list(product(*(range(size) for size in shape))), dtype=np.int64)
    pod, number, place = grid.T
    unit = np.array(units)[place]
    devices = Devices(
        names=[f"pod{p}-rack{r}-box{b}" for p, r, b in grid.tolist()],
        cls=np.zeros(len(grid), dtype=np.int64),
        rank=(pod * capacity[1] + number) * capacity[2] + place,
        rack=pod * racks + number,
        bottom_um=np.where(unit > 0, (unit - 1) * RU, UNKNOWN),
    )
    nowhere = np.full(pods * racks, UNKNOWN, dtype=np.int64)
    names = [f"pod{p}-rack{r}" for p, r in product(range(pods), range(racks))]
    return Hall(
        Design(name="hall", compiler="0", digest="", elements=elements),
        (DeviceClass(0, 3, 0, prod(shape), shape, capacity, {}),),
        devices,
        Racks(names, np.full(pods * racks, 2, dtype=np.int64), nowhere, nowhere, nowhere, nowhere),
    )


def test_within_a_rack_it_is_the_difference_of_heights_and_slack() -> None:
    assert hall().length(0, 1) == 41 * RU + SLACK


def test_a_rack_needs_no_place_to_measure_inside_it() -> None:
    assert hall().length(2, 3) == hall().placed((0, 0), (0, 1)).length(2, 3) == 41 * RU + SLACK


def test_along_a_row() -> None:
    # Bays 0 and 3: up, 1.8 m along the tray, down.
    assert hall(units=(1,)).placed((0, 0), (0, 3)).length(0, 1) == 2 * UP + 1_800_000 + SLACK == 8_155_550


def test_across_rows_the_cable_goes_round_by_the_cross_aisle() -> None:
    # Row 0 bay 1 to row 2 bay 3: (0.6 + 1.2) + 6 + (1.2 + 1.8) metres of tray.
    assert hall(units=(1,)).placed((0, 1), (2, 3)).length(0, 1) == 2 * UP + 10_800_000 + SLACK == 17_155_550


def test_each_end_counts_its_own_height() -> None:
    # Unit 42 is 41 units nearer to the tray than unit 1.
    assert hall().placed((0, 0), (0, 3)).length(0, 3) == 8_155_550 - 41 * RU


def test_a_tray_below_the_racks_is_reached_downward() -> None:
    low = FLOOR.model_copy(update={"tray": q("0 m")})
    assert hall((1,), hall_floor=low).placed((0, 0), (0, 3)).length(0, 1) == 2 * 122_225 + 1_800_000 + SLACK


def test_a_rack_without_base_counts_from_unit_1() -> None:
    bare = hall((1,), rack=RackAttributes(unit="RU")).placed((0, 0), (0, 3))
    assert bare.length(0, 1) == 8_155_550 + 2 * 100_000


def test_nothing_is_measured_without_a_floor_plan() -> None:
    bare = hall(hall_floor=None).placed((0, 0), (0, 1))
    assert bare.length(0, 1) == bare.length(0, 2) == UNKNOWN


def test_a_rack_that_stands_nowhere_is_measured_inside_only() -> None:
    half = hall().placed((0, 0), (-1, -1))
    assert half.length(0, 2) == UNKNOWN
    assert half.length(2, 3) == 41 * RU + SLACK


def test_a_box_without_position_or_height_has_no_lengths() -> None:
    assert hall((1, 0)).placed((0, 0), (0, 1)).length(0, 1) == UNKNOWN
    assert hall((1, 0)).placed((0, 0), (0, 1)).length(1, 3) == UNKNOWN
    assert hall(box=SwitchAttributes()).length(0, 1) == UNKNOWN


def test_a_box_outside_any_rack_has_no_lengths() -> None:
    free = hall().placed((0, 0), (0, 1))
    free = replace(free, devices=replace(free.devices, rack=np.array([0, -1, 1, 1])))
    assert [free.length(0, 1), free.length(1, 2), free.length(1, 1)] == [UNKNOWN] * 3


def test_pods_with_plans_of_their_own_are_not_measured_against_each_other() -> None:
    # Devices 0 and 1 are in pod 0, 2 and 3 in pod 1.
    pods = hall((1,), pods=2, pod_floor=FLOOR).placed((0, 0), (0, 3), (0, 0), (0, 3))
    assert pods.length(0, 1) == pods.length(2, 3) == 8_155_550
    assert pods.length(0, 3) == pods.length(1, 2) == UNKNOWN


def test_pods_under_one_plan_are() -> None:
    pods = hall((1,), pods=2).placed((0, 0), (0, 1), (0, 2), (0, 3))
    assert pods.length(0, 3) == 8_155_550


def test_the_nearest_plan_counts() -> None:
    long = FLOOR.model_copy(update={"slack": q("5 m")})
    assert hall(pod_floor=long).length(0, 1) == 41 * RU + 5_000_000
    assert floor_of(hall(pod_floor=long).design, 3) == long
    assert floor_of(hall(pod_floor=long).design, 0) == FLOOR
    assert floor_of(hall(hall_floor=None).design, 3) is None


def test_no_links_no_lengths() -> None:
    none = np.zeros(0, dtype=np.int64)
    one = hall()
    assert link_lengths(one.design, one.classes, one.devices, one.racks, none, none).tolist() == []


def test_positions_follow_from_row_and_bay_alone() -> None:
    x, y = rack_positions(FLOOR, np.array([0, 2, -1, 3]), np.array([5, 1, 4, -1]))
    assert x.tolist() == [3_000_000, 600_000, UNKNOWN, UNKNOWN]
    assert y.tolist() == [0, 6_000_000, UNKNOWN, UNKNOWN]


def test_figures_are_rounded_up_to_whole_micrometres() -> None:
    assert micrometres(q("1/3 m")) == 333_334
    assert micrometres(q("1 RU")) == RU


def cable(reach: str, *lengths: str) -> CableAttributes:
    return CableAttributes(
        speed=q("400 Gbps"), ends=["osfp"], medium="dac", reach=q(reach), lengths=[q(text) for text in lengths]
    )


OPTIC = OpticAttributes(
    form="osfp", speed=q("400 Gbps"), media="dr4_400g", connector="mpo12_apc", fibers=8, fiber="smf", reach=q("500 m")
)


@pytest.mark.parametrize(
    ("media", "needed", "sold"),
    [
        # The lengths of a cable, in whatever order they are listed.
        (cable("3 m", "3 m", "1 m", "2.5 m"), 1_000_000, 1_000_000),
        (cable("3 m", "3 m", "1 m", "2.5 m"), 1_000_001, 2_500_000),
        (cable("3 m", "3 m", "1 m", "2.5 m"), 3_000_001, UNKNOWN),
        # Any length: whole metres, up to the reach.
        (cable("2.5 m"), 1_200_000, 2_000_000),
        (cable("2.5 m"), 2_400_000, 2_500_000),
        (cable("2.5 m"), 2_600_000, UNKNOWN),
        (OPTIC, 17_155_550, 18_000_000),
        (OPTIC, 18_000_000, 18_000_000),
        # Nothing is bought for a length that nobody knows.
        (cable("3 m", "1 m"), UNKNOWN, UNKNOWN),
        (cable("3 m"), UNKNOWN, UNKNOWN),
        (OPTIC, UNKNOWN, UNKNOWN),
    ],
)
def test_what_is_bought(media: CableAttributes | OpticAttributes, needed: int, sold: int) -> None:
    found = sold_length(np.array([needed]), media)
    assert found.tolist() == [sold]
    assert found.dtype == np.int64
