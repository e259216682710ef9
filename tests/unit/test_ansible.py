"""The Ansible inventory: read back, its hosts and groups are counted again from the plant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from support import accepted, rendered

from rackwright.backends._kit.yaml_text import document, quoted
from rackwright.backends.ansible.names import Groups, host_names
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.dsl.diagnostics import has_errors

SPECS = Path(__file__).parents[2] / "specs"
HOSTS = "ops/ansible/inventory/hosts.yml"

HOSTILE = """use generic.lab as parts

server odd is parts.lab_host {{ model = "{model}" }}

group g {{
    first : odd {{ name = "kind_server" }}
    host  : odd {{ name = "host1" }}
    leaf  : parts.lab_switch {{ name = "localhost" }}
}}
"""


class Loader(yaml.SafeLoader):
    """Knows Ansible's tag for text that is no template."""


def unsafe(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> tuple[str, object]:
    return "unsafe", loader.construct_scalar(node)


Loader.add_constructor("!unsafe", unsafe)


def read(result: Compilation) -> dict[str, Any]:
    files = {a.path: a.data for a in rendered(result, "ansible")}
    assert files[HOSTS].isascii()
    content: dict[str, Any] = yaml.load(files[HOSTS], Loader)["all"]
    return content


def inside(inventory: dict[str, Any], group: str) -> set[str]:
    """All hosts of a group, also those of its children."""
    own = inventory["children"][group]
    found = set(own.get("hosts") or ())
    for child in own.get("children") or ():
        found |= inside(inventory, child)
    return found


def compiled(spec: str, **settings: str) -> Compilation:
    result = compile_spec(str(SPECS / f"{spec}.rack"), settings)
    assert not has_errors(result.diagnostics)
    return result


@pytest.mark.parametrize("spec", ["lab_4x2", "lab_trunks", "mtia_v2", "superpod_h100"])
def test_hosts_are_devices(spec: str) -> None:
    result = compiled(spec)
    assert result.plant is not None
    plant, inventory = result.plant, read(result)
    names = plant.devices.names
    assert list(inventory["hosts"]) == names
    for kind in {plant.element_of(cls).kind for cls in plant.classes}:
        own = {name for row, name in enumerate(names) if plant.element_of(plant.class_of(row)).kind == kind}
        assert inside(inventory, f"kind_{kind}") == own
    for number, rack in enumerate(plant.racks.names):
        own = {name for name, at in zip(names, plant.devices.rack.tolist(), strict=True) if at == number}
        assert inside(inventory, f"rack_{rack.replace('-', '_')}") == own
    groups = [name for name in inventory["children"] if name.startswith("class_")]
    assert sum(len(inside(inventory, name)) for name in groups) == len(names)


def test_what_is_known_of_a_switch() -> None:
    inventory = read(compiled("lab_4x2"))
    assert inventory["hosts"]["compute0-leaf1"] == {
        "rw_asn": 4200000001,
        "rw_loopback": "10.255.0.2",
        "rw_rack": "compute0",
        "rw_unit": "21 RU",
        "rw_config": "configs/frr/compute0-leaf1/frr.conf",
    }
    assert inside(inventory, "role_spine") == {"net-spine0", "net-spine1"} == inside(inventory, "tier_2")
    assert inventory["children"]["class_compute_leaf"]["vars"]["rw_model"] == "lab switch 16x100G"


def test_management_addresses_and_connections() -> None:
    result = compiled("superpod_h100", su="1")
    inventory = read(result)
    assert inventory["hosts"]["unit0-leaf0"]["ansible_host"].startswith("172.16.0.")
    hosts = [host["ansible_host"] for host in inventory["hosts"].values() if host and "ansible_host" in host]
    assert len(hosts) == len(set(hosts)) == 12
    files = {a.path: a.data for a in rendered(result, "ansible")}
    told = yaml.safe_load(files["ops/ansible/inventory/group_vars/os_mlnx_os.yml"])
    assert told == {
        "ansible_connection": "ansible.netcommon.network_cli",
        "ansible_network_os": "mellanox.onyx.onyx",
    }


def test_places_stand_in_places() -> None:
    inventory = read(compiled("llama3_24k", pods="1"))
    assert "rack_pod0_gpu7" in inventory["children"]["group_pod0"]["children"]
    assert len(inside(inventory, "rack_pod0_gpu7")) == 5
    assert inside(inventory, "role_leaf") == inside(inventory, "class_pod_gpu_tor")


@pytest.mark.parametrize(
    "model",
    [
        "{% x %} {{ lookup('pipe', 'id') }}",
        'a\\"b\\\\',
        "a\\nb: c",
        "\u2028\u0085\u00fc\U0001f600",
        "true",
        "- x",
        "# x",
        "!vault x",
    ],
)
def test_hostile_text_is_text(tmp_path: Path, model: str) -> None:
    path = tmp_path / "h.rack"
    path.write_text(HOSTILE.format(model=model), "utf-8")
    result = compile_spec(str(path), {})
    assert result.plant is not None, result.diagnostics
    inventory = read(result)
    assert set(inventory) == {"vars", "hosts", "children"}
    assert list(inventory["hosts"]) == ["kind_server", "host1", "_localhost"]
    told = inventory["children"]["class_first"]["vars"]["rw_model"]
    attributes = result.plant.element_of(result.plant.classes[0]).attributes
    assert told == (("unsafe", attributes.model) if "{" in model else attributes.model)  # type: ignore[union-attr]
    assert inside(inventory, "kind_server_2") == {"kind_server", "host1"}
    assert inventory["hosts"]["_localhost"]["rw_name"] == "localhost"
    assert [d.code for d in accepted(result, ["ansible"])] == ["RW8260"]


def test_names_stay_apart() -> None:
    assert host_names(["all", "Localhost", "a-b", "ungrouped"]) == ["_all", "_Localhost", "a-b", "_ungrouped"]
    groups = Groups(["kind_server"])
    made = [groups.name("kind", "server"), groups.name("rack", "a-b"), groups.name("rack", "a_b")]
    assert made == ["kind_server_2", "rack_a_b", "rack_a_b_2"]


@pytest.mark.parametrize(
    "text", ["plain", 'q"\\', "\x00\x1f\x7f\x85\u2028", "\u00e9\u65e5\U0001f600", "yes", "a: b", ""]
)
def test_yaml_reads_back(text: str) -> None:
    assert yaml.safe_load(quoted(text)) == text
    content: dict[str, Any] = {
        "a": text,
        "b": [{"c": text, "d": [1, text]}, {"c": None}],
        "e": {"f": True, "g": []},
        "h": {},
    }
    assert yaml.safe_load(document(content)) == content


def test_growth_changes_no_host() -> None:
    before, after = (read(compiled("llama3_24k", pods=pods))["hosts"] for pods in ("1", "2"))
    assert all(after[name] == values for name, values in before.items())
