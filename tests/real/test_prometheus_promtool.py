"""Prometheus itself (Debian's promtool) takes the configuration and the rules, and the alerts fire when they should."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import rendered
from unit.counts import Compiled

from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool of Debian's prometheus"),
]


def promtool(*words: str, given: bytes | None = None) -> str:
    done = subprocess.run(["promtool", *words], input=given, capture_output=True)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout.decode()


def written(result: Compilation, folder: Path) -> Path:
    for artifact in rendered(result, "prometheus", Request(named=True)):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.data)
    return folder / "ops" / "prometheus"


@pytest.mark.parametrize("spec", ["lab_3tier", "catalina_nvl72", "llama3_24k"])
def test_the_configuration_is_taken(spec: str, compiled: Compiled, tmp_path: Path) -> None:
    place = written(compiled(spec), tmp_path)
    said = promtool("check", "config", str(place / "prometheus.yml"))
    assert "SUCCESS: 2 rule files found" in said
    for path in sorted(place.glob("expected/*.prom")):
        promtool("check", "metrics", given=path.read_bytes())


def alerts(place: Path, folder: Path, series: dict[str, str], name: str, expected: Sequence[dict[str, str]]) -> None:
    """What a rule says after five minutes of these series, by promtool's own unit tests."""
    case: dict[str, Any] = {
        "rule_files": [str(place / "rules" / "measured.yml"), str(place / "rules" / "plant.yml")],
        "evaluation_interval": "30s",
        "tests": [
            {
                "interval": "30s",
                "input_series": [{"series": key, "values": value} for key, value in series.items()],
                "alert_rule_test": [
                    {
                        "eval_time": "5m",
                        "alertname": name,
                        "exp_alerts": [{"exp_labels": labels} for labels in expected],
                    }
                ],
            }
        ],
    }
    # The summaries are not what is tested here.
    for path in case["rule_files"]:
        text = yaml.safe_load(Path(path).read_text())
        for group in text["groups"]:
            for rule in group["rules"]:
                rule.pop("annotations", None)
        Path(path).write_text(yaml.safe_dump(text))
    file = folder / f"{name}.yml"
    file.write_text(yaml.safe_dump(case))
    promtool("test", "rules", str(file))


@pytest.fixture
def place(compiled: Compiled, tmp_path: Path) -> Path:
    return written(compiled("lab_3tier"), tmp_path)


def expected_links(place: Path, device: str) -> dict[str, str]:
    """The expected series of one switch, as the plant writes them."""
    lines = (place / "expected" / "links.prom").read_text().splitlines()
    found = [line.rsplit(" ", 1) for line in lines if line.startswith(f'rackwright_link_expected{{device="{device}"')]
    assert found
    return {series: f"{value}x20" for series, value in found}


def labels_of(series: str) -> dict[str, str]:
    """The labels of an expected series as an alert has them."""
    pairs = (pair.split("=") for pair in series.split("{")[1].rstrip("}").replace('"', "").split(","))
    return {name: value for name, value in pairs if name != "lossless"}


LEAF = "pod0-k0-leaf0"
SNMP = {f"swp{n}": f'{{host="{LEAF}",ifName="swp{n}"}}' for n in (1, 2, 9, 10, 11)}


def alert(**labels: str) -> dict[str, str]:
    return {"device": LEAF, "severity": "warning", **labels}


def test_a_link_that_is_down(place: Path, tmp_path: Path) -> None:
    series = expected_links(place, LEAF)
    assert len(series) == len(SNMP)
    states = {f"ifOperStatus{labels}": "2x20" if name == "swp10" else "1x20" for name, labels in SNMP.items()}
    (one,) = [key for key in series if ',interface="swp10"' in key]
    labels = labels_of(one)
    assert labels["peer"] == "pod0-net-spine1"
    alerts(place, tmp_path, series | states, "LinkDown", [{**labels, "severity": "warning"}])


def test_no_link_is_down_where_all_are_up_or_the_switch_is_not_heard_of(place: Path, tmp_path: Path) -> None:
    series = expected_links(place, LEAF)
    alerts(place, tmp_path, series | {f"ifOperStatus{labels}": "1x20" for labels in SNMP.values()}, "LinkDown", [])
    alerts(place, tmp_path, series, "LinkDown", [])


def test_a_link_of_which_nothing_is_heard(place: Path, tmp_path: Path) -> None:
    """One interface of five is missing in what the switch says."""
    states = {f"ifOperStatus{labels}": "1x20" for name, labels in SNMP.items() if name != "swp1"}
    series = expected_links(place, LEAF)
    (one,) = [key for key in series if ',interface="swp1"' in key]
    labels = labels_of(one)
    alerts(place, tmp_path, series | states, "LinkDown", [{**labels, "severity": "warning"}])


def test_a_link_that_is_slow(place: Path, tmp_path: Path) -> None:
    series = expected_links(place, LEAF)
    states = {f"ifOperStatus{labels}": "1x20" for labels in SNMP.values()}
    speeds = {f"ifHighSpeed{labels}": "40000x20" if name == "swp9" else "100000x20" for name, labels in SNMP.items()}
    (one,) = [key for key in series if ',interface="swp9"' in key]
    labels = labels_of(one)
    alerts(place, tmp_path, series | states | speeds, "LinkSlow", [{**labels, "severity": "warning"}])


def test_servers_speak_through_node_exporter(place: Path, tmp_path: Path) -> None:
    host = "pod0-k0-host0"
    series = expected_links(place, host)
    node = {f'node_network_up{{host="{host}",device="eth1"}}': "0x20"}
    (one,) = series
    labels = labels_of(one)
    alerts(place, tmp_path, series | node, "LinkDown", [{**labels, "severity": "warning"}])


def test_a_cable_in_the_wrong_place(place: Path, tmp_path: Path) -> None:
    series = expected_links(place, LEAF)
    told = {
        f'rackwright:lldp_peer{{device="{LEAF}",interface="swp9",peer="pod0-net-spine0"}}': "1x20",
        f'rackwright:lldp_peer{{device="{LEAF}",interface="swp10",peer="pod0-net-spine2"}}': "1x20",
    }
    wrong = [alert(interface="swp10", peer="pod0-net-spine2")]
    alerts(place, tmp_path, series | told, "WrongPeer", wrong)


COMPARED = [
    ("OutletOverLimit", "outlet_watts", "outlet_limit_watts", ("outlet",)),
    ("OutletOverLimitApparent", "outlet_voltamperes", "outlet_limit_voltamperes", ("outlet",)),
    ("InletOverLimit", "inlet_watts", "inlet_limit_watts", ("inlet",)),
    ("InletOverLimitApparent", "inlet_voltamperes", "inlet_limit_voltamperes", ("inlet",)),
    ("SupplyOverLimit", "supply_watts", "supply_limit_watts", ()),
    ("CoolantTooWarm", "coolant_supply_celsius", "coolant_limit_celsius", ()),
    ("AirTooWarm", "air_supply_celsius", "air_limit_celsius", ()),
]


@pytest.mark.parametrize(("name", "measured", "limit", "by"), COMPARED, ids=[c[0] for c in COMPARED])
def test_more_than_the_plants_limits(
    name: str, measured: str, limit: str, by: tuple[str, ...], compiled: Compiled, tmp_path: Path
) -> None:
    """Just above the limit that the plant gives somebody calls, at the limit nobody does."""
    place = written(compiled("catalina_nvl72"), tmp_path)
    lines = [line for path in sorted(place.glob("expected/*.prom")) for line in path.read_text().splitlines()]
    # No part of this design states what an inlet may take in watts.
    lines.append('rackwright_inlet_limit_watts{device="box",inlet="in"} 1000.000')
    key, value = next(line.rsplit(" ", 1) for line in lines if line.startswith(f"rackwright_{limit}{{"))
    labels = labels_of(key)
    assert set(labels) == {"device", *by}
    own = f"rackwright:{measured}{{" + ",".join(f'{n}="{v}"' for n, v in labels.items()) + "}"
    for factor, fires in ((1.001, True), (1.0, False)):
        series = {key: f"{value}x20", own: f"{float(value) * factor}x20"}
        alerts(place, tmp_path, series, name, [{**labels, "severity": "critical"}] if fires else [])


def test_the_limit_of_a_shelf(compiled: Compiled, tmp_path: Path) -> None:
    place = written(compiled("catalina_nvl72"), tmp_path)
    lines = (place / "expected" / "feeds.prom").read_text().splitlines()
    assert 'rackwright_outlet_limit_watts{device="pod0-it-shelf0",outlet="out"} 33000.000' in lines


@pytest.mark.parametrize("job", ["switches", "nodes", "power"])
def test_a_device_that_does_not_answer(job: str, place: Path, tmp_path: Path) -> None:
    labels = {"job": job, "host": LEAF, "rack": "pod0-k0"}
    key = "up{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"
    alerts(place, tmp_path, {key: "1x4 0x20"}, "DeviceDown", [{**labels, "severity": "critical"}])
    alerts(place, tmp_path, {key: "1x20"}, "DeviceDown", [])


def test_every_alert_is_tried(place: Path) -> None:
    rules = yaml.safe_load((place / "rules" / "plant.yml").read_text())
    named = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
    tried = {"LinkDown", "LinkSlow", "WrongPeer", "DeviceDown", "CoolingUnitLost"}
    assert named == tried | {name for name, *_ in COMPARED}  # and PfcWatchdog, where there is RoCE


def test_a_cooling_unit_that_is_lost(compiled: Compiled, tmp_path: Path) -> None:
    place = written(compiled("catalina_nvl72"), tmp_path)
    labels = {"job": "cooling", "host": "pod0-left-aalc", "kind": "aalc"}
    key = "up{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"
    alerts(place, tmp_path, {key: "1x4 0x20"}, "CoolingUnitLost", [{**labels, "severity": "critical"}])


def test_the_watchdog_only_where_links_are_lossless(compiled: Compiled, tmp_path: Path) -> None:
    place = written(compiled("llama3_24k"), tmp_path)
    lines = (place / "expected" / "links.prom").read_text().splitlines()
    line = next(line for line in lines if line.startswith("rackwright_link_expected"))
    key, value = line.rsplit(" ", 1)
    labels = labels_of(key)
    where = {name: labels[name] for name in ("device", "interface")}
    storms = "rackwright:pfc_watchdog_storms_total{" + ",".join(f'{n}="{v}"' for n, v in where.items()) + "}"
    series = {key: f"{value}x20", storms: "0 0 0 1 1 1 2 2 2 2 2 2 2"}
    alerts(place, tmp_path, series, "PfcWatchdog", [{**where, "severity": "warning"}])
    other = written(compiled("lab_3tier"), tmp_path / "lab")
    assert "PfcWatchdog" not in (other / "rules" / "plant.yml").read_text()
