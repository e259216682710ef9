"""The calculation of docs/explanation/by-hand.md once more, in plain Python: numbers of the spec, fractions and loops.

Nothing of the product is used here. Every entry of `results()` is a line of the page, by its number there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor, isqrt

Number = Fraction | int

ROWS, RACKS, TRAYS, NICS, SHELVES = 2, 4, 8, 2, 2

TRAY_W, TRAY_TYPICAL_W, LEAF_W, OPTIC_W, CDU_W, CHILLER_W = 2700, 2100, 1500, 9, 2400, 40_000
SHELF_EFFICIENCY, BUSWAY_EFFICIENCY, BOARD_EFFICIENCY = Fraction(975, 1000), Fraction(995, 1000), Fraction(998, 1000)
SHELF_FACTOR, VOLTS, AMPERES = Fraction(99, 100), 415, 32
LIQUID = Fraction(80, 100)

PG25 = 1020 * 3950  # J/(m3 K)
WATER = 997 * 4181
AIR = Fraction(1204, 1000) * 1005
CFM = Fraction("0.3048") ** 3 / 60  # m3/s

BASE_MM, UNIT_MM, TRAY_MM, BAY_MM, ROW_MM, AISLE_MM, SLACK_MM = 87, 48, 2700, 600, 3000, 1800, 1500
TRAY_UNITS = [5 + 3 * tray for tray in range(TRAYS)]
LEAF_UNIT, HEIGHT_UNITS, NETWORK_BAY = 30, 2, 4


def up(value: Number, digits: int) -> Fraction:
    """Rounded up to so many digits."""
    return Fraction(ceil(Fraction(value) * 10**digits), 10**digits)


def root_three(value: Number) -> Fraction:
    """The square root of three times a value, rounded down to the millionth."""
    return Fraction(isqrt(floor(3 * Fraction(value) ** 2 * 10**12)), 10**6)


def middle_mm(unit: int) -> int:
    """Height of the middle of a box of two units above the floor."""
    return BASE_MM + (unit - 1) * UNIT_MM + HEIGHT_UNITS * UNIT_MM // 2


def ways_mm() -> Iterator[tuple[int, int, int, int]]:
    """Row, rack, tray and way of every link from a tray to its leaf switch."""
    for row in range(ROWS):
        for rack in range(RACKS):
            for tray, unit in enumerate(TRAY_UNITS):
                rise = TRAY_MM - middle_mm(unit)
                fall = TRAY_MM - middle_mm(LEAF_UNIT)
                along = BAY_MM * (NETWORK_BAY - rack)
                for _ in range(NICS):
                    yield row, rack, tray, rise + fall + along + SLACK_MM


def cross_mm() -> int:
    """Way between the two leaf switches."""
    fall = TRAY_MM - middle_mm(LEAF_UNIT)
    return 2 * fall + 2 * (BAY_MM * NETWORK_BAY + AISLE_MM) + ROW_MM + SLACK_MM


def fibres() -> Counter[int]:
    """Fibres by the metres that are ordered."""
    found = Counter(ceil(Fraction(way, 1000)) for _, _, _, way in ways_mm())
    found[ceil(Fraction(cross_mm(), 1000))] += 2
    return found


def results() -> dict[str, Fraction]:
    """Every line of the page."""
    out: dict[str, Number] = {}
    # A rack.
    rack = sum(TRAY_W for _ in range(TRAYS))
    shelf_out = Fraction(rack, SHELVES)
    shelf_in = up(shelf_out / SHELF_EFFICIENCY, 3)
    alone_in = up(rack / SHELF_EFFICIENCY, 3)
    loss = SHELVES * (shelf_in - shelf_out)
    out |= {"R1": rack, "R2": shelf_out, "R3": shelf_in, "R4": loss}
    apparent, alone = up(shelf_in / SHELF_FACTOR, 3), up(alone_in / SHELF_FACTOR, 3)
    out |= {"R5": apparent, "R6": apparent / root_three(VOLTS)}
    out |= {"R7": alone_in, "R8": alone, "R9": alone / root_three(VOLTS)}
    out |= {"R10": root_three(VOLTS * AMPERES), "R11": root_three(VOLTS * AMPERES * Fraction(4, 5))}
    out |= {"R12": SHELVES * 27_500, "R13": SHELVES * 27_500 - rack}
    wet = TRAYS * floor(TRAY_W * LIQUID * 1000) // 1000
    tray_wet, tray_dry = TRAY_W * LIQUID, TRAY_W * (1 - LIQUID)
    dry = TRAYS * tray_dry + loss
    out |= {"R14": wet, "R15": dry}
    tray_flow = up(tray_wet / (PG25 * 10) * 60_000, 3)
    rack_flow = TRAYS * tray_flow
    out |= {"R16": tray_flow, "R17": rack_flow, "R18": rack_flow / 2}
    pressure = 60_000 + ceil(15_000 * (rack_flow / 40) ** 2)
    out |= {"R19": pressure}
    tray_air = up(tray_dry / (AIR * 12) / CFM, 3)
    shelf_air = up((shelf_in - shelf_out) / (AIR * 12) / CFM, 3)
    out |= {"R20": tray_air, "R21": shelf_air, "R22": TRAYS * tray_air + SHELVES * shelf_air}
    weight = 140 + TRAYS * Fraction("41.5") + SHELVES * 19 + Fraction("27.5")
    out |= {"R23": weight, "R24": weight * Fraction("0.6") ** 2 / (Fraction("0.6") * Fraction("1.2"))}
    used = TRAYS * HEIGHT_UNITS + SHELVES
    out |= {"R25": used, "R26": 44 - used}
    # A row.
    leaf = LEAF_W + OPTIC_W * (RACKS * TRAYS * NICS + 2)
    leaf_in = up(Fraction(leaf, SHELVES) / SHELF_EFFICIENCY, 3)
    row = RACKS * rack + leaf + 2 * CDU_W
    busway_out = RACKS * shelf_in + leaf_in + CDU_W
    busway_in = up(busway_out / BUSWAY_EFFICIENCY, 3)
    out |= {"W1": leaf, "W2": leaf_in, "W3": row, "W4": busway_out, "W5": busway_in}
    row_loss = RACKS * loss + SHELVES * leaf_in - leaf + 2 * (busway_in - busway_out)
    out |= {"W6": row_loss}
    cdu_heat = Fraction(RACKS * wet, 2)
    cdu_flow = RACKS * rack_flow / 2
    out |= {"W7": cdu_heat, "W8": cdu_flow, "W9": RACKS * wet, "W10": RACKS * rack_flow}
    water = up(cdu_heat / (WATER * 8) * 60_000, 3)
    row_dry = RACKS * dry + leaf + (SHELVES * leaf_in - leaf) + 2 * CDU_W + 2 * (busway_in - busway_out)
    out |= {"W11": water, "W12": row_dry}
    out |= {"W13": Fraction(middle_mm(TRAY_UNITS[0]), 1000), "W14": Fraction(middle_mm(LEAF_UNIT), 1000)}
    near = next(way for row_, rack_, tray, way in ways_mm() if (rack_, tray) == (0, 0))
    far = next(way for row_, rack_, tray, way in ways_mm() if (rack_, tray) == (3, 7))
    out |= {"W15": Fraction(near, 1000), "W16": Fraction(far, 1000)}
    # The hall.
    hall = ROWS * row + CHILLER_W
    board_out = 2 * ROWS * busway_in + CHILLER_W
    board_in = up(board_out / BOARD_EFFICIENCY, 3)
    out |= {"H1": hall, "H2": board_out, "H3": board_in, "H4": board_in - hall, "H5": 300_000 - board_in}
    out |= {"H6": ROWS * RACKS * wet, "H7": 2 * ROWS * water}
    out |= {"H8": ROWS * row_dry + board_in - board_out, "H9": Fraction(cross_mm(), 1000)}
    links = sum(1 for _ in ways_mm()) + 2
    out |= {"H10": links, "H11": 2 * links}
    frame_row = RACKS * weight + 140 + 22 + 2 * 19 + 2 * 640 + 2 * 96
    out |= {"H12": ROWS * frame_row + 900 + 3500}
    return {key: Fraction(value) for key, value in out.items()}
