"""Building what is reserved changes no file of a switch that is there already, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.fabrics import SPECS, built, edited, rendered

from rackwright.backends.eos import Eos
from rackwright.backends.frr import Frr
from rackwright.backends.sonic import Sonic
from rackwright.compiler.backend import Backend, Request

BACKENDS = [Frr(), Sonic(), Eos()]


@pytest.mark.parametrize("unnumbered", ["true", "false"])
@pytest.mark.parametrize("backend", BACKENDS, ids=lambda b: b.name)
def test_a_third_pod_of_four(tmp_path: Path, backend: Backend, unnumbered: str) -> None:
    edits = (
        ("unnumbered = true", f"unnumbered = {unnumbered}"),
        ('host = "10.128.0.0/16"', 'host = "10.128.0.0/16", fabric = "10.64.0.0/20"'),
    )
    before = rendered(backend, *edited(tmp_path, *edits))
    after = rendered(backend, *edited(tmp_path, *edits, ("pod[2 of 4]", "pod[3 of 4]")))
    assert before.items() <= after.items()
    assert {path.split("/")[2] for path in after.keys() - before.keys()} == {
        f"pod2-{kind}{n}" for kind in ("leaf", "spine") for n in (0, 1)
    }


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda b: b.name)
def test_a_ninth_pod_of_llama3(backend: Backend) -> None:
    small, large = (built(SPECS / "llama3_24k.rack", {"pods": str(pods)}) for pods in (8, 9))
    # Shards are by device, so one of 48 is the same sample of both, and has leaves, spines and cores.
    request = Request(named=backend.name == "frr", shard=0, shards=48)
    before, after = (rendered(backend, *one, request) for one in (small, large))
    assert before and before.items() <= after.items()


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda b: b.name)
def test_nothing_is_built_yet(tmp_path: Path, backend: Backend) -> None:
    """A class of switches of which none is built has no files, and is known to the others all the same."""
    before = rendered(backend, *edited(tmp_path, ("pod[2 of 4]", "pod[0 of 4]")))
    assert {path.split("/")[2] for path in before} == {"core0", "core1"}
    after = rendered(backend, *edited(tmp_path))
    assert before.items() <= after.items()
