"""The plant as Parquet: what is in the tables, that the reference agrees, and that bytes are stable."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from rackwright.backends.tables import Tables
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import compile_spec
from rackwright.dsl.diagnostics import has_errors

SPEC = """
cable dac { speed = 400 Gbps, ends = [osfp], medium = dac, reach = 3 m }

server box {
    model      = "box 2U"
    height     = 2 RU
    peak_power = 1 kW
    eth[2] : port  { speed = 400 Gbps, cage = osfp }
    feed_in : inlet { voltage = 48 V, busbar = true }
    cold : coolant_in
}

switch leaf {
    os         = sonic
    height     = 1 RU
    peak_power = 1 kW
    eth[4] : port { speed = 400 Gbps, cage = osfp }
}

shelf supply_shelf {
    supply = 10 kW
    out : outlet { busbar = true }
}

cdu unit {
    peak_power = 1 kW
    warm[8] : coolant_out
}

rack cabinet {
    unit    = RU
    height  = 42 RU
    node[2] : box   at 1 RU, 3 RU
    tor     : leaf  at 42 RU
    power   : supply_shelf at 10 RU

    link node[n].eth[r] -> tor.eth[2*n + r]   using dac
    feed power -> node[*]
}

hall room {
    floor { row_pitch = 3 m, bay_pitch = 600 mm, tray = 2.8 m, cross_aisle = 1.2 m, slack = 1 m }
    cab[2 of 4] : cabinet
    cool        : unit
    pipe cool.warm[2*c + n] -> cab[c].node[n]
    place cab[c] at row 1, bay 2*c
}

network fabric { routing = none }
"""
NAMES = ("devices", "racks", "links", "feeds", "pipes")


def write(path: Path) -> dict[str, bytes]:
    done = compile_spec(str(path), {})
    assert not has_errors(done.diagnostics), done.diagnostics
    assert done.design is not None and done.plant is not None
    assert list(Tables().accepts(done.design, done.plant, Request())) == []
    return {a.path: a.data for a in Tables().render(done.design, done.plant, Request())}


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("room") / "room.rack"
    path.write_text(SPEC)
    return path


@pytest.fixture(scope="module")
def tables(spec: Path) -> dict[str, pl.DataFrame]:
    files = write(spec)
    assert sorted(files) == sorted(f"tables/{name}.parquet" for name in NAMES)
    return {name: pl.read_parquet(BytesIO(files[f"tables/{name}.parquet"])) for name in NAMES}


def test_devices(tables: dict[str, pl.DataFrame]) -> None:
    rows = {row["device"]: row for row in tables["devices"].to_dicts()}
    assert rows["cab1-tor"] == {
        "device": "cab1-tor",
        "class": "cab.tor",
        "kind": "switch",
        "definition": "leaf",
        "model": None,
        "os": "sonic",
        "rank": 1,
        "rack": "cab1",
        "bottom_um": 41 * 44_450,
    }
    assert rows["cool"]["rack"] is None and rows["cool"]["bottom_um"] is None
    assert rows["cab0-node1"]["model"] == "box 2U"


def test_racks(tables: dict[str, pl.DataFrame]) -> None:
    assert tables["racks"].to_dicts()[1] == {
        "rack": "cab1",
        "class": "cab",
        "definition": "cabinet",
        "model": None,
        "row": 1,
        "bay": 2,
        "x_um": 1_200_000,
        "y_um": 3_000_000,
    }


def test_links(tables: dict[str, pl.DataFrame]) -> None:
    row = tables["links"].to_dicts()[3]
    assert row.pop("cable_id") == f"{row.pop('tag')}-0003"
    assert row == {
        "a_device": "cab0-node1",
        "a_port": "eth1",
        "z_device": "cab0-tor",
        "z_port": "eth3",
        "a_using": "dac",
        "z_using": "dac",
        "speed_bps": 400 * 10**9,
        # From the middle of units 3 and 4 to the middle of unit 42, and slack.
        "length_um": 41 * 44_450 + 22_225 - 3 * 44_450 + 1_000_000,
        "network": "fabric",
        "rule": 1,
        "rank": 3,
    }


def test_feeds_and_pipes(tables: dict[str, pl.DataFrame]) -> None:
    ends = ("a_device", "a_outlet", "z_device", "z_inlet")
    assert tables["feeds"].select(ends).rows()[:2] == [
        ("cab0-power", "out", "cab0-node0", "feed_in"),
        ("cab0-power", "out", "cab0-node1", "feed_in"),
    ]
    ends = ("a_device", "a_coolant_out", "z_device", "z_coolant_in")
    assert tables["pipes"].select(ends).rows()[3] == ("cool", "warm3", "cab1-node1", "cold")


def test_unplaced_racks_have_no_place(tmp_path: Path) -> None:
    path = tmp_path / "room.rack"
    path.write_text(SPEC.replace("place cab[c] at row 1, bay 2*c", ""))
    racks = pl.read_parquet(BytesIO(write(path)["tables/racks.parquet"]))
    assert racks.select("row", "bay", "x_um", "y_um").unique().rows() == [(None, None, None, None)]


def test_a_design_of_nothing_has_all_columns(tables: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    path = tmp_path / "bare.rack"
    path.write_text("server box { height = 2 RU, peak_power = 1 kW }\ngroup g { b : box }\n")
    files = write(path)
    for name in NAMES:
        assert pl.read_parquet_schema(BytesIO(files[f"tables/{name}.parquet"])) == tables[name].schema


def test_the_reference_lists_every_column(tables: dict[str, pl.DataFrame]) -> None:
    page = (Path(__file__).parents[2] / "docs/reference/tables.md").read_text()
    for name in NAMES:
        section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        written = re.findall(r"^\| `(\w+)` \| (\w+) \|", section, re.MULTILINE)
        assert written == [(column, str(kind)) for column, kind in tables[name].schema.items()]


def test_metadata(spec: Path) -> None:
    for name in NAMES:
        found = pl.read_parquet_metadata(BytesIO(write(spec)[f"tables/{name}.parquet"]))
        assert found["rackwright.schema_version"] == "1"
        assert (found["rackwright.table"], found["rackwright.design"]) == (name, "room")


def test_bytes_do_not_change_from_run_to_run(spec: Path) -> None:
    assert write(spec) == write(spec)


DIGEST = """
import hashlib, sys
from rackwright.backends.tables import Tables
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import compile_spec
done = compile_spec(sys.argv[1], {})
for artifact in Tables().render(done.design, done.plant, Request()):
    print(artifact.path, hashlib.sha256(artifact.data).hexdigest())
"""


def test_bytes_do_not_depend_on_threads(tmp_path: Path) -> None:
    # Long enough for several row groups and for gathers by several threads.
    path = tmp_path / "long.rack"
    path.write_text(SPEC.replace("cab[2 of 4]", "cab[40000]").replace("pipe cool", "# ").replace("place cab", "# "))
    found = set()
    for threads in ("1", "2", "5"):
        env = {**os.environ, "POLARS_MAX_THREADS": threads, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", DIGEST, str(path)]
        found.add(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)
    assert len(found) == 1 and "links" in found.pop()


def test_only_the_first_shard_writes(spec: Path) -> None:
    done = compile_spec(str(spec), {})
    assert done.design is not None and done.plant is not None
    assert list(Tables().render(done.design, done.plant, Request(shard=1, shards=2))) == []
