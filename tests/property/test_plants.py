"""What holds of every design: order does not matter, growth changes nothing, JSON brings the same design back."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from property.designs import Small, grown, small
from support import rendered

from rackwright.compiler.design import Design
from rackwright.compiler.names import cable_ids, terminal_names
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.plant import Plant

FEW = settings(max_examples=30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plants")


def compiled_small(folder: Path, design: Small) -> Compilation:
    path = folder / "small.rack"
    path.write_text(design.text, "utf-8")
    result = compile_spec(str(path), {})
    assert result.plant is not None, result.diagnostics
    assert not [d for d in result.diagnostics if d.severity == "error"]
    return result


def plant_of(result: Compilation) -> Plant:
    assert result.plant is not None
    return result.plant


def cables(plant: Plant) -> dict[str, tuple[str, str, str, str, int]]:
    """Both ends, by name, and the speed of every cable."""
    ports = {c.index: terminal_names(plant, c, "port") for c in plant.classes}
    links, names = plant.links, plant.devices.names
    found = {}
    for row, name in enumerate(cable_ids(plant).to_list()):
        a, z = int(links.a_device[row]), int(links.z_device[row])
        a_port = ports[int(plant.devices.cls[a])][int(links.a_terminal[row])]
        z_port = ports[int(plant.devices.cls[z])][int(links.z_terminal[row])]
        found[name] = (names[a], a_port, names[z], z_port, int(links.speed[row]))
    assert len(found) == len(links), "a cable's name is used twice"
    return found


def files(result: Compilation, backend: str) -> dict[str, bytes]:
    return {artifact.path: artifact.data for artifact in rendered(result, backend)}


@FEW
@given(small(), st.integers(1, 10_000))
def test_the_order_of_declarations_changes_nothing(folder: Path, design: Small, shuffle: int) -> None:
    one, two = compiled_small(folder, design), compiled_small(folder, replace(design, shuffle=shuffle))
    a, b = plant_of(one), plant_of(two)
    assert a.devices.names == b.devices.names
    assert cables(a) == cables(b)
    for table in ("links", "feeds", "pipes"):
        for column, values in vars(getattr(a, table)).items():
            assert np.array_equal(values, getattr(getattr(b, table), column)), (table, column)
    for backend in ("frr", "cabling"):
        assert files(one, backend) == files(two, backend)


@FEW
@given(small())
def test_every_port_at_most_once(folder: Path, design: Small) -> None:
    ends = plant_of(compiled_small(folder, design)).ends
    pairs = np.stack([ends.device, ends.port], axis=1)
    assert len(np.unique(pairs, axis=0)) == len(pairs)


@FEW
@given(grown())
def test_growth_changes_nothing_that_exists(folder: Path, both: tuple[Small, Small]) -> None:
    one, two = (compiled_small(folder, design) for design in both)
    a, b = plant_of(one), plant_of(two)
    assert set(a.devices.names) <= set(b.devices.names)
    before, after = cables(a), cables(b)
    assert before.items() <= after.items()


@FEW
@given(grown())
def test_growth_changes_no_cable_row(folder: Path, both: tuple[Small, Small]) -> None:
    one, two = (rows(files(compiled_small(folder, design), "cabling")["cabling/cables.csv"]) for design in both)
    assert one.items() <= two.items()


def rows(data: bytes) -> dict[str, dict[str, str]]:
    return {row["cable_id"]: row for row in csv.DictReader(io.StringIO(data.decode()))}


@FEW
@given(grown())
def test_growth_changes_no_config(folder: Path, both: tuple[Small, Small]) -> None:
    one, two = (compiled_small(folder, design) for design in both)
    assert files(one, "frr").items() <= files(two, "frr").items()


@FEW
@given(small())
def test_a_design_comes_back_from_its_json(folder: Path, design: Small) -> None:
    made = compiled_small(folder, design).design
    assert made is not None
    assert Design.model_validate_json(made.model_dump_json()) == made
