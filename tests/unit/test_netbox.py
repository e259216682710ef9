"""The NetBox import: judged by NetBox's own rules, and looked at as an operator would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import accepted, rendered
from unit.netbox_rules import Files, Row, problems

from rackwright.backends.netbox.choices import CABLES, CONNECTORS, INFINIBAND, PLUGGABLE, slug
from rackwright.backends.netbox.text import apart, field
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.dsl.diagnostics import has_errors

SPECS = Path(__file__).parents[2] / "specs"
NAMED = Request(named=True)


def compiled(spec: str, **settings: str) -> Compilation:
    result = compile_spec(str(SPECS / f"{spec}.rack"), settings)
    assert not has_errors(result.diagnostics)
    return result


def written(result: Compilation) -> Files:
    return Files({artifact.path: artifact.data for artifact in rendered(result, "netbox", NAMED)})


def by_name(rows: list[Row], key: str = "name") -> dict[str, Row]:
    return {row[key]: row for row in rows}


@pytest.mark.parametrize(
    ("spec", "settings"),
    [
        ("lab_4x2", {}),
        ("lab_trunks", {}),
        ("mtia_v2", {}),
        ("catalina_nvl72", {}),
        ("ocp_opg", {}),
        ("dual_plane_rail", {}),
        ("superpod_h100", {"su": "2"}),
        ("tpu_v4_pod", {}),
        ("llama3_24k", {"pods": "1"}),
    ],
)
def test_netbox_would_take_it(spec: str, settings: dict[str, str]) -> None:
    result = compiled(spec, **settings)
    files = written(result)
    assert problems(files) == []
    plant = result.plant
    assert plant is not None
    assert [row["name"] for row in files.tables["09-devices"]] == plant.devices.names
    assert [row["name"] for row in files.tables["07-racks"]] == plant.racks.names
    assert len(files.tables["18-cables"]) == len(plant.segments)
    assert len(files.tables["19-power-cables"]) == len(plant.feeds)
    racks = [row["rack"] or None for row in files.tables["09-devices"]]
    assert racks == [plant.racks.names[r] if r >= 0 else None for r in plant.devices.rack.tolist()]


FAULTS: list[tuple[str, Callable[[Files], Any]]] = [
    ("rack type", lambda f: f.tables["07-racks"][0].update(rack_type="x")),
    ("location", lambda f: f.tables["09-devices"][0].update(location="elsewhere")),
    ("site", lambda f: f.tables["09-devices"][3].update(site="x")),
    ("position", lambda f: f.tables["09-devices"][0].update(position="42")),
    ("taken", lambda f: f.tables["09-devices"][0].update(position=f.tables["09-devices"][1]["position"])),
    ("face", lambda f: f.tables["09-devices"][0].update(face="")),
    ("device type", lambda f: f.types.pop()),
    ("interface", lambda f: f.tables["18-cables"][0].update(side_a_name="nowhere")),
    ("used twice", lambda f: f.tables["18-cables"].append(dict(f.tables["18-cables"][0]))),
    ("loopback", lambda f: f.tables["18-cables"][9].update(side_a_name="lo")),
    ("length", lambda f: f.tables["18-cables"][0].update(length="1.234")),
    ("cable type", lambda f: f.tables["18-cables"][0].update(type="dac")),
    ("address", lambda f: f.tables["15-ip-addresses"][0].update(interface="lo9")),
    ("address twice", lambda f: f.tables["15-ip-addresses"].append(dict(f.tables["15-ip-addresses"][0]))),
    ("column", lambda f: f.headers["09-devices"].append("hostname")),
    ("missing column", lambda f: f.headers["09-devices"].remove("role")),
    ("slug", lambda f: f.types[0].update(slug=f.types[1]["slug"])),
    ("slug of type", lambda f: f.types[0]["interfaces"][0].update(type="400g")),
    ("height", lambda f: f.types[0].update(u_height=1.3)),
    ("asn", lambda f: f.tables["13-asns"][0].update(asn="0")),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[name for name, _ in FAULTS])
def test_the_judge_sees_planted_faults(fault: tuple[str, Callable[[Files], Any]]) -> None:
    files = written(compiled("lab_4x2"))
    fault[1](files)
    assert problems(files) != []


def test_written_only_when_named() -> None:
    result = compiled("lab_4x2")
    assert rendered(result, "netbox") == []
    assert rendered(result, "netbox", Request(named=True, shard=1, shards=2)) == []


def test_a_lab() -> None:
    files = written(compiled("lab_4x2"))
    leaf = by_name(files.tables["09-devices"])["compute0-leaf1"]
    assert leaf == {
        "name": "compute0-leaf1",
        "role": "leaf",
        "manufacturer": "unknown",
        "device_type": "lab switch 16x100G",
        "platform": "frr",
        "status": "planned",
        "site": "lab",
        "location": "lab",
        "rack": "compute0",
        "position": "21",
        "face": "front",
        "description": "AS 4200000001",
    }
    (kind,) = [t for t in files.types if t["model"] == "lab switch 16x100G"]
    assert kind["u_height"] == 1 and len(kind["interfaces"]) == 16
    assert kind["interfaces"][8] == {"name": "swp9", "type": "100gbase-x-qsfp28", "label": "eth8"}
    cable = by_name(files.tables["18-cables"], "label")
    row = next(row for row in cable.values() if row["side_a_device"] == "compute0-leaf1")
    assert (row["side_a_name"], row["side_b_device"], row["side_b_name"], row["type"]) == (
        "swp9",
        "net-spine0",
        "swp2",
        "aoc",
    )
    assert files.tables["15-ip-addresses"][0] == {
        "address": "10.255.0.1/32",
        "status": "reserved",
        "role": "loopback",
        "device": "compute0-leaf0",
        "interface": "lo",
        "is_primary": "true",
    }
    assert by_name(files.tables["07-racks"])["net"]["description"] == "row 0, bay 1"


def test_open_rack_units_are_units() -> None:
    files = written(compiled("llama3_24k", pods="1"))
    types = {t["model"]: t for t in files.types}
    racks = by_name(files.tables["06-rack-types"], "model")
    assert (racks["ORv3-600A"]["width"], racks["ORv3-600A"]["u_height"]) == ("21", "44")
    assert (racks["spine_rack"]["width"], racks["spine_rack"]["u_height"]) == ("19", "48")
    devices = by_name(files.tables["09-devices"])
    # 8 OU from OU 3 and 12 on; 4 RU are 177.8 mm, of which four OU (192 mm) are touched.
    assert devices["pod0-gpu5-node1"]["position"] == "12"
    assert types["Grand Teton (H100)"]["u_height"] == 8
    assert devices["pod0-gpu5-tor"]["position"] == "22"
    assert types["Minipack2 (64 x 400G)"]["u_height"] == 4
    # A rack PDU takes no units.
    assert devices["pod0-net0-pdu0"]["position"] == "" and types["rack_pdu"]["u_height"] == 0


def test_power_from_the_panel_to_the_tray() -> None:
    files = written(compiled("llama3_24k", pods="1"))
    types = {t["model"]: t for t in files.types}
    feed = next(row for row in files.tables["17-power-feeds"] if row["rack"] == "pod0-gpu30")
    assert feed["power_panel"] == "pod0-busway1"
    assert [feed[k] for k in ("supply", "phase", "voltage", "amperage", "max_utilization", "type")] == [
        "ac", "three-phase", "480", "20", "80", "primary",
    ]  # fmt: skip
    power = files.tables["19-power-cables"]
    panels = [row for row in power if row["side_a_power_panel"]]
    assert len(panels) == len(files.tables["17-power-feeds"])
    assert {row["side_a_type"] for row in panels} == {"dcim.powerfeed"}
    into = [row for row in power if row["side_b_device"] == "pod0-gpu30-node0"]
    assert [(r["side_a_device"], r["side_a_name"], r["side_b_name"]) for r in into] == [
        ("pod0-gpu30-shelf0", "out/1", "inlet/1"),
        ("pod0-gpu30-shelf1", "out/1", "inlet/2"),
    ]
    ports = types["Grand Teton (H100)"]["power-ports"]
    assert [p["allocated_draw"] for p in ports] == [5100, 5100] and ports[0]["maximum_draw"] == 10200
    # A feeder's draw is what is fed from it, which NetBox adds up where neither figure is given.
    assert all(set(p) == {"name", "type"} for p in types["ORv3 power shelf 18 kW, two inlets"]["power-ports"])
    legs = [outlet["feed_leg"] for outlet in types["rack_pdu"]["power-outlets"]]
    assert legs == ["A", "B", "C"] * 8
    assert types["busway"].get("power-outlets") is None


def test_draws_add_up_to_the_peak() -> None:
    result = compiled("llama3_24k", pods="1")
    files = written(result)
    for kind in files.types:
        draws = [p["allocated_draw"] for p in kind.get("power-ports", ()) if "allocated_draw" in p]
        if kind["model"] == "Minipack2 (64 x 400G)":
            # 2 kW and eighteen optics of 12 W at most, and nothing for copper.
            assert sum(draws) == 2000 + 18 * 12


def test_panels_lead_through() -> None:
    files = written(compiled("lab_trunks"))
    types = {t["model"]: t for t in files.types}
    shuffle = {m["front_port"]: m["rear_port"] for m in types["mpo12_shuffle"]["port-mappings"]}
    assert shuffle["front1_2"] == "rear2_1" and len(shuffle) == 16
    assert types["mpo12_trunk_144"]["u_height"] == 0
    assert {p["type"] for p in types["mpo12_cassette"]["front-ports"]} == {"mpo"}
    # Followed by hand from a leaf's uplink through shuffle, trunk and cassette to a spine.
    mapping = {
        (row["name"], side, m[f"{side}_port"]): m[f"{other}_port"]
        for row in files.tables["09-devices"]
        for m in types[row["device_type"]].get("port-mappings", ())
        for side, other in (("front", "rear"), ("rear", "front"))
    }
    joined: dict[tuple[str, str, str], tuple[str, str, str]] = {}
    for row in files.tables["18-cables"]:
        ends = [(row[f"side_{s}_device"], row[f"side_{s}_type"], row[f"side_{s}_name"]) for s in "ab"]
        joined[ends[0]], joined[ends[1]] = ends[1], ends[0]
    at, passed = joined["leaves0-leaf0", "dcim.interface", "swp9"], []
    while at[1] != "dcim.interface":
        passed.append(at[0])
        side = at[1].removeprefix("dcim.").removesuffix("port")
        other = "rear" if side == "front" else "front"
        at = joined[at[0], f"dcim.{other}port", mapping[at[0], side, at[2]]]
    assert passed == ["leaves0-box", "trunk0_0", "spines0-cassette0"]
    assert at == ("spines0-spine0", "dcim.interface", "swp1")
    mated = [row for row in files.tables["18-cables"] if row["description"] == "two plugs, no cord"]
    assert len(mated) == 64 and not any(row["type"] or row["length"] for row in mated)


def test_infiniband_and_split_cages() -> None:
    files = written(compiled("superpod_h100", su="1"))
    (switch,) = [t for t in files.types if t["model"] == "MQM9700-NS2F"]
    assert Counter(i["type"] for i in switch["interfaces"]) == {"infiniband-ndr": 64}
    assert len(switch["module-bays"]) == 32 and switch["module-bays"][0]["name"] == "osfp0"
    assert switch["interfaces"][1] == {"name": "IB1/1/2", "type": "infiniband-ndr", "label": "osfp0/1"}
    # One twin-port transceiver a cage, which carries two links.
    assert Counter(row["module_type"] for row in files.tables["11-modules"])["MMA4Z00-NS-FLT"] == 31 * 4


def test_one_model_in_several_uses() -> None:
    files = written(compiled("ocp_opg"))
    models = sorted(t["model"] for t in files.types)
    assert models == ["DS5000 (be_leaf)", "DS5000 (celestica.ds5000.ds5000)", "DS5000 (fe_leaf)", "OPG compute server"]
    (leaf,) = [t for t in files.types if t["model"] == "DS5000 (fe_leaf)"]
    assert Counter(i["type"] for i in leaf["interfaces"]) == {"other": 32, "800gbase-x-osfp": 56}
    assert [d.code for d in accepted(compiled("ocp_opg"), ["netbox"])] == ["RW8253"]


def test_growth_changes_no_line() -> None:
    before, after = (written(compiled("llama3_24k", pods=pods)).tables for pods in ("1", "2"))
    for table in ("07-racks", "09-devices", "15-ip-addresses", "17-power-feeds", "18-cables", "19-power-cables"):
        lines = {tuple(row.items()) for row in after[table]}
        assert all(tuple(row.items()) in lines for row in before[table]), table


HOSTILE = ("=1+1", "@x", 'a"b,c', "a\\nb", "\x1b[2J", "\u2028x", "../../etc", "-", "a" * 300, "{{ 7 }}", "\u65e5\u672c")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts(tmp_path: Path, text: str) -> None:
    path = tmp_path / "h.rack"
    quoted = text.replace('"', '\\"')
    path.write_text(
        f"""use generic.lab as parts
use optics.ethernet as optic

switch odd is parts.lab_switch {{
    \"\"\"Odd.\"\"\"
    vendor = "{quoted}"
    model  = "{quoted}"
    eth {{ names {{ frr = "{quoted}{{eth}}" }} }}
}}
server box is parts.lab_host {{ vendor = "{quoted}x", model = "{quoted}x" }}
rack r {{
    unit = RU, height = 42 RU, model = "{quoted}", vendor = "{quoted}"
    leaf   : odd at 20 RU {{ os = frr }}
    box[4] : box at 1 RU + 2 RU * box
    link box[b].nic[0] -> leaf.eth[b]  using optic.aoc_100g
}}
hall h {{ r[2] : r }}
""",
        "utf-8",
    )
    result = compile_spec(str(path), {})
    if result.plant is None:
        assert has_errors(result.diagnostics)
        return
    artifacts = rendered(result, "netbox", NAMED)
    files = Files({artifact.path: artifact.data for artifact in artifacts})
    assert problems(files) == []
    assert len(files.tables["09-devices"]) == 10 and len(files.tables["18-cables"]) == 8
    for artifact in artifacts:
        parts = artifact.path.split("/")
        assert parts[:2] == ["dcim", "netbox"] and not any(part.startswith(".") for part in parts)
        assert not any(
            value.startswith(("=", "@", "+", "-"))
            for rows in files.tables.values()
            for r in rows
            for value in r.values()
        )


def test_words_are_netbox_s() -> None:
    from unit import netbox_rules as rules

    assert {word for speeds in PLUGGABLE.values() for word in speeds.values()} <= rules.INTERFACES
    assert set(INFINIBAND.values()) <= rules.INTERFACES
    assert set(CONNECTORS.values()) <= rules.PORTS and set(CABLES.values()) <= rules.CABLES


def test_texts() -> None:
    assert field("  a\nb ", 10) == "a b" and field("=x", 10) == "'=x" and len(field("a" * 300, 100)) == 100
    assert apart(["a", "A", "b", "a"], 20) == ["a", "A ~2", "b", "a ~3"]
    taken: set[str] = set()
    assert [slug(t, taken) for t in ("A b", "a-B", "\u65e5", "..")] == ["a-b", "a-b-2", "x", "x-2"]


def test_a_rack_without_a_height_is_as_high_as_what_stands_in_it(tmp_path: Path) -> None:
    path = tmp_path / "h.rack"
    path.write_text(
        """use generic.lab as parts
rack r {
    unit    = RU
    host[3] : parts.lab_host at 1 RU + 2 RU * host
}
hall h { r : r }
""",
        "utf-8",
    )
    result = compile_spec(str(path), {})
    files = written(result)
    assert problems(files) == [] and files.tables["06-rack-types"][0]["u_height"] == "6"
    assert [d.code for d in accepted(result, ["netbox"])] == ["RW8252"]


@pytest.mark.parametrize(("volts", "legs"), [("240 V", ["A", "B", "C"]), ("415 V", [None] * 3)])
def test_a_leg_is_one_phase(tmp_path: Path, volts: str, legs: list[str | None]) -> None:
    path = tmp_path / "h.rack"
    path.write_text(f"use generic.power\ngroup g {{ pdu : power.rack_pdu(60 A, 415 V, {volts}) }}\n", "utf-8")
    (kind,) = written(compile_spec(str(path), {})).types
    assert [outlet.get("feed_leg") for outlet in kind["power-outlets"][:3]] == legs


def test_positions_are_whole_or_half_units() -> None:
    result = compiled("lab_4x2")
    assert result.plant is not None
    plant = result.plant
    # The first host of every rack is moved up by a tenth of a unit.
    bottom = plant.devices.bottom_um.copy()
    bottom[np.array([plant.devices.names.index(f"compute{n}-host0") for n in range(2)])] += 4445
    moved = replace(result, plant=replace(plant, devices=replace(plant.devices, bottom_um=bottom), grown=None))
    files = written(moved)
    devices = by_name(files.tables["09-devices"])
    assert devices["compute0-host0"]["position"] == "11"
    assert problems(files) == []
