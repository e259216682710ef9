"""Whatever the fabric, Slurm's tree holds each server once, where the cables have it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from property.designs import Small, small
from unit.fabrics import built, rendered
from unit.slurm_files import agrees, read_tree, read_yaml

from rackwright.backends.slurm import Slurm


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("slurm")


@settings(suppress_health_check=list(HealthCheck), max_examples=30)
@given(small())
def test_the_tree_is_that_of_the_cables(folder: Path, spec: Small) -> None:
    path = folder / "small.rack"
    path.write_text(spec.text)
    design, plant = built(path)
    files = rendered(Slurm(), design, plant)
    tree = read_tree(files["schedulers/slurm/topology.conf"])
    agrees(tree, plant, "fabric")
    assert read_yaml(files["schedulers/slurm/topology.yaml"]) == {"fabric": tree}
