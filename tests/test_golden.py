"""The artifacts of the shipped designs, byte for byte.

`tests/golden/<spec>/<backend>/` holds the artifacts themselves: all of the lab's, a sample of the larger ones'
(the first device of each kind, and the first lines of long tables). `tests/golden/<spec>/<backend>.json` holds
how many files and bytes there are and one SHA-256 over all paths and contents. Of `NAMED`, small fabrics of the unit
tests, no line is left out: `clos` is rendered for every operating system, a leaf, a spine and a core of each.
`pytest --update` rewrites both.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from bisect import insort
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from support import backends

from rackwright.compiler.backend import Artifact, Request
from rackwright.compiler.pipeline import Compilation, compile_spec

GOLDEN = Path(__file__).parent / "golden"
SPECS = (
    "lab_4x2",
    "lab_3tier",
    "dual_plane_rail",
    "ocp_opg",
    "catalina_nvl72",
    "mtia_v2",
    "superpod_h100",
    "llama3_24k",
    "scale_350k",
    "tpu_v4_pod",
    "hetero_fleet",
)
PER_DEVICE = sorted(name for name, backend in backends().items() if backend.per_device)
NAMED = {
    "clos": [*PER_DEVICE, "containerlab", "dns", "prometheus"],
    "minipack3": ["fboss"],
    "hosts": ["hosts", "netbox"],
}
"""Small fabrics of the unit tests, and the backends that are asked for by name."""
CASES = [(name, backend) for name in SPECS for backend in sorted(backends())]
CASES += [(name, backend) for name, wanted in NAMED.items() for backend in wanted]
WHOLE = {"lab_4x2"}
"""Designs of which every artifact is kept."""
IN_FULL = {*WHOLE, *NAMED}
"""Designs of whose artifacts no line is left out."""

UNKEPT = {"report/index.html"}
"""Artifacts of which nothing but the digest is kept: the page holds a library, which is fetched and not committed."""

ALIKE = {"node.cc"}
"""Names of files that are the same for every design: those of `WHOLE` are kept."""

SAMPLE_BYTES = 16_000
HEAD_LINES = 12
FILES_IN_A_FOLDER = 4

Files = dict[str, bytes]


def sample(artifacts: Iterable[Artifact], result: Compilation) -> tuple[dict[str, Any], Files]:
    """Digest and sample of one backend's artifacts, which may be too many to hold at once."""
    plant = result.plant
    assert plant is not None
    name = Path(plant.design.elements[0].origin.file).stem
    whole = name in WHOLE
    firsts = {plant.devices.names[c.first] for c in plant.classes}
    kept: Files = {}
    digests: list[tuple[str, str]] = []
    by_folder: dict[str, list[str]] = {}
    size = 0
    for artifact in artifacts:
        digests.append((artifact.path, hashlib.sha256(artifact.data).hexdigest()))
        size += len(artifact.data)
        parts = artifact.path.split("/")
        if artifact.path in UNKEPT or (parts[-1] in ALIKE and not whole):
            continue
        if whole or not (parts[0] == "configs" and parts[1] in PER_DEVICE and parts[2] not in firsts):
            path, data = shortened(artifact, name in IN_FULL)
            kept[path] = data
            beside = by_folder.setdefault(path.rpartition("/")[0], [])
            insort(beside, path)
            if not whole and len(beside) > FILES_IN_A_FOLDER:
                del kept[beside.pop()]
    total = hashlib.sha256("".join(f"{path}\0{digest}\n" for path, digest in sorted(digests)).encode()).hexdigest()
    assert len(digests) == len({path for path, _ in digests}), "a path is written twice"
    return {"files": len(digests), "bytes": size, "sha256": total}, kept


def shortened(artifact: Artifact, in_full: bool) -> tuple[str, bytes]:
    """The artifact, or what is kept of a long one: its first lines if it is text, else nothing but its digest."""
    if in_full or len(artifact.data) <= SAMPLE_BYTES:
        return artifact.path, artifact.data
    start = artifact.data[:SAMPLE_BYTES]
    text = "" if b"\0" in start else start.decode("utf-8", "ignore")
    lines = [line[:2000] for line in text.splitlines()[:HEAD_LINES]]
    if not lines:
        return artifact.path + ".sha256", hashlib.sha256(artifact.data).hexdigest().encode() + b"\n"
    return artifact.path + ".head", ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize(("name", "backend"), CASES)
def test_artifacts(compiled: Callable[..., Compilation], name: str, backend: str, update: bool) -> None:
    named = name in NAMED
    result = compile_spec(str(Path(__file__).parent / "unit" / f"{name}.rack"), {}) if named else compiled(name)
    assert result.design is not None and result.plant is not None, result.diagnostics
    maker, request = backends()[backend], Request(named=named)
    said = list(maker.accepts(result.design, result.plant, request))
    refused = [d.code for d in said if d.severity == "error"]
    made = () if refused else maker.render(result.design, result.plant, request)
    digest, kept = sample(made, result)
    digest["says"] = sorted({d.code for d in said})

    folder, manifest = GOLDEN / name / backend, GOLDEN / name / f"{backend}.json"
    if update:
        shutil.rmtree(folder, ignore_errors=True)
        for path, data in kept.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        manifest.parent.mkdir(parents=True, exist_ok=True)
        manifest.write_text(json.dumps(digest, indent=2) + "\n", "utf-8")
    there = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert sorted(there) == sorted(kept)
    for path, data in kept.items():
        assert there[path] == data, f"{path} is not what tests/golden holds; see `pytest --update`"
    assert json.loads(manifest.read_text("utf-8")) == digest


@pytest.mark.parametrize("backend", sorted(backends()))
def test_shards_are_the_whole(compiled: Callable[..., Compilation], backend: str) -> None:
    result = compiled("lab_4x2")
    assert result.design is not None and result.plant is not None
    maker = backends()[backend]
    whole = {a.path: a.data for a in maker.render(result.design, result.plant, Request())}
    parts: Files = {}
    for shard in range(3):
        for artifact in maker.render(result.design, result.plant, Request(shard=shard, shards=3)):
            assert artifact.path not in parts, f"{artifact.path} is in two shards"
            parts[artifact.path] = artifact.data
    assert parts == whole


def test_nothing_else_is_kept() -> None:
    known = set(backends())
    for folder in GOLDEN.iterdir():
        assert folder.name in (*SPECS, *NAMED)
        assert {p.stem if p.suffix == ".json" and p.is_file() else p.name for p in folder.iterdir()} <= known


def test_golden_files_stay_small() -> None:
    assert sum(p.stat().st_size for p in GOLDEN.rglob("*") if p.is_file()) < 2_500_000
