"""Containerlab topologies: its published schema takes them, and the labs that they describe route.

Containerlab itself needs Docker. The schema is its own (see clab.schema.LICENSE); the labs run in network namespaces,
from the emitted YAML alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from real import frr_lab
from real.clab_lab import Lab, deploy, read
from unit.fabrics import SPECS

MISSING = frr_lab.missing()
# Its patterns are ECMAScript's; letters and numbers of all scripts are `\w` in Python, which has the underscore too.
SCHEMA = json.loads(Path(__file__).with_name("clab.schema.json").read_text().replace(r"\\p{N}\\p{L}", r"\\w"))

pytestmark = pytest.mark.real

LABS = {
    "lab_4x2": ("--only", "containerlab"),
    "lab_3tier": ("--only", "containerlab", "--subset", "pod[0]", "--subset", "plane[*].core[0]"),
    "llama3_24k": (
        *("--only", "containerlab", "--set", "pods=1"),
        *("--subset", "pod[0].gpu[0..1]", "--subset", "pod[0].spine[0..1]"),
    ),
}


def compiled_to(folder: Path, spec: str, *options: str) -> Path:
    """The topology file of a lab."""
    main = "from rackwright.compiler.cli import main; main()"
    words = ("compile", str(SPECS / f"{spec}.rack"), "-q", "-o", str(folder), *options)
    done = subprocess.run([sys.executable, "-P", "-c", main, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "lab" / "containerlab" / "topology.clab.yml"


@pytest.mark.parametrize("spec", LABS)
def test_the_schema_takes_it(spec: str, tmp_path: Path) -> None:
    path = compiled_to(tmp_path / "build", spec, *LABS[spec])
    document: Any = yaml.safe_load(path.read_text())
    jsonschema.Draft7Validator(SCHEMA).validate(document)
    topo = read(path)  # every file that is mounted is there
    assert len(topo.nodes) > 7 and len(topo.links) > 15


def test_the_schema_refuses_what_is_wrong(tmp_path: Path) -> None:
    path = compiled_to(tmp_path / "build", "lab_4x2", *LABS["lab_4x2"])
    for old, new in (("kind: linux", "kind: linus"), ("exec:", "execute:"), ('name: "lab"', 'name: "-lab"')):
        document = yaml.safe_load(path.read_text().replace(old, new))
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft7Validator(SCHEMA).validate(document)


def sessions_come_up(lab: Lab) -> None:
    """Every link between switches has an established session at both ends, within a minute."""
    routers = {name for name, node in lab.topo.nodes.items() if node.routes}
    wanted: dict[str, list[str]] = {name: [] for name in routers}
    for link in lab.topo.links:
        if len(link.ends) == 2 and routers.issuperset(node for node, _ in link.ends):
            for node, interface in link.ends:
                wanted[node].append(interface)
    assert any(wanted.values())
    end = time.monotonic() + 60
    while (found := {name: lab.neighbours(name) for name in routers}) != {n: sorted(w) for n, w in wanted.items()}:
        assert time.monotonic() < end, (found, wanted)
        time.sleep(0.5)


def hosts_reach_each_other(lab: Lab) -> None:
    """The first host reaches an address of every other, from each of its own."""
    hosts = [name for name, node in lab.topo.nodes.items() if not node.routes]
    first, *others = hosts
    assert others
    for own in lab.addresses(first)[:2]:
        for other in others:
            (address, *_) = lab.addresses(other)
            end = time.monotonic() + 20
            while lab.inside(first, "ping", "-c1", "-W1", "-I", own, address).returncode:
                assert time.monotonic() < end, (first, own, other, address)


@pytest.mark.skipif(bool(MISSING), reason=MISSING or "no reason")
@pytest.mark.parametrize(
    ("spec", "options"),
    [
        ("lab_4x2", LABS["lab_4x2"]),
        ("lab_3tier", LABS["lab_3tier"]),
        # FRR stands in for SONiC and EOS.
        ("llama3_24k", ("--only", "containerlab,frr", *LABS["llama3_24k"][2:])),
    ],
    ids=["lab_4x2", "lab_3tier", "llama3_24k"],
)
def test_the_lab_routes(spec: str, options: tuple[str, ...], tmp_path: Path) -> None:
    with deploy(compiled_to(tmp_path / "build", spec, *options)) as lab:
        sessions_come_up(lab)
        hosts_reach_each_other(lab)
