"""One rack of a shipped design, calculated from the numbers in the catalog's files by plain loops.

The files are read as text, not as specs, so that nothing of the compiler takes part in what is expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import ceil, floor
from pathlib import Path

from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.trace import Books, Instances, explain, subject_of

CATALOG = Path(__file__).parents[2] / "specs" / "catalog"

UNITS = {"W": Fraction(1), "kW": Fraction(1000), "kg": Fraction(1), "K": Fraction(1), "%": Fraction(1, 100)}

PG25 = 1020 * 3950
AIR = Fraction("1.204") * 1005  # at the sea
CFM = Fraction("0.3048") ** 3 / 60


@cache
def body(file: str, definition: str) -> str:
    """The text of one definition."""
    text = (CATALOG / file).read_text("utf-8")
    match = re.search(rf"^\w+ {definition}\b.*?^\}}", text, re.M | re.S)
    assert match is not None, definition
    return match[0]


def number(file: str, definition: str, attribute: str) -> Fraction:
    """A figure in its base unit."""
    said = rf"^\s+{attribute}\s*= (?:(\d+) \* )?([\d.]+) ?([A-Za-z%]*)(?: assumed)?$"
    match = re.search(said, body(file, definition), re.M)
    assert match is not None, (definition, attribute)
    return Fraction(match[1] or 1) * Fraction(match[2]) * UNITS[match[3]]


def efficiency(file: str, definition: str, output: Fraction) -> Fraction:
    """That of a curve at an output, between its points rounded down to a millionth."""
    match = re.search(r"curve\s*= \[(.*?)\](?: assumed)?$", body(file, definition), re.M)
    assert match is not None
    points = [(Fraction(a) / 100, Fraction(b) / 100) for a, b in re.findall(r"\[([\d.]+) %, ([\d.]+) %\]", match[1])]
    load = output / number(file, definition, "installed")
    if load <= points[0][0]:
        return points[0][1]
    for (low, first), (high, second) in pairwise(points):
        if load <= high:
            return Fraction(floor((first + (load - low) / (high - low) * (second - first)) * 10**6), 10**6)
    return points[-1][1]


def up(value: Fraction) -> Fraction:
    """Rounded up to a thousandth: a milliwatt, a millilitre, a thousandth of a CFM."""
    return Fraction(ceil(value * 1000), 1000)


def cfm(watts: Fraction, rise: Fraction) -> Fraction:
    """Air that carries a heat away."""
    return up(watts / (AIR * rise) / CFM)


def figure(books: Books, query: str, name: str, unit: str) -> Fraction:
    subject = subject_of(books.plant, query)
    assert isinstance(subject, Instances)
    found = explain(books, subject, name)
    assert found is not None
    return found.total.to(unit)


def _books(result: Compilation) -> Books:
    assert result.plant is not None
    return Books(result.plant)


def test_a_rack_of_24k_gpus(compiled: Callable[..., Compilation]) -> None:
    """Two servers, their switch with 18 optics, two shelves; all heat goes into the air."""
    books = _books(compiled("llama3_24k"))
    server, switch, shelf = "grand_teton", "minipack2_400g", "power_shelf_18kw"
    boxes = [number("meta/servers.rack", server, "peak_power") for _ in range(2)]
    own = number("meta/switches.rack", switch, "peak_power")
    optics = sum((number("optics/ethernet.rack", "fr4_400g", "power") for _ in range(18)), Fraction(0))
    load = sum(boxes) + own + optics
    assert figure(books, "pod3-gpu100", "peak_power", "W") == load == 22_616
    loss = Fraction(0)
    for _ in range(2):
        output = load / 2
        loss += up(output / efficiency("ocp/orv3.rack", shelf, output)) - output
    assert figure(books, "pod3-gpu100", "conversion_loss", "W") == loss
    assert figure(books, "pod3-gpu100", "air_heat", "W") == load + loss
    air = sum(cfm(box, number("meta/servers.rack", server, "air_rise")) for box in boxes)
    air += cfm(own + optics, number("meta/switches.rack", switch, "air_rise"))
    air += 2 * cfm(loss / 2, number("ocp/orv3.rack", shelf, "air_rise"))
    assert figure(books, "pod3-gpu100", "airflow", "CFM") == air
    weight = number("ocp/orv3.rack", "frame_v3", "weight")
    for _ in range(2):
        weight += number("meta/servers.rack", server, "weight") + number("ocp/orv3.rack", shelf, "weight")
    weight += number("meta/switches.rack", switch, "weight")
    assert figure(books, "pod3-gpu100", "weight", "kg") == weight


def test_the_building_of_24k_gpus(compiled: Callable[..., Compilation]) -> None:
    """Every server, switch, optic and fan wall one by one, as the paper counts the former."""
    books = _books(compiled("llama3_24k"))
    optic = number("optics/ethernet.rack", "fr4_400g", "power")

    def loads() -> Iterator[Fraction]:
        for _pod in range(8):
            for _rack in range(192):
                yield from [number("meta/servers.rack", "grand_teton", "peak_power")] * 2
                yield number("meta/switches.rack", "minipack2_400g", "peak_power") + 18 * optic
            # A wall of fans for 5.5 MW, of which it takes 3 %.
            share = re.search(r"peak_power\s+= ([\d.]+) \* power", body("generic/cooling.rack", "fan_wall"))
            assert share is not None
            yield Fraction(share[1]) * 5_500_000
            for _spine in range(18):
                yield number("arista/r3.rack", "dcs_7808", "peak_power") + (192 + 28) * optic
        for _core in range(28):
            yield number("arista/r3.rack", "dcs_7808", "peak_power") + 8 * 18 * optic

    assert figure(books, "dc", "peak_power", "W") == sum(loads(), Fraction(0))


def test_a_rack_of_72_gpus_in_liquid(compiled: Callable[..., Compilation]) -> None:
    """18 compute trays, 9 switch trays, a front-end switch, eight shelves and a manifold."""
    books = _books(compiled("catalina_nvl72"))
    tray, chips, front, shelf = "compute_tray", "nvswitch_tray", "wedge400", "power_shelf_18kw"
    share = re.search(r"liquid\s+= ([\d.]+) / ([\d.]+)", body("nvidia/gb200.rack", tray))
    assert share is not None
    trays = [(number("nvidia/gb200.rack", tray, "peak_power"), Fraction(share[1]) / Fraction(share[2]), tray)] * 18
    part = number("nvidia/gb200.rack", chips, "liquid")
    trays += [(number("nvidia/gb200.rack", chips, "peak_power"), part, chips)] * 9
    switch = number("meta/switches.rack", front, "peak_power")
    load = sum((watts for watts, _, _ in trays), switch)
    assert figure(books, "pod2-it", "peak_power", "W") == load == 122_000
    wet = dry = flow = air = Fraction(0)
    for watts, liquid, definition in trays:
        inside = Fraction(floor(watts * liquid * 1000), 1000)
        wet, dry = wet + inside, dry + watts - inside
        flow += up(inside * 60_000 / (PG25 * number("nvidia/gb200.rack", definition, "rise")))
        air += cfm(watts - inside, number("nvidia/gb200.rack", definition, "air_rise"))
    loss = Fraction(0)
    for _ in range(8):
        output = load / 8
        # Its own `installed` is 33 kW; the curve is that of the shelf it is based on.
        own = (
            output
            * number("ocp/orv3.rack", shelf, "installed")
            / number("ocp/orv3.rack", "power_shelf_33kw", "installed")
        )
        lost = up(output / efficiency("ocp/orv3.rack", shelf, own)) - output
        loss += lost
        air += cfm(lost, number("ocp/orv3.rack", shelf, "air_rise"))
    air += cfm(switch, number("meta/switches.rack", front, "air_rise"))
    assert figure(books, "pod2-it", "liquid_heat", "W") == wet
    assert figure(books, "pod2-it", "air_heat", "W") == dry + switch + loss
    assert figure(books, "pod2-it", "coolant_flow", "L/min") == flow
    assert figure(books, "pod2-it", "airflow", "CFM") == air
    weight = number("ocp/orv3.rack", "frame_v3", "weight") + number("ocp/cooling.rack", "rack_manifold", "weight")
    weight += sum((number("nvidia/gb200.rack", definition, "weight") for _, _, definition in trays), Fraction(0))
    weight += number("meta/switches.rack", front, "weight")
    weight += 8 * number("ocp/orv3.rack", "power_shelf_33kw", "weight")
    assert figure(books, "pod2-it", "weight", "kg") == weight
