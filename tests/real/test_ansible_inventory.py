"""Ansible loads the inventory: every host is there, groups hold what the plant says, and it warns of nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import rendered

from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.dsl.diagnostics import has_errors

SPECS = Path(__file__).parents[2] / "specs"
PROGRAM = Path(sys.executable).with_name("ansible-inventory")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PROGRAM.exists(), reason="needs ansible-core beside this Python"),
]


def asked(folder: Path, result: Compilation, *words: str) -> str:
    """What ansible-inventory prints; it must warn of nothing."""
    for artifact in rendered(result, "ansible"):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.data)
    # Its home and its settings are this folder's, so no file of the user's takes part.
    env = {
        "HOME": str(folder),
        "PATH": f"{PROGRAM.parent}:/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_HOME": str(folder),
    }
    command = [str(PROGRAM), "-i", str(folder / "ops/ansible/inventory"), *words]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def compiled(path: Path, **settings: str) -> Compilation:
    result = compile_spec(str(path), settings)
    assert not has_errors(result.diagnostics) and result.plant is not None
    return result


def hosts_of(content: dict[str, Any], group: str) -> set[str]:
    own = content.get(group, {})
    found = set(own.get("hosts", ()))
    for child in own.get("children", ()):
        found |= hosts_of(content, child)
    return found


@pytest.mark.parametrize(("spec", "settings"), [("lab_4x2", {}), ("superpod_h100", {}), ("llama3_24k", {"pods": "2"})])
def test_every_device_is_a_host(tmp_path: Path, spec: str, settings: dict[str, str]) -> None:
    result = compiled(SPECS / f"{spec}.rack", **settings)
    plant = result.plant
    assert plant is not None
    content = json.loads(asked(tmp_path, result, "--list"))
    assert set(content["_meta"]["hostvars"]) == set(plant.devices.names) == hosts_of(content, "all")
    assert "ungrouped" not in content or not content["ungrouped"].get("hosts")
    switches = {n for r, n in enumerate(plant.devices.names) if plant.element_of(plant.class_of(r)).kind == "switch"}
    assert hosts_of(content, "kind_switch") == switches


def test_the_graph_of_a_lab(tmp_path: Path) -> None:
    lines = asked(tmp_path, compiled(SPECS / "lab_4x2.rack"), "--graph").splitlines()
    assert lines[0] == "@all:"
    assert "  |--@role_leaf:" in lines and "  |--@rack_compute0:" in lines
    assert sum(line.endswith("|--compute0-leaf0") for line in lines) >= 3


def test_variables_of_a_host(tmp_path: Path) -> None:
    told = json.loads(asked(tmp_path, compiled(SPECS / "superpod_h100.rack", su="1"), "--host", "unit0-leaf3"))
    assert told["ansible_host"] == "172.16.0.9"
    assert told["ansible_network_os"] == "mellanox.onyx.onyx"
    assert told["rw_config"] == "configs/mlnx_os/unit0-leaf3/startup-config"


def test_hostile_names_are_hosts_and_text_is_no_template(tmp_path: Path) -> None:
    path = tmp_path / "odd.rack"
    path.write_text(
        """use generic.lab as parts
server odd is parts.lab_host { model = "{{ lookup('pipe', 'touch gone') }}" }
group g {
    first  : odd { name = "kind_server" }
    second : odd { name = "localhost" }
    third  : odd { name = "0.1e3" }
}
""",
        "utf-8",
    )
    result = compiled(path)
    content = json.loads(asked(tmp_path, result, "--list"))
    assert set(content["_meta"]["hostvars"]) == {"kind_server", "_localhost", "0.1e3"}
    told = content["_meta"]["hostvars"]["kind_server"]["rw_model"]
    assert told == {"__ansible_unsafe": "{{ lookup('pipe', 'touch gone') }}"}
    assert not (tmp_path / "gone").exists()
