"""DNS zones: the switches' addresses and nothing else, growth changes no record, and no text leaves its place."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from property.test_hostile_names import BENIGN, HOSTILE, SPEC, WORST, escaped
from support import rendered
from unit.counts import Compiled
from unit.fabrics import SPECS, edited

from rackwright.backends.dns import Dns
from rackwright.backends.ztp import Ztp
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.plant import Plant
from rackwright.dsl.diagnostics import has_errors

NAMED = Request(named=True)


def files(result: Compilation) -> dict[str, str]:
    return {a.path.removeprefix("ops/dns/"): a.data.decode() for a in rendered(result, "dns", NAMED)}


def written(design: Design, plant: Plant) -> dict[str, str]:
    return {a.path: a.data.decode() for a in Dns().render(design, plant, NAMED)}


def entries(text: str) -> list[list[str]]:
    """The records behind SOA and NS."""
    lines = [line.split("\t") for line in text.splitlines()]
    return lines[next(n for n, line in enumerate(lines) if line[:2] == ["@", "NS"]) + 1 :]


def test_the_documented_command_fills_in_every_placeholder(compiled: Compiled, tmp_path: Path) -> None:
    page = (SPECS.parent / "docs/backends/dns.md").read_text()
    command = next(line for line in page.splitlines() if line.startswith("find build/ops/dns"))
    folder = tmp_path / "build/ops/dns"
    for name, text in files(compiled("llama3_24k", pods="1")).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    assert "%domain:backend%" in (folder / "named.conf").read_text()
    subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True)
    assert all("%" not in file.read_text() for file in folder.rglob("*") if file.is_file())


def test_only_when_named(compiled: Compiled) -> None:
    assert rendered(compiled("lab_3tier"), "dns") == []


def test_the_lab(compiled: Compiled) -> None:
    found = files(compiled("lab_3tier"))
    assert sorted(found) == [
        "forward/lab.example.net.zone",
        "named.conf",
        "reverse/0.16.172.in-addr.arpa.zone",
        "reverse/0.255.10.in-addr.arpa.zone",
        "reverse/f.f.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa.zone",
    ]
    forward = entries(found["forward/lab.example.net.zone"])
    assert forward[:3] == [
        ["plane0-core0", "A", "172.16.0.2"],
        ["lo.plane0-core0", "A", "10.255.0.1"],
        ["lo.plane0-core0", "AAAA", "fd00:0:0:ff::1"],
    ]
    back = entries(found["reverse/f.f.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa.zone"])
    assert back[0] == ["1" + 15 * ".0", "PTR", "lo.plane0-core0.lab.example.net."]


def test_addresses_are_those_that_dhcp_reserves(compiled: Compiled) -> None:
    result = compiled("lab_3tier")
    (kea,) = [a.data for a in rendered(result, "ztp") if a.path == "ztp/kea-dhcp4.json"]
    reserved = {
        (r["hostname"], r["ip-address"])
        for subnet in json.loads(kea)["Dhcp4"]["subnet4"]
        for r in subnet["reservations"]
    }
    forward = entries(files(result)["forward/lab.example.net.zone"])
    assert {(name, data) for name, _, data in forward if not name.startswith("lo.")} == reserved


def test_a_switch_without_an_operating_system_has_a_reservation(tmp_path: Path) -> None:
    text = (SPECS / "lab_3tier.rack").read_text()
    path = tmp_path / "bare.rack"
    path.write_text(text.replace("    os    = frr\n", ""))
    result = compile_spec(str(path), {})
    assert result.design is not None and result.plant is not None
    made = {a.path: a.data for a in Ztp().render(result.design, result.plant, Request())}
    assert list(made) == ["ztp/kea-dhcp4.json", "ztp/index.csv"]
    (subnet,) = json.loads(made["ztp/kea-dhcp4.json"])["Dhcp4"]["subnet4"]
    assert len(subnet["reservations"]) == 20
    assert all("option-data" not in r for r in subnet["reservations"])


def test_underscores_become_dashes_and_an_alias(compiled: Compiled) -> None:
    lines = [line for zone in files(compiled("ocp_opg")).values() for line in zone.splitlines()]
    (own,) = [line.split("\t") for line in lines if line.startswith("lo.fe-leaf0\tA\t")]
    assert "lo.fe_leaf0\tCNAME\tlo.fe-leaf0" in lines
    back = [line for line in lines if line.startswith(own[2].rpartition(".")[2] + "\tPTR\tlo.fe-leaf0.")]
    assert len(back) == 1


@pytest.mark.parametrize(("first", "second"), [("a_b{leaf}", "a-b0"), ("a_b{leaf}", "A-b0")])
def test_names_that_would_be_one_have_no_records(first: str, second: str, tmp_path: Path) -> None:
    path = tmp_path / "twice.rack"
    path.write_text(
        SPEC.replace("{leaf_name}{{leaf}}", first.replace("{", "{{").replace("}", "}}")).format(
            **(BENIGN | {"spine_name": second})
        )
    )
    result = compile_spec(str(path), {})
    assert result.design is not None and result.plant is not None
    told = list(Dns().accepts(result.design, result.plant, NAMED))
    assert [d.code for d in told] == ["RW8272", "RW8272"]
    assert {line[0] for line in entries(files(result)["forward/lab.example.net.zone"]) if line[1] == "A"} == {
        "a-b1",
        "lo.a-b1",
    }


def test_growth_changes_no_record(tmp_path: Path) -> None:
    small = written(*edited(tmp_path, ("pod[2 of 4]", "pod[1 of 4]")))
    grown = written(*edited(tmp_path, ("pod[2 of 4]", "pod[3 of 4]")))
    assert set(small) <= set(grown)
    for path, text in small.items():
        assert set(text.splitlines()) <= set(grown[path].splitlines()), path


@pytest.mark.parametrize("text", (*WORST, *HOSTILE[::3]))
@pytest.mark.parametrize("slot", ["leaf_name", "spine_name", "domain"])
def test_hostile_texts(slot: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.rack"
    path.write_text(SPEC.format(**{k: escaped(t) for k, t in (BENIGN | {slot: BENIGN[slot] + text}).items()}))
    result = compile_spec(str(path), {})
    if result.plant is None or has_errors(result.diagnostics):
        return
    found = files(result)
    assert all(".." not in name.split("/") and not name.startswith("/") for name in found)
    lines = [line for name, zone in found.items() if name.endswith(".zone") for line in entries(zone)]
    lines = [line for line in lines if line[1] != "CNAME"]
    # Three switches, or fewer where a name cannot stand in DNS: three addresses each, there and back.
    assert len(lines) % 6 == 0 and all(len(line) == 3 and line[1] in ("A", "AAAA", "PTR") for line in lines)
    assert all(
        line.isascii() and line.isprintable() for zone in found.values() for line in zone.replace("\t", "").split("\n")
    )
