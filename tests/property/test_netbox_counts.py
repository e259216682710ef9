"""Any small fabric imports into NetBox: nothing that its forms refuse, and as much of everything as the plant has."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from property.designs import Small, grown, small
from property.test_plants import compiled_small, plant_of
from support import rendered
from unit.netbox_rules import Files, problems

from rackwright.compiler.backend import Request
from rackwright.compiler.network import routing
from rackwright.compiler.pipeline import Compilation

FEW = settings(max_examples=20, phases=[Phase.explicit, Phase.reuse, Phase.generate])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("netbox")


def files_of(done: Compilation) -> Files:
    made = rendered(done, "netbox", Request(named=True))
    return Files({artifact.path: artifact.data for artifact in made})


@FEW
@given(small())
def test_counts_are_the_plant_s(folder: Path, design: Small) -> None:
    done = compiled_small(folder, design)
    plant, files = plant_of(done), files_of(done)
    assert problems(files) == []
    tables = files.tables
    assert len(tables["09-devices"]) == len(plant.devices)
    assert len(tables["07-racks"]) == len(plant.racks)
    assert len(tables["18-cables"]) == len(plant.segments)
    assert len(tables["19-power-cables"]) == len(plant.feeds)
    ends = {(row[f"side_{s}_device"], row[f"side_{s}_name"]) for row in tables["18-cables"] for s in "ab"}
    assert len(ends) == 2 * len(plant.links)

    numbered = plant.at_capacity
    (planned,) = routing.plan(numbered.design, numbered)[0]
    built = set(plant.devices.names)
    names = [numbered.devices.names[device] for device in planned.devices.tolist()]
    own = [(name, asn) for name, asn in zip(names, planned.asn.tolist(), strict=True) if name in built]
    assert {int(row["asn"]) for row in tables["13-asns"]} == {asn for _, asn in own}
    families = 2 if design.six else 1
    loopbacks = [row for row in tables["15-ip-addresses"] if row["role"] == "loopback"]
    assert len(loopbacks) == families * len(own)
    managed = [row for row in tables["15-ip-addresses"] if row["address"].startswith("172.16.")]
    assert len(managed) == len(own)
    links = [row for row in tables["15-ip-addresses"] if row["address"].endswith(("/31", "/127"))]
    fabric = sum(row["side_a_device"] in dict(own) and row["side_b_device"] in dict(own) for row in tables["18-cables"])
    hosts = len(tables["18-cables"]) - fabric
    assert len(links) == 2 * families * (hosts + (0 if design.unnumbered else fabric))


@FEW
@given(grown())
def test_growth_changes_no_line(folder: Path, pair: tuple[Small, Small]) -> None:
    before, after = (files_of(compiled_small(folder, design)).tables for design in pair)
    for table in ("07-racks", "09-devices", "10-interfaces", "15-ip-addresses", "18-cables", "19-power-cables"):
        lines = {tuple(row.items()) for row in after[table]}
        assert all(tuple(row.items()) in lines for row in before[table]), table
