"""Every figure is explained by what the columns say, and every leaf leads to the line that states it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rackwright.compiler.cabling.bill import bill
from rackwright.compiler.cabling.cables import cables
from rackwright.compiler.design import Element, Media, Whip
from rackwright.compiler.instances import instance_count, sum_by_instance
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.space import floor_plan, weights
from rackwright.compiler.trace import (
    FIGURES,
    Books,
    Cable,
    Definition,
    Figure,
    Instances,
    explain,
    figures_of,
    place_of,
    stated,
    statements,
    subject_of,
)
from rackwright.compiler.trace.subjects import instance_path
from rackwright.dsl.units import Quantity

Compiled = Callable[..., Compilation]
Spec = Callable[..., Compilation]

SPECS = ("lab_4x2", "llama3_24k", "superpod_h100")

SMALL = """
server box {
    source = "a data sheet"
    assumed = "the idle figure"
    peak_power = 1 kW
    typical_power = 700 W
    idle_power = 200 W assumed
    weight = 20.5 kg
    liquid = 1 / 3
    nic[2] : nic { p : port { speed = 100 Gbps, cage = qsfp28 } }
    inlet : inlet
}
switch sw {
    peak_power = 300 W
    height = 1 RU
    eth[8] : port { speed = 100 Gbps, cage = qsfp28 }
    inlet : inlet
}
optic sr4 {
    form = qsfp28, speed = 100 Gbps, media = sr4_100g, connector = mpo12_upc, fibers = 8, fiber = mmf, reach = 100 m
    power = 3.5 W
    typical_power = 2 W
}
shelf feed_shelf {
    supply = 6 kW, efficiency = 3 / 7, weight = 7 kg
    outlet : outlet { busbar = true }
}
rack r {
    unit = RU, height = 42 RU, weight = 100 kg
    box[3] : box at 1 RU, 4 RU, 7 RU { height = 2 RU }
    top : sw at 40 RU { peak_power = 250 W }
    shelf[2] : feed_shelf at 20 RU, 21 RU { height = 1 RU }
    link box[b].nic[n] -> top.eth[2*b + n] using sr4
    feed shelf[*] -> box[*], top
}
hall h {
    floor { row_pitch = 3 m, bay_pitch = 600 mm, tray = 2.5 m, cross_aisle = 1 m, slack = 1 m assumed }
    r[4] : r
    place r[i] at row 0, bay i
    link r[0].top.eth[6] -> r[3].top.eth[7] using sr4
}
"""


def _books(result: Compilation) -> Books:
    assert result.plant is not None, result.diagnostics
    return Books(result.plant)


def _figure(books: Books, query: str, name: str) -> Figure:
    subject = subject_of(books.plant, query)
    assert subject is not None, query
    found = explain(books, subject, name)
    assert found is not None, (query, name)
    return found


def _columns(books: Books) -> dict[str, tuple[np.ndarray[tuple[int], np.dtype[np.int64]], str]]:
    """What each figure sums up, by device, in whole units."""
    loads, flow, cooling = books.loads, books.flow, books.cooling
    return {
        "peak_power": (loads.peak, "mW"),
        "typical_power": (loads.typical, "mW"),
        "idle_power": (loads.idle, "mW"),
        "conversion_loss": (flow.input[0] - flow.output[0] - loads.peak, "mW"),
        "heat": (cooling.heat_mw, "mW"),
        "liquid_heat": (cooling.liquid_mw, "mW"),
        "air_heat": (cooling.air_mw, "mW"),
    }


SUMS = {"peak_power", "typical_power", "idle_power", "weight"}
"""Figures whose every branch is the sum of its parts: no other rule takes part."""


def _adds_up(figure: Figure) -> None:
    if figure.parts:
        assert sum(part.total.value for part in figure.parts) == figure.amount.value, figure
    for part in figure.parts:
        _adds_up(part)


@pytest.mark.parametrize("name", SPECS)
def test_figures_are_those_of_the_columns(compiled: Compiled, name: str) -> None:
    """For every element, all together and its last instance."""
    books = _books(compiled(name))
    plant, design = books.plant, books.plant.design
    for element in design.elements:
        if element.role != "assembly" and design.device_of(element.index) != element.index:
            continue
        count = instance_count(design, element.index)
        if not count:
            continue
        for figure, (column, unit) in _columns(books).items():
            rows = sum_by_instance(plant, element.index, column)
            for subject, value in (
                (Instances(element.index), int(rows.sum())),
                (Instances(element.index, count - 1), int(rows[-1])),
            ):
                found = explain(books, subject, figure)
                assert (0 if found is None else found.total.whole(unit)) == value, (design.path(element.index), figure)
                if found is not None and figure in SUMS:
                    _adds_up(found)


@pytest.mark.parametrize("name", SPECS)
def test_weights_are_those_of_the_racks(compiled: Compiled, name: str) -> None:
    books = _books(compiled(name))
    plant = books.plant
    known = weights(plant, floor_plan(plant))
    for rack in {0, len(plant.racks) - 1} if len(plant.racks) else ():
        subject = subject_of(plant, plant.racks.names[rack])
        assert isinstance(subject, Instances)
        found = explain(books, subject, "weight")
        assert (0 if found is None else -(-found.total.to("g") // 1)) == known.total[rack]
        if found is not None:
            _adds_up(found)


@pytest.mark.parametrize("name", SPECS)
def test_places_are_lines_that_say_so(compiled: Compiled, name: str, root: Path) -> None:
    """Each attribute of each element, optic and cable: its line begins with its name and holds its value."""
    result = compiled(name)
    design = result.design
    assert design is not None
    seen = numbers = 0
    owners: list[Element | Media | Whip] = [*design.elements, *design.media.values(), *design.whips.values()]
    for owner in owners:
        for said in statements(design, owner):
            folder = root / "specs" / ("" if said.place.file.startswith("catalog/") else ".")
            text = (folder / said.place.file).read_text("utf-8").splitlines()[said.place.line - 1]
            assert said.attribute.rpartition(".")[2] in text, said
            assert said.assumed == (said.attribute in owner.assumed)
            if isinstance(getattr(owner.attributes, said.attribute, None), Quantity) and "." not in said.attribute:
                plain = re.search(rf"\b{said.attribute}\s*= (\d[\d.]* [^\s,]+)(?=,| assumed| \}}|$)", text)
                # A parameter or an expression is not the number itself.
                assert plain is None or plain[1] == said.value, said
                numbers += plain is not None
            seen += 1
    assert seen > 50 and numbers > 15


def test_a_spec_is_called_the_same_everywhere(tmp_path: Path) -> None:
    """Places hold no folder of the machine: only how the files lie beside each other."""
    designs = []
    for folder in (tmp_path / "a", tmp_path / "b" / "c"):
        (folder / "parts").mkdir(parents=True)
        (folder / "parts" / "box.rack").write_text("server box {\n peak_power = 1 W\n}\n")
        (folder / "top.rack").write_text('use "./parts/box.rack"\nrack r { s : box.box }\n')
        design = compile_spec(str(folder / "top.rack"), {}).design
        assert design is not None
        designs.append([[str(s.place) for s in statements(design, e)] for e in design.elements])
        assert sorted(lines.name for lines in design.files.values()) == ["parts/box.rack", "top.rack"]
    assert designs[0] == designs[1] == [[], ["parts/box.rack:2"]]


def test_sources_belong_to_their_file(spec: Spec) -> None:
    """What a data sheet says is not what the spec says of the part."""
    text = "use nvidia.gpus\nrack r {\n a : gpus.h100_sxm\n b : gpus.h100_sxm { tdp = 650 W assumed }\n}\n"
    design = spec(text).design
    assert design is not None
    as_sold, changed = (stated(design, e, "tdp") for e in design.elements[1:3])
    assert as_sold is not None and changed is not None
    assert as_sold.source and as_sold.place.file == "catalog/nvidia/gpus.rack" and not as_sold.assumed
    assert (changed.source, changed.note) == ("", "")
    assert (str(changed.place), changed.value, changed.assumed) == ("test.rack:4", "650 W", True)


def test_a_small_hall(spec: Spec) -> None:
    """Numbers by hand."""
    books = _books(spec(SMALL))
    rack = _figure(books, "r0", "peak_power")
    assert rack.total.to("W") * 2 == 2 * (3 * 1000 + 250) + 7 * 7
    names = [(part.name, part.count) for part in rack.parts]
    assert names == [("box", 3), ("top", 1)]
    (own, plugs) = rack.parts[1].parts
    assert own.stated is not None and str(own.stated.place) == "test.rack:31"
    assert (plugs.name, plugs.count, float(plugs.amount.to("W"))) == ("sr4", 7, 3.5)
    assert _figure(books, "r1", "peak_power").total.to("W") == 3 * 1000 + 250 + 6 * 3.5
    assert _figure(books, "h", "peak_power").parts[0].count == 2  # racks 1 and 2 have no link to another
    idle = _figure(books, "r0-box1", "idle_power")
    assert idle.stated is not None and idle.stated.assumed and idle.total.to("W") == 200
    assert idle.stated.note == "the idle figure" and idle.stated.source == "a data sheet"
    liquid = _figure(books, "r0-box1", "liquid_heat")
    assert liquid.total.whole("mW") == 1_000_000 // 3
    loss = _figure(books, "r[1].shelf[0]", "conversion_loss")
    output = books.flow.output[0, books.plant.devices.names.index("r1-shelf0")]
    assert loss.total.whole("mW") == -(-int(output) * 7 // 3) - int(output)
    weight = _figure(books, "r2", "weight")
    assert weight.total.to("kg") == 100 + 3 * 20.5 + 2 * 7
    assert [(f.name, f.how) for f in weight.parts if f.how] == [("top", "states no weight")]


def test_air_is_told_in_cfm_and_counted_once(spec: Spec) -> None:
    """What a fan brings is what boxes move: of the hall it is no air besides theirs."""
    text = (
        "server box { peak_power = 1 kW, airflow = 120 CFM }\n"
        "fan wall(power) { heat = power, airflow = power * 0.146 CFM / 1 W, gives = outside }\n"
        "rack r { box[3] : box }\nhall h {\n r[2] : r\n fans : wall(6 kW)\n}\n"
    )
    books = _books(spec(text))
    hall, rack, fans = (_figure(books, query, "airflow") for query in ("h", "r1", "fans"))
    assert [str(f.total) for f in (hall, rack, fans)] == ["720 CFM", "360 CFM", "876 CFM"]
    assert [part.name for part in hall.parts] == ["r"]
    assert fans.stated is not None and fans.stated.value == "876 CFM"


def test_lengths(spec: Spec) -> None:
    """One cable in a rack and one between racks, by hand."""
    books = _books(spec(SMALL))
    plant = books.plant
    inside, between = 0, len(plant.segments) - 1
    # Box 0 is at unit 1 and two units high, the switch at unit 40 and one unit high.
    apart = (39 * 44_450 + 22_225) - 44_450
    found = explain(books, Cable(inside), "way")
    assert found is not None and found.total.to("m") * 10**6 == apart + 1_000_000
    assert sum(part.total.value for part in found.parts) == found.amount.value
    top = 39 * 44_450 + 22_225
    found = explain(books, Cable(between), "way")
    assert found is not None and found.total.to("m") * 10**6 == 2 * (2_500_000 - top) + 3 * 600_000 + 1_000_000
    assert sum(part.total.value for part in found.parts) == found.amount.value
    slack = found.parts[-1].stated
    assert slack is not None and slack.attribute == "floor.slack" and slack.assumed
    bought = explain(books, Cable(between), "length")
    assert bought is not None and bought.total.to("m") == -(-found.total.to("m") // 1)


def test_quantities(spec: Spec) -> None:
    books = _books(spec(SMALL))
    optics = explain(books, Definition("sr4"), "quantity")
    assert optics is not None and optics.total.value == 4 * 6 * 2 + 2
    assert sorted(part.count for part in optics.parts) == [2, 48]
    boxes = explain(books, Definition("box"), "quantity")
    assert boxes is not None and boxes.total.value == 12
    assert explain(books, Definition("sr4"), "weight") is None


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("pod0-gpu3-tor", "pod[0].gpu[3].tor"),
        ("pod0-gpu3", "pod[0].gpu[3]"),
        ("pod7", "pod[7]"),
        ("dc", "dc"),
        ("pod[1].gpu[191].node[1].accelerator[7]", "pod[1].gpu[191].node[1].accelerator[7]"),
        ("dc.pod[2]", "pod[2]"),
    ],
)
def test_names_of_instances(compiled: Compiled, query: str, path: str) -> None:
    plant = compiled("llama3_24k").plant
    assert plant is not None
    subject = subject_of(plant, query)
    assert isinstance(subject, Instances) and subject.instance is not None
    assert instance_path(plant.design, subject.element, subject.instance) == path


@pytest.mark.parametrize(
    "query", ["pod[8]", "pod[0", "pod[0].gpu[0, 1]", "", "gpu", "pod.", "GG0K-99999", "no.such", "[0]"]
)
def test_what_there_is_not(compiled: Compiled, query: str) -> None:
    """Built ones only; a ninth pod is reserved."""
    plant = compiled("llama3_24k").plant
    assert plant is not None
    assert subject_of(plant, query) is None


def test_members_without_indices_are_all(compiled: Compiled) -> None:
    plant = compiled("llama3_24k").plant
    assert plant is not None
    assert subject_of(plant, "pod.gpu") == Instances(next(e.index for e in plant.design.elements if e.name == "gpu"))
    assert subject_of(plant, "pod[0].gpu") == subject_of(plant, "pod.gpu")


def test_trees_are_small_and_plain(compiled: Compiled) -> None:
    """As large as the spec, not as the building; and JSON."""
    books = _books(compiled("llama3_24k"))
    for name, figure in figures_of(books, Instances(0, 0)).items():
        text = json.dumps(figure.as_json())
        assert len(text) < 20_000, name
        assert json.loads(text)["name"] == name


def test_unknown_figures_are_a_mistake_of_the_caller(compiled: Compiled) -> None:
    with pytest.raises(KeyError):
        explain(_books(compiled("lab_4x2")), Instances(0), "colour")
    assert "colour" not in FIGURES


def test_place_of_a_member(compiled: Compiled, root: Path) -> None:
    design = compiled("llama3_24k").design
    assert design is not None
    node = next(e for e in design.elements if e.name == "node")
    at = place_of(design, node.origin)
    assert "node[2]" in (root / "specs" / at.file).read_text("utf-8").splitlines()[at.line - 1]


@pytest.mark.parametrize("name", [*SPECS, "lab_trunks"])
def test_quantities_are_those_of_the_bill(compiled: Compiled, name: str) -> None:
    """Optics, cables and whips one by one; every other definition by all its members."""
    books = _books(compiled(name))
    billed: dict[str, int] = {}
    for line in bill(books.plant, cables(books.plant)):
        billed[line.item.definition] = billed.get(line.item.definition, 0) + line.quantity
    billed.pop("", None)  # fibre, and what links do not name
    kinds = {"server", "switch", "shelf", "rack", "nic", "inlet", "part", "cpu", "accelerator"}
    for definition, quantity in billed.items():
        if definition in kinds:
            continue
        found = explain(books, Definition(definition), "quantity")
        assert found is not None and found.total.value == quantity, definition
