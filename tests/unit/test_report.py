"""The page's data and its document: what they say is what the other outputs say, and nothing in a spec can run."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import rendered
from unit.power_specs import Spec, built

from rackwright.backends.report import Report, assembly
from rackwright.backends.report.content import content
from rackwright.backends.report.pack import Packed, pack
from rackwright.compiler.backend import Request
from rackwright.compiler.names import cable_ids
from rackwright.compiler.pipeline import Compilation

Compiled = Callable[..., Compilation]

TYPES = {"i8": "<i1", "i16": "<i2", "i32": "<i4", "f64": "<f8"}

DESIGN = """
rack r { busbar_limit = 15 kW assumed; unit = OU; height = 40 OU; width = 600 mm; depth = 1 m; weight = 100 kg
    s[2] : psu at 1 OU, 2 OU; box[3] : box at 4 OU, 6 OU, 8 OU; tor : tor
    feed s[*] -> box[b].inlet[0]
    feed s[*] -> tor.inlet[0] }
row w { bar : bar; r[2] : r; spine : tor
    link r[i].tor.eth[0] -> spine.eth[i] using optic.aoc_100g
    feed bar.tap[2*i + k] -> r[i].s[k] }
"""


def unpacked(packed: Packed) -> list[int]:
    """A column as the page reads it."""
    count = int(packed["n"])
    if "d" not in packed:
        return [int(packed["c"])] * count
    column = np.frombuffer(base64.b64decode(str(packed["d"])), dtype=TYPES[str(packed["t"])]).astype(np.int64)
    return [int(n) for n in (np.cumsum(column) if packed.get("s") else column)]


def document(result: Compilation) -> str:
    (artifact,) = rendered(result, "report")
    assert artifact.path == "report/index.html"
    return artifact.data.decode()


def data_of(html: str) -> dict[str, Any]:
    """What the page's data block holds."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    assert found is not None
    loaded: dict[str, Any] = json.loads(found[1])
    return loaded


def table(result: Compilation, backend: str, path: str) -> list[dict[str, str]]:
    (artifact,) = [a for a in rendered(result, backend) if a.path == path]
    return list(csv.DictReader(io.StringIO(artifact.data.decode())))


@pytest.mark.parametrize(
    "column",
    [
        [],
        [7],
        [5, 5, 5],
        [0, 1, 2, 3, 127],
        [-128, 127],
        [0, 128],
        [300, 301, 302, 300],
        [-1, 2**15],
        [2**31 - 1, -(2**31)],
        [2**40, 2**40 + 1, 2**40],
        [2**53, -(2**53), 1],
    ],
)
def test_columns_come_back(column: list[int]) -> None:
    assert unpacked(pack(np.array(column, dtype=np.int64))) == column


def test_columns_take_little_room() -> None:
    steps = np.arange(100_000, dtype=np.int64) // 3
    assert len(str(pack(steps)["d"])) < 140_000, "a byte a number, in base64"
    assert pack(np.full(10**6, 42, dtype=np.int64)) == {"n": 10**6, "c": 42}


def test_every_instance_has_the_figures_of_the_budget(spec: Spec) -> None:
    result = built(spec, DESIGN)
    data = data_of(document(result))
    lines = table(result, "power", "power/budget.csv")
    found = []
    for entry in data["power"]["tables"]:
        peaks, supplies = unpacked(entry["peak"]), unpacked(entry["supply"])
        found += list(zip(peaks, supplies, strict=True))
    assert len(found) == len(lines)
    for (peak, supply), line in zip(found, lines, strict=True):
        assert f"{peak / 1000:.3f}" == line["peak_w"]
        assert (f"{supply / 1000:.3f}" if supply >= 0 else "") == line["supply_w"]


def test_devices_sum_up_to_the_whole(compiled: Compiled) -> None:
    data = data_of(document(compiled("llama3_24k")))
    whole = data["power"]["tables"][-1]
    assert sum(unpacked(data["power"]["devices"]["peak"])) == unpacked(whole["peak"])[0]
    cooling = data["cooling"]["devices"]
    assert sum(unpacked(cooling["heat"])) == sum(unpacked(cooling["liquid"])) + sum(unpacked(cooling["air"]))


def test_cables_are_those_of_the_cable_list(compiled: Compiled) -> None:
    result = compiled("lab_3tier")
    assert result.plant is not None
    data, plant = data_of(document(result)), result.plant
    names = data["devices"]["names"].split("\n")
    assert names == plant.devices.names
    lines = {line["cable_id"]: line for line in table(result, "cabling", "cabling/cables.csv")}
    digits, seen = data["cables"]["digits"], []
    for statement in data["cables"]["rules"]:
        tag = data["rules"][statement["rule"]]["tag"]
        columns = {key: unpacked(statement[key]) for key in ("a", "ap", "z", "zp", "rank")}
        for a, ap, z, zp, rank in zip(*columns.values(), strict=True):
            cable = f"{tag}-{rank:0{digits}}"
            seen.append(cable)
            line = lines[cable]
            assert (line["a_device"], line["z_device"]) == (names[a], names[z])
            ports = [data["classes"][plant.devices.cls[d]]["terminals"]["port"] for d in (a, z)]
            assert (line["a_port"], line["z_port"]) == (ports[0][ap], ports[1][zp])
    assert seen == cable_ids(plant).to_list() and len(seen) == data["cables"]["count"]


def test_failures_are_those_of_the_compiler(spec: Spec) -> None:
    from rackwright.compiler.power.failover import failover

    result = built(spec, DESIGN)
    assert result.plant is not None
    cases = failover(result.plant)
    shown = data_of(document(result))["power"]["cases"]
    assert [(c["kind"], c["instance"], c["verdict"], c["darkPower"]) for c in shown] == [
        (c.kind, c.instance, c.verdict, c.dark_power) for c in cases
    ]
    assert [unpacked(c["members"]) for c in shown] == [c.members.tolist() for c in cases]


def test_figures_name_their_lines(spec: Spec) -> None:
    result = built(spec, DESIGN)
    source = next(iter(result.sources.values()))
    for thing in data_of(document(result))["elements"]:
        for attribute, value, at, *_ in thing["figures"]:
            file, _, line = at.rpartition(":")
            if file == "test.rack":
                assert attribute.split(".")[0] in source.line(int(line)), (attribute, value, at)


def test_the_document_may_load_nothing(compiled: Compiled) -> None:
    html = document(compiled("lab_4x2"))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src 'none';") and "unsafe" not in policy[1] and "http" not in policy[1]
    # The policy names the digest of each script that runs, and of the style sheet: no other does.
    blocks = re.findall(r"<script>(.*?)</script>", html, re.S) + re.findall(r"<style>(.*?)</style>", html, re.S)
    digests = [f"'sha256-{base64.b64encode(hashlib.sha256(b.encode()).digest()).decode()}'" for b in blocks]
    assert len(blocks) == 3 and sorted(digests) == sorted(re.findall(r"'sha256-[^']+'", policy[1]))
    # Outside of the library and the data there is no address but the name of SVG.
    library, own, style = blocks
    assert "d3js.org" in library
    assert re.findall(r"https?://[^\"'\s)]+", own + style) == ["http://www.w3.org/2000/svg"]
    frame = re.sub(r"<script.*?</script>|<style.*?</style>", "", html, flags=re.S)
    assert not re.search(r"https?:|src=|href=", frame)


def test_the_library_comes_with_its_licence(compiled: Compiled) -> None:
    assert "Copyright" in document(compiled("lab_4x2")).partition("!function")[0]
    assert "provided that the above copyright notice" in document(compiled("lab_4x2"))


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


def test_no_text_of_a_spec_ends_its_block(spec: Spec) -> None:
    result = built(spec, DESIGN.replace("rack r {", f'rack r {{ ; """{HOSTILE}"""; source = "<!--<script>"; '))
    html = document(result)
    assert HOSTILE not in html and "\\u003c/script>" in html
    assert html.count("<script") == 3 == html.count("</script>")
    assert any(e["doc"] == HOSTILE for e in data_of(html)["elements"])


def test_the_title_is_text(spec: Spec) -> None:
    assert "<title>w - Rackwright</title>" in document(built(spec, DESIGN))


def test_bytes_follow_from_the_design(compiled: Compiled, tmp_path: Path, root: Path) -> None:
    from rackwright.compiler.pipeline import compile_spec

    elsewhere = tmp_path / "lab_4x2.rack"
    elsewhere.write_bytes((root / "specs" / "lab_4x2.rack").read_bytes())
    assert document(compiled("lab_4x2")) == document(compile_spec(str(elsewhere), {}))


def test_the_page_is_small(compiled: Compiled) -> None:
    assert len(document(compiled("llama3_24k"))) < 10_000_000
    assert len(document(compiled("lab_4x2"))) < 600_000


def test_many_cables_are_told_by_rack(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rackwright.backends.report.things.MOST_CABLES", 1)
    result = built(spec, DESIGN)
    assert result.plant is not None
    cables: Any = content(result.plant)["cables"]
    (statement,) = cables["rules"]
    assert (cables["count"], cables["whole"], statement["count"]) == (2, False, 2)
    pairs = {key: unpacked(column) for key, column in statement["pairs"].items()}
    # Each rack's switch is joined once to the spine, which stands in no rack: the class tells it.
    spine = next(c.index for c in result.plant.classes if result.plant.element_of(c).name == "spine")
    assert pairs == {"a": [0, 1], "z": [-1 - spine] * 2, "count": [1, 1]}


def test_only_the_first_shard_has_the_page(spec: Spec) -> None:
    assert rendered(built(spec, DESIGN), "report", Request(shard=1, shards=2)) == []


def test_an_installation_without_the_library(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    result = built(spec, DESIGN)
    assert result.design is not None and result.plant is not None
    assert list(Report().accepts(result.design, result.plant, Request())) == []
    monkeypatch.setattr(assembly, "LIBRARY", ("d3.LICENSE", "gone.js"))
    (told,) = Report().accepts(result.design, result.plant, Request())
    assert told.code == "RW8220" and told.detail.startswith("gone.js is not in ")


def test_every_file_of_the_page_is_in_it() -> None:
    folder = files("rackwright.backends.report") / "page"
    assert sorted(f.name for f in folder.iterdir()) == sorted((*assembly.STYLES, *assembly.SCRIPTS))


def test_cables_through_panels_tell_their_link(compiled: Compiled) -> None:
    result = compiled("lab_trunks")
    assert result.plant is not None and result.plant.circuits is not None
    cables, links = data_of(document(result))["cables"], result.plant.links
    assert cables["count"] == len(result.plant.segments) > len(links)
    assert unpacked(cables["circuits"]["of"]) == result.plant.circuit.tolist()
    for key, column in (
        ("a", links.a_device),
        ("ap", links.a_terminal),
        ("z", links.z_device),
        ("zp", links.z_terminal),
    ):
        assert unpacked(cables["circuits"][key]) == column.tolist()


def test_what_cables_are_made_with_is_what_is_ordered(compiled: Compiled) -> None:
    result = compiled("lab_trunks")
    data = data_of(document(result))
    lines = iter(table(result, "cabling", "cabling/cables.csv"))
    for statement in data["cables"]["rules"]:
        columns = [unpacked(statement[key]) for key in ("am", "zm", "sold")]
        for a, z, sold in zip(*columns, strict=True):
            line = next(lines)
            for number, optic in ((a, line["a_optic"]), (z, line["z_optic"])):
                media = data["media"][number] if number >= 0 else None
                assert optic == (media["name"] if media is not None and media["kind"] == "optic" else "")
            assert (sold < 0) == (line["length_m"] == "")
            assert sold < 0 or float(line["length_m"]) == sold / 1e6
    assert next(lines, None) is None
