"""Prometheus: targets and expected values are the plant's, and no text of a spec leaves its place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from property.test_hostile_names import BENIGN, HOSTILE, SPEC, WORST, escaped
from support import backends, rendered
from unit.counts import Compiled, devices

from rackwright.compiler.backend import Request
from rackwright.compiler.cooling.traits import traits
from rackwright.compiler.names import interface_names, terminal_names
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.power.limits import inlet_limits, outlet_limits, whip_limits
from rackwright.compiler.schema import SwitchAttributes
from rackwright.dsl.diagnostics import has_errors

NAMED = Request(named=True)


def files(result: Compilation) -> dict[str, bytes]:
    return {a.path.removeprefix("ops/prometheus/"): a.data for a in rendered(result, "prometheus", NAMED)}


_SERIES = re.compile(r"([a-z_]+)\{(.*)\} (\S+)")
_LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)')
_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def series(data: bytes) -> list[tuple[str, dict[str, str], float]]:
    """A file of the exposition format, read by its rules."""
    found = []
    # Only a line feed ends a line.
    for line in data.decode().split("\n"):
        if not line or line.startswith("# "):
            continue
        match = _SERIES.fullmatch(line)
        assert match is not None, line
        labels = {name: re.sub(r"\\.", lambda m: _ESCAPES[m[0]], text) for name, text in _LABEL.findall(match[2])}
        assert _LABEL.sub("", match[2]) == "", line
        found.append((match[1], labels, float(match[3])))
    return found


def test_only_when_named(compiled: Compiled) -> None:
    assert rendered(compiled("lab_3tier"), "prometheus") == []


def test_links_are_expected_at_both_ends(compiled: Compiled) -> None:
    """By hand: a loop over cables."""
    result = compiled("lab_3tier")
    plant = result.plant
    assert plant is not None
    links = plant.links
    expected = set()
    for row in range(len(links)):
        ends = [(int(links.a_device[row]), int(links.a_terminal[row]))]
        ends.append((int(links.z_device[row]), int(links.z_terminal[row])))
        named = []
        for device, port in ends:
            cls = plant.class_of(device)
            is_switch = isinstance(plant.element_of(cls).attributes, SwitchAttributes)
            names = interface_names(plant, cls, "frr" if is_switch else "linux")
            assert names is not None
            named.append((plant.devices.names[device], names[port]))
        for (device_name, interface), (peer, peer_interface) in (named, named[::-1]):
            expected.add((device_name, interface, peer, peer_interface, float(links.speed[row])))
    found = series(files(result)["expected/links.prom"])
    order = ("device", "interface", "peer", "peer_interface")
    assert {(*(labels[name] for name in order), value) for _, labels, value in found} == expected
    assert len(found) == 2 * len(links)


def test_ports_without_a_known_name_are_left_out(compiled: Compiled) -> None:
    """Grand Teton's adapters have no names for Linux, so only the switches' ends are expected."""
    result = compiled("llama3_24k")
    plant = result.plant
    assert plant is not None
    found = series(files(result)["expected/links.prom"])
    hosts = devices(plant, "server") * 8
    assert len(found) == 2 * len(plant.links) - hosts
    assert {labels["lossless"] for _, labels, _ in found} == {"yes"}


@pytest.mark.parametrize("spec", ["llama3_24k", "catalina_nvl72"])
def test_limits_are_the_lowest(spec: str, compiled: Compiled) -> None:
    """By hand for every statement: the lowest limit of an outlet, and of an inlet with its whip."""
    result = compiled(spec)
    plant = result.plant
    assert plant is not None
    expected: dict[tuple[str, str, str], float] = {}
    names = {(c.index, s): terminal_names(plant, c, s) for c in plant.classes for s in ("outlet", "inlet")}
    feeds = plant.feeds
    limits = {}
    for rule in plant.design.rules:
        if rule.medium == "feed":
            assert rule.z is not None
            outlet = outlet_limits(plant.design, plant.design.elements[rule.a.element])
            inlet = inlet_limits(plant.design.elements[rule.z.element])
            limits[rule.index] = (outlet, (*inlet, *whip_limits(plant.design, rule)))
    for row in range(0, len(feeds), 7):
        ends = (("outlet", feeds.a_device, feeds.a_terminal), ("inlet", feeds.z_device, feeds.z_terminal))
        for (side, device, terminal), known in zip(ends, limits[int(feeds.rule[row])], strict=True):
            at = int(device[row])
            name = names[int(plant.devices.cls[at]), side][int(terminal[row])]
            for limit in known:
                key = (f"{side}_{'watts' if limit.unit == 'W' else 'voltamperes'}", plant.devices.names[at], name)
                expected[key] = min(expected.get(key, 1e30), limit.amount / 1000)
    found = {}
    for metric, labels, value in series(files(result)["expected/feeds.prom"]):
        if metric != "rackwright_supply_limit_watts":
            side = "outlet" if "outlet" in labels else "inlet"
            unit = metric.rpartition("_")[2]
            key = (f"{side}_{unit}", labels["device"], labels[side])
            assert key not in found, key
            found[key] = value
    assert expected and {key: found[key] for key in expected} == pytest.approx(expected)


def test_temperatures_are_the_parts(compiled: Compiled) -> None:
    result = compiled("catalina_nvl72")
    plant = result.plant
    assert plant is not None
    expected = {}
    for cls, trait in zip(plant.classes, traits(plant, set()), strict=True):
        for metric, limit in (("coolant", trait.coolant_limit), ("air", trait.air_limit)):
            for name in plant.devices.names[cls.first : cls.first + cls.count] if limit is not None else ():
                assert limit is not None
                expected[f"rackwright_{metric}_limit_celsius", name] = limit / 1000
    found = {(m, labels["device"]): v for m, labels, v in series(files(result)["expected/temperatures.prom"])}
    assert expected and found == expected


def test_targets(compiled: Compiled) -> None:
    result = compiled("llama3_24k")
    found = {path: json.loads(data) for path, data in files(result).items() if path.endswith(".json")}
    counts = {path.removeprefix("targets/").removesuffix(".json"): len(entries) for path, entries in found.items()}
    assert result.plant is not None
    nodes = devices(result.plant, "server")
    assert counts["nodes"] == counts["accelerators"] == nodes
    assert counts["switches"] == devices(result.plant, "switch")
    node = next(t for t in found["targets/nodes.json"] if t["labels"]["host"] == "pod3-gpu117-node1")
    assert node["targets"] == ["pod3-gpu117-node1:9100"]
    labels = node["labels"]
    assert labels["path"] == "pod[3].gpu[117].node[1]"
    assert (labels["rack"], labels["pod"], labels["building"], labels["kind"]) == (
        "pod3-gpu117",
        "pod[3]",
        "dc",
        "server",
    )
    assert labels["fed_by"] == "pod3-gpu117-shelf0,pod3-gpu117-shelf1"
    tor = next(t for t in found["targets/switches.json"] if t["labels"]["host"] == "pod3-gpu117-tor")
    assert (tor["labels"]["role"], tor["labels"]["tier"], tor["labels"]["os"]) == ("leaf", "1", "sonic")
    paths = [t["labels"]["path"] for entries in found.values() for t in entries]
    assert len(set(paths)) == len(paths) - nodes  # nodes are scraped twice


def test_switches_are_reached_by_their_management_address(compiled: Compiled) -> None:
    found = json.loads(files(compiled("lab_3tier"))["targets/switches.json"])
    assert found[0]["targets"] == ["172.16.0.2"] and found[0]["labels"]["host"] == "plane0-core0"
    assert len({t["targets"][0] for t in found}) == 20


def read(text: bytes) -> Any:
    return yaml.safe_load(text)


def test_every_file_of_the_configuration_is_there(compiled: Compiled) -> None:
    found = files(compiled("lab_3tier"))
    config = read(found["prometheus.yml"])
    named = [f for job in config["scrape_configs"] for sd in job.get("file_sd_configs", ()) for f in sd["files"]]
    assert set(named) == {path for path in found if path.startswith("targets/")}
    assert config["rule_files"] == ["rules/*.yml"]


@pytest.mark.parametrize("text", (*WORST, *HOSTILE[::7]))
@pytest.mark.parametrize("slot", ["leaf_name", "host_name", "frr", "nic_port", "domain", "spec_doc"])
def test_hostile_texts(slot: str, text: str, tmp_path: Path) -> None:
    """Each file has the shape that it has with a harmless text, and interfaces are read back as they are."""
    path = tmp_path / "hostile.rack"
    path.write_text(
        SPEC.replace("rack r {{", "rack r {{\n    os = frr").format(
            **{k: escaped(t) for k, t in (BENIGN | {slot: BENIGN[slot] + text}).items()}
        )
    )
    result = compile_spec(str(path), {})
    if result.plant is None or has_errors(result.diagnostics):
        return
    assert result.design is not None
    if has_errors(backends()["prometheus"].accepts(result.design, result.plant, NAMED)):
        return
    found = files(result)
    lines = series(found["expected/links.prom"])
    assert len(lines) == 8
    if slot == "frr":
        names = {labels["interface"] for _, labels, _ in lines if labels["device"].startswith(("leaf", "spine"))}
        # A carriage return would end a line of many readers.
        assert (BENIGN["frr"] + text + "1").replace("\r", " ") in names
    assert len(json.loads(found["targets/switches.json"])) == 3
    assert len(read(found["prometheus.yml"])["scrape_configs"]) == 6
