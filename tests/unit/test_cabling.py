"""The cable list, the labels and the bill of materials of one small hall, counted by hand.

Two cabinets of two servers under a leaf whose cages are all split in two. In each cabinet a server's two adapters
share a cage of the leaf, so their two links are one breakout cable. Cages 2 and 3 of both leaves are joined
by twin-port optics, two fibres a pair of cages.

Heights: server in unit 1 (2 RU): 100 + 44.45 = 144.45 mm; in unit 3: 233.35 mm; leaf in unit 42:
100 + 41 * 44.45 + 22.225 = 1944.675 mm. So copper needs 2800.225 and 2711.325 mm with slack, and fibre
2 * (2800 - 1944.675) + 600 + 1000 = 3310.65 mm.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pytest

from rackwright.backends._kit.cabling import words
from rackwright.backends._kit.csv import harmless
from rackwright.backends.cabling import Cabling
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import compile_spec
from rackwright.dsl.diagnostics import Diagnostic, has_errors

PARTS = '''
optic twin {
    """Two DR4 ports.

    The second paragraph is not for the bill of materials.
    """
    model     = "2x400G DR4"
    vendor    = "=HYPERLINK(maker)"
    form      = osfp
    speed     = 800 Gbps
    ports     = 2
    media     = dr4_400g
    connector = mpo12_apc_x2
    fibers    = 8
    fiber     = smf
    reach     = 500 m
    power     = 15 W
    price     = 999.5 USD assumed
}

cable dac {
    """Copper, with a comma."""
    speed   = 400 Gbps
    ends    = [osfp]
    medium  = dac
    reach   = 3 m
    lengths = [1 m, 3 m, 2.75 m]
}

nic card {
    tdp = 20 W
    p : port { speed = 400 Gbps, cage = osfp, lanes = 4 }
}

server box {
    """A server."""
    model      = "box 2U"
    height     = 2 RU
    peak_power = 1 kW
    nic[2] : card
}

switch leaf {
    os         = sonic
    height     = 1 RU
    peak_power = 1 kW
    eth[4] : port {
        speed = 800 Gbps, cage = osfp, lanes = 8, max_split = 2
        names      { sonic = "Ethernet{8*eth}" }
        lane_names { sonic = "Ethernet{8*eth + 4*lane}" }
    }
    split eth[*] into 2 x 400 Gbps
}

rack cabinet {
    unit    = RU
    height  = 42 RU
    base    = 100 mm
    node[2] : box  at 1 RU, 3 RU
    tor     : leaf at 42 RU
    link node[n].nic[r] -> tor.eth[n, r]   using dac
}
'''

HALL = """
hall room {
    floor { row_pitch = 3 m, bay_pitch = 600 mm, tray = 2.8 m, cross_aisle = 1.2 m, slack = 1 m }
    cab[2 of 4] : cabinet
    link cab[0].tor.eth[i, j] -> cab[1].tor.eth[i, j]   using twin   for i in 2..3 for j in 0..1
    place cab[c] at row 0, bay c
}
"""

Row = dict[str, str]


@dataclass(frozen=True)
class Built:
    """What came out, as text and as rows."""

    text: dict[str, str]
    diagnostics: tuple[Diagnostic, ...]

    def rows(self, table: str) -> list[Row]:
        return list(csv.DictReader(io.StringIO(self.text[f"cabling/{table}.csv"])))

    def quantity(self, category: str) -> int:
        return sum(int(row["quantity"]) for row in self.rows("bom") if row["category"] == category)


def build(folder: Path, text: str = PARTS + HALL) -> Built:
    path = folder / "room.rack"
    path.write_text(text)
    done = compile_spec(str(path), {})
    assert not has_errors(done.diagnostics), done.diagnostics
    assert done.design is not None and done.plant is not None
    backend, request = Cabling(), Request()
    diagnostics = tuple(backend.accepts(done.design, done.plant, request))
    files = {a.path: a.data.decode() for a in backend.render(done.design, done.plant, request)}
    return Built(files, diagnostics)


def swap(text: str, old: str, new: str) -> str:
    """The text with a mistake planted, which must find its place."""
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("room"))


def test_there_are_five_files_and_nothing_to_say(room: Built) -> None:
    assert sorted(room.text) == [f"cabling/{table}.csv" for table in ("bom", "cables", "labels", "pulls", "trays")]
    assert room.diagnostics == ()


def test_one_row_a_cable_with_both_ends(room: Built) -> None:
    row = room.rows("cables")[3]
    number = row.pop("cable_id")
    assert number.endswith("-0003")
    assert row.pop("shared_with") == number.replace("-0003", "-0002")
    assert row == {
        "a_device": "cab0-node1",
        "a_port": "nic1",
        "a_location": "cab0 U3",
        "z_device": "cab0-tor",
        "z_port": "eth1/1",
        "z_location": "cab0 U42",
        "speed_gbps": "400",
        "cable": "dac",
        "a_optic": "",
        "z_optic": "",
        "length_m": "2.75",
        "network": "",
        "a_label": "cab0-node1 nic1 -> cab0-tor eth1/1",
        "z_label": "cab0-tor eth1/1 -> cab0-node1 nic1",
        "a_interface": "",
        "z_interface": "Ethernet12",
        "trays": "",
        "bundle": "",
        "circuit": "",
    }


def test_the_columns_stand_in_their_order(room: Built) -> None:
    header = room.text["cabling/cables.csv"].partition("\n")[0]
    assert header == (
        "cable_id,a_device,a_port,a_location,z_device,z_port,z_location,speed_gbps,cable,a_optic,z_optic,length_m,"
        "network,a_label,z_label,a_interface,z_interface,shared_with,trays,bundle,circuit"
    )


def test_fibre_is_cut_to_whole_metres(room: Built) -> None:
    fibres = [row for row in room.rows("cables") if row["a_optic"]]
    assert [row["length_m"] for row in fibres] == ["4"] * 4
    assert {(row["cable"], row["a_optic"], row["z_optic"]) for row in fibres} == {("mpo12_apc smf 8f", "twin", "twin")}
    assert {row["shared_with"] for row in fibres} == {""}


def test_copper_takes_the_next_length_that_is_sold(room: Built) -> None:
    copper = {row["a_device"]: row["length_m"] for row in room.rows("cables") if row["cable"] == "dac"}
    assert copper == {"cab0-node0": "3", "cab0-node1": "2.75", "cab1-node0": "3", "cab1-node1": "2.75"}


def test_two_labels_a_cable_the_a_end_first(room: Built) -> None:
    labels, rows = room.rows("labels"), room.rows("cables")
    assert [label["cable_id"] for label in labels[::2]] == [row["cable_id"] for row in rows]
    assert [label["end"] for label in labels] == ["a", "z"] * len(rows)
    for label, row in zip(labels[::2], rows, strict=True):
        assert f"{label['from']} -> {label['to']}" == row["a_label"]
        assert (label["from_location"], label["to_location"]) == (row["a_location"], row["z_location"])
    for label, row in zip(labels[1::2], rows, strict=True):
        assert f"{label['from']} -> {label['to']}" == row["z_label"]
        assert (label["from_location"], label["to_location"]) == (row["z_location"], row["a_location"])


def test_the_bill_of_materials(room: Built) -> None:
    columns = ("category", "sku", "definition", "quantity", "length_m", "included_in", "assumed", "price_usd")
    assert [tuple(row[column] for column in columns) for row in room.rows("bom")] == [
        ("rack", "cabinet", "cabinet", "2", "", "", "", ""),
        ("device", "box 2U", "box", "4", "", "", "", ""),
        ("device", "leaf", "leaf", "2", "", "", "", ""),
        ("optic", "2x400G DR4", "twin", "4", "", "", "yes", "3998"),
        ("cable", "dac", "dac", "2", "2.75", "", "", ""),
        ("cable", "dac", "dac", "2", "3", "", "", ""),
        ("fibre", "mpo12_apc smf 8f", "", "4", "4", "", "", ""),
        ("included", "card", "card", "8", "", "box 2U", "", ""),
    ]


def test_the_totals_agree_with_the_cable_list(room: Built) -> None:
    rows = room.rows("cables")
    assert room.quantity("cable") + room.quantity("fibre") == sum(not row["shared_with"] for row in rows) == 8
    cages = {(row[f"{end}_device"], row[f"{end}_port"].partition("/")[0])
             for row in rows for end in "az" if row[f"{end}_optic"]}  # fmt: skip
    assert room.quantity("optic") == len(cages) == 4


def test_only_the_first_line_of_a_docstring_is_printed(room: Built) -> None:
    described = {row["definition"]: row["description"] for row in room.rows("bom")}
    assert described["twin"] == "Two DR4 ports."
    assert described["dac"] == "Copper, with a comma."
    assert '"Copper, with a comma."' in room.text["cabling/bom.csv"]


def test_free_text_never_becomes_a_formula(room: Built) -> None:
    assert {row["vendor"] for row in room.rows("bom")} == {"", "'=HYPERLINK(maker)"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_execute(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["", "1 = 1", "a-b", "400G DR4"])
def test_what_it_would_not(text: str) -> None:
    assert harmless(text) == text


def test_growth_changes_no_existing_row(room: Built, tmp_path: Path) -> None:
    grown = build(tmp_path, swap(PARTS + HALL, "cab[2 of 4]", "cab[3 of 4]"))
    for table in ("cables", "labels"):
        before = room.text[f"cabling/{table}.csv"].splitlines()
        after = grown.text[f"cabling/{table}.csv"].splitlines()
        assert set(before) <= set(after)
    assert len(grown.rows("cables")) == len(room.rows("cables")) + 4


def test_long_tables_are_written_in_slices(room: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "ROWS", 5)
    assert build(tmp_path).text == room.text


def test_links_that_name_nothing_are_listed_and_said(tmp_path: Path) -> None:
    bare = build(tmp_path, swap(PARTS + HALL, "using twin", ""))
    (note,) = bare.diagnostics
    assert (note.code, note.at and note.at.text) == ("RW8201", "4 links")
    assert [row["cable"] for row in bare.rows("cables")] == ["dac"] * 8 + [""] * 4
    assert [(row["sku"], row["quantity"]) for row in bare.rows("bom") if row["category"] == "cable"] == [
        ("dac", "2"), ("dac", "2"), ("not stated", "4"),
    ]  # fmt: skip


def test_a_rack_that_stands_nowhere_leaves_lengths_empty_and_says_so(tmp_path: Path) -> None:
    lost = build(tmp_path, swap(PARTS + HALL, "place cab[c] at row 0, bay c", "place cab[0] at row 0, bay 0"))
    (note,) = lost.diagnostics
    assert (note.code, note.at and note.at.text) == ("RW8202", "4 of 4 cables")
    assert [row["length_m"] for row in lost.rows("cables")][8:] == [""] * 4
    assert [(row["quantity"], row["length_m"]) for row in lost.rows("bom") if row["category"] == "fibre"] == [("4", "")]


def test_without_a_floor_plan_no_length_is_invented(tmp_path: Path) -> None:
    floor = HALL.splitlines()[2]
    bare = build(tmp_path, swap(PARTS + HALL, floor, ""))
    assert {row["length_m"] for row in bare.rows("cables")} == {""}
    assert bare.diagnostics == ()


def test_an_optic_counts_once_though_one_half_of_its_cage_is_silent(tmp_path: Path) -> None:
    # The first port of each cage names no optic, the second does.
    text = swap(
        PARTS + HALL,
        "link cab[0].tor.eth[i, j] -> cab[1].tor.eth[i, j]   using twin   for i in 2..3 for j in 0..1",
        "link cab[0].tor.eth[i, 0] -> cab[1].tor.eth[i, 0]   for i in 2..3\n"
        "    link cab[0].tor.eth[i, 1] -> cab[1].tor.eth[i, 1]   using twin   for i in 2..3",
    )
    half = build(tmp_path, text)
    assert half.quantity("optic") == 4
    assert [d.code for d in half.diagnostics] == ["RW8201"]


def test_a_cable_with_many_tails_is_one(tmp_path: Path) -> None:
    # Both ports of a server stand behind one cage, so a cabinet's four links are two cables, split at both ends.
    cage = "cage[1] : port { speed = 800 Gbps, cage = osfp, lanes = 8, max_split = 2 }"
    text = swap(PARTS + HALL, "nic[2] : card", f"{cage}\n    split cage[*] into 2 x 400 Gbps")
    both = build(tmp_path, swap(text, "node[n].nic[r]", "node[n].cage[0, r]"))
    assert both.quantity("cable") == 4
    assert sum(not row["shared_with"] for row in both.rows("cables") if row["cable"] == "dac") == 4


def test_a_chain_of_shared_cages_is_followed_to_its_end(tmp_path: Path) -> None:
    # No such cable exists, but the count must end, and soon.
    switches = (
        "group chain { tor[2000] : leaf\n link tor[i].eth[0, 1] -> tor[i + 1].eth[0, 0] using dac for i in 0..1998 }"
    )
    chain = build(tmp_path, PARTS[: PARTS.index("rack cabinet")] + switches)
    rows = chain.rows("cables")
    assert {row["shared_with"] for row in rows[1:]} == {rows[0]["cable_id"]}
    assert chain.quantity("cable") == 1


def test_a_design_without_links_has_empty_lists(tmp_path: Path) -> None:
    empty = build(tmp_path, "server box { height = 2 RU, peak_power = 1 kW }\nrack r { b : box }\n")
    assert empty.text["cabling/cables.csv"].count("\n") == 1
    assert empty.text["cabling/labels.csv"] == "cable_id,end,from,from_location,to,to_location,tia_606\n"
    assert [row["category"] for row in empty.rows("bom")] == ["rack", "device"]


def test_only_the_first_shard_writes(tmp_path: Path) -> None:
    path = tmp_path / "room.rack"
    path.write_text(PARTS + HALL)
    done = compile_spec(str(path), {})
    assert done.design is not None and done.plant is not None
    rest = Request(shard=1, shards=2)
    assert list(Cabling().render(done.design, done.plant, rest)) == []
    assert list(Cabling().accepts(done.design, done.plant, rest)) == []


def test_whips_are_bought_by_the_feed(tmp_path: Path) -> None:
    text = """
whip lead { model = "32 A 3P", current = 32 A, length = 2.5 m, weight = 1.5 kg, cores = 5 }
tap box { supply = 20 kW
    out[3] : outlet { rating = 10 kW } }
server load { peak_power = 1 kW
    psu[2] : inlet { rating = 2 kW } }
group g {
    a[2] : box
    s[3] : load
    feed a[i].out[k] -> s[k].psu[i] using lead
}
"""
    lines = [row for row in build(tmp_path, text).rows("bom") if row["category"] == "whip"]
    columns = ("sku", "definition", "quantity", "length_m", "unit_weight_kg", "weight_kg", "spares")
    assert [tuple(row[c] for c in columns) for row in lines] == [("32 A 3P", "lead", "6", "2.5", "1.5", "9", "0")]


def test_devices_side_by_side_have_a_letter(tmp_path: Path) -> None:
    # Without a height nobody can tell whether two devices at one unit are in each other's way.
    text = swap(PARTS + HALL, "node[2] : box  at 1 RU, 3 RU", "node[2] : box  at 1 RU, 1 RU")
    labels = build(tmp_path, swap(text, "    height     = 2 RU\n", "")).rows("labels")
    near = [label["tia_606"].partition(" / ")[0] for label in labels if label["from"].startswith("cab0-node")]
    assert near == ["ROOM.A00-01A:01", "ROOM.A00-01A:02", "ROOM.A00-01B:01", "ROOM.A00-01B:02"]
