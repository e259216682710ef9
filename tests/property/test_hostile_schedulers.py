"""Whatever a spec calls its parts, the files of schedulers and libraries have no word that is not theirs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from property.test_hostile_names import BENIGN, HOSTILE, SPEC, escaped
from unit.slurm_files import read_tree, read_yaml, records

from rackwright.backends.kubernetes import Kubernetes
from rackwright.backends.nccl import Nccl
from rackwright.backends.slurm import Slurm
from rackwright.compiler.backend import Backend, Request
from rackwright.compiler.pipeline import compile_spec
from rackwright.dsl.codes import CODES
from rackwright.dsl.diagnostics import has_errors

ACCELERATOR = """
accelerator test_gpu {{
    vendor = "NVIDIA"
    tdp    = 100 W
}}

server test_host {{
    accelerator[1] : test_gpu
"""

WORKLOAD = """
workload train {
    ranks      = r.host[*].accelerator[*]
    collective = all_reduce 1 MiB
}
"""

SLOTS = ("leaf_name", "spine_name", "host_name", "nic_port", "vendor", "model", "network_doc")

WORDS = re.compile(r"[\x20-\x7e\n]*")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


def made(folder: Path, backend: Backend, slot: str, text: str) -> dict[str, str] | None:
    """The files of a backend that accepts the spec; nothing if it or the compiler refuses it, with codes."""
    spec = SPEC.replace("\nserver test_host {{\n", ACCELERATOR)
    spec = spec.format(**{key: escaped(value) for key, value in (BENIGN | {slot: text}).items()}) + WORKLOAD
    path = folder / "hostile.rack"
    path.write_text(spec, "utf-8")
    done = compile_spec(str(path), {})
    assert all(d.code in CODES for d in done.diagnostics)
    if has_errors(done.diagnostics):
        return None
    assert done.design is not None and done.plant is not None
    request = Request(named=True)
    if has_errors(backend.accepts(done.design, done.plant, request)):
        return None
    found = {a.path: a.data.decode() for a in backend.render(done.design, done.plant, request)}
    for place, content in found.items():
        assert all(re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", part) for part in place.split("/")), place
        assert WORDS.fullmatch(content), place
    return found


def test_benign_ones_are_made(folder: Path) -> None:
    counts = [len(made(folder, b, "model", "box") or {}) for b in (Slurm(), Kubernetes(), Nccl())]
    assert counts == [6, 2, 6]


@settings(suppress_health_check=list(HealthCheck), max_examples=25)
@given(st.sampled_from(SLOTS), st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=20), st.booleans())
@example("host_name", "all", False)
@example("nic_port", "eth1\nNCCL_DEBUG=INFO", False)
@example("nic_port", "eth1,evil", False)
def test_any_text(folder: Path, slot: str, text: str, behind: bool) -> None:
    text = BENIGN[slot] + text if behind else text
    slurm = made(folder, Slurm(), slot, text)
    if slurm is not None:
        read_tree(slurm["schedulers/slurm/topology.conf"])
        read_yaml(slurm["schedulers/slurm/topology.yaml"])
        for name, keys in (
            ("nodes", {"nodename", "gres", "feature"}),
            ("partitions", {"partitionname", "nodes", "default", "maxtime", "state"}),
            ("gres", {"nodename", "autodetect"}),
        ):
            (record,) = records(slurm[f"schedulers/slurm/{name}.conf"])
            assert record.keys() == keys
    kubernetes = made(folder, Kubernetes(), slot, text)
    if kubernetes is not None:
        nodes = list(yaml.safe_load_all(kubernetes["schedulers/kubernetes/nodes.yaml"]))
        assert len(nodes) == 2 and all(isinstance(n["metadata"]["name"], str) for n in nodes)
        assert [o["kind"] for o in yaml.safe_load_all(kubernetes["schedulers/kubernetes/kueue.yaml"])] == [
            "Topology",
            "ResourceFlavor",
            "ClusterQueue",
            "LocalQueue",
        ]
    nccl = made(folder, Nccl(), slot, text)
    if nccl is not None:
        lines = nccl["schedulers/nccl/servers/host/nccl.conf"].splitlines()
        assert all(re.match(r"#|NCCL_(IB_TC|CROSS_NIC)=\d+$|NCCL_SOCKET_IFNAME==[\w.@-]+$", line) for line in lines)
        assert all(
            re.fullmatch(r"[\w.-]+", n) for n in nccl["schedulers/nccl/workloads/train/hosts.txt"].split("\n") if n
        )
