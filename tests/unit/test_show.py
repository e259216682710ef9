"""What `rackwright show` answers; how figures come about is tests/unit/test_trace.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rackwright.compiler.cli import main

SPECS = Path(__file__).parents[2] / "specs"
LLAMA = str(SPECS / "llama3_24k.rack")
TRUNKS = str(SPECS / "lab_trunks.rack")

SMALL = """
use optics.ethernet as optic
server box {
    peak_power = 1 kW assumed
    weight = 20 kg
    height = 2 RU
    assumed = "a round number"
    liquid = 50 %
    rise = 10 K
    inlet[2] : inlet
    cold : coolant_in
}
switch sw {
    peak_power = 300 W
    height = 1 RU
    eth[4] : port { speed = 400 Gbps, cage = qsfp_dd }
    inlet : inlet
}
pdu strip {
    supply = 4 kW
    out[4] : outlet
}
whip cord { current = 16 A }
cdu pump {
    coolant = water
    peak_power = 100 W
    out : coolant_out
}
rack r {
    unit = RU
    height = 12 RU
    box : box at 2 RU
    sw[2] : sw at 9 RU, 11 RU
    strip : strip
    link sw[0].eth[0] -> sw[1].eth[3] using optic.dac_400g_qsfp_dd
    feed strip.out[i] -> box.inlet[i] using cord for i in 0..1
    feed strip.out[2 + i] -> sw[i] using cord
}
row line {
    r[2] : r
    pump : pump
    pipe pump -> r[0].box
}
"""


@pytest.fixture
def small(tmp_path: Path) -> str:
    path = tmp_path / "small.rack"
    path.write_text(SMALL)
    return str(path)


def show(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["show", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def facts(output: str) -> dict[str, str]:
    """The lines of the first part of a sheet, by their first word."""
    lines = output.partition("\n\n")[0].splitlines()[1:]
    return {line.split("  ")[0].strip(): line.split("  ", 1)[1].strip() for line in lines}


def test_a_device(small: str) -> None:
    result = show(small, "r0-box")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("r0-box: server box\n")
    found = facts(result.stdout)
    assert found["path"] == "r[0].box"
    assert found["rack"] == "r0 at 2 RU, 2 RU high"
    assert found["member"] == "small.rack:32"
    assert found["peak_power"] == "1 kW  small.rack:4  assumed"
    assert found["liquid_heat"].startswith("500 W")
    assert found["weight"] == "20 kg  small.rack:5"
    assert "r0-strip out0  r0-box inlet0  500 W  cord\n" in result.stdout
    assert "pump out   r0-box cold\n" in result.stdout
    assert "assumed: a round number\n" in result.stdout
    assert "liquid      50 %   small.rack:8\n" in result.stdout


def test_a_feeder(small: str) -> None:
    shown = show(small, "r1-strip").stdout
    found = facts(shown)
    assert found["supply"] == "4 kW  small.rack:20"
    assert "peak_power" not in found
    rows = [line.split("  ") for line in shown.splitlines() if line.startswith("r1-strip out")]
    assert [row[0] for row in rows] == [f"r1-strip out{i}" for i in range(4)]


def test_an_elevation(small: str) -> None:
    """Twelve units, of which the boxes fill four; a box is named at its top."""
    shown = show(small, "r1").stdout
    drawn = {int(line[:3]): line[3:].strip(" |").rstrip(" |") for line in shown.splitlines() if line[3:6] == " | "}
    assert list(drawn) == list(range(12, 0, -1))
    assert {unit for unit, text in drawn.items() if text.startswith("r1-")} == {3, 9, 11}
    assert (drawn[3], drawn[9], drawn[11]) == ("r1-box", "r1-sw0", "r1-sw1")
    assert sum(text == "." for text in drawn.values()) == 8
    assert "8 of 12 RU free" in shown and "at most" not in shown
    found = facts(shown)
    assert found["peak_power"].startswith("1.6 kW")
    assert found["weight"].startswith("20 kg")


def test_free_units_are_at_most_so_many_where_a_place_is_not_told(tmp_path: Path) -> None:
    box = "server box { peak_power = 400 W, height = 2 RU }\n"
    spec = tmp_path / "vague.rack"
    spec.write_text(box + "rack r { unit = RU, height = 12 RU\n a : box at 1 RU\n b : box }\n")
    assert "at most 10 of 12 RU free" in show(str(spec), "r").stdout


def test_an_element_and_its_instances(small: str) -> None:
    every = facts(show(small, "r").stdout)
    one = facts(show(small, "r[1]").stdout)
    assert every["instances"] == "2, all of which the figures are for"
    assert every["peak_power"].startswith("3.2 kW") and one["peak_power"].startswith("1.6 kW")
    whole = show(small, "line").stdout
    assert facts(whole)["peak_power"].startswith("3.3 kW")
    assert "    2  rack  r       r\n" in whole
    assert show(small, "r1").stdout == show(small, "r[1]").stdout == show(small, "line.r[1]").stdout


def test_a_cable(small: str) -> None:
    cable = next(line.split()[-1] for line in show(small, "r0-sw0").stdout.splitlines() if line.startswith("eth0 "))
    shown = show(small, cable).stdout
    found = facts(shown)
    assert found["a"] == "r0-sw0 eth0 in r0 at 9 RU, 1 RU high"
    assert found["z"] == "r0-sw1 eth3 in r0 at 11 RU, 1 RU high"
    assert found["a plug"] == found["z plug"] == "optics.ethernet.dac_400g_qsfp_dd (cable)"
    assert "way" not in found and "length" not in found  # no floor plan
    refused = show(small, cable, "length")
    assert refused.exit_code == 2 and "error[RW0020]" in refused.stderr


def test_a_definition(small: str) -> None:
    shown = show(small, "cord").stdout
    assert shown.startswith("cord: whip\nquantity  8\n")
    tree = show(small, "cord", "quantity").stdout
    assert "small.rack:36" in tree and "small.rack:37" in tree
    assert show(small, "optics.ethernet.dac_400g_qsfp_dd").stdout.splitlines()[1] == "quantity  2"


def test_a_derivation(small: str) -> None:
    lines = show(small, "r1", "peak_power").stdout.splitlines()
    assert lines[0] == "peak_power of r1"
    assert lines[1].split() == ["1.6", "kW", "peak_power"]
    assert lines[2] == "  1 kW    box (small.rack:32)  <- peak_power = 1 kW assumed, small.rack:4"
    assert lines[3] == " 600 W    2 x 300 W  sw (small.rack:33)  <- peak_power = 300 W, small.rack:14"
    assert lines[-1] == "box, assumed: a round number"


def test_flow_of_a_box(small: str) -> None:
    """500 W at 10 K in water: 500 / (997 x 4181 x 10) m3/s is 0.7197 L/min."""
    tree = show(small, "r0-box", "coolant_flow").stdout
    assert tree.splitlines()[1].startswith("0.72 L/min  coolant_flow: 500 W / (997 kg/m3 x 4181 J/(kg K) x 10 K)")
    assert show(small, "r0", "coolant_flow").stdout.splitlines()[1].startswith("0.72 L/min")
    assert show(small, "r1", "coolant_flow").exit_code == 2


def test_unknown_names_and_figures(small: str) -> None:
    result = show(small, "r0-bok")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error[RW0018]" in result.stderr and "did you mean r0-box?" in result.stderr
    result = show(small, "r0-box", "peak_pover")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error[RW0019]" in result.stderr and "did you mean peak_power?" in result.stderr
    result = show(small, "r0-strip", "peak_power")
    assert result.exit_code == 2 and "error[RW0020]" in result.stderr and "it has supply" in result.stderr
    result = show(small, "r0-box", "zzz")
    assert "there are peak_power, typical_power" in result.stderr


def test_json(small: str) -> None:
    """Every answer is there for a program too: figures with their trees, tables with their columns."""
    sheet = json.loads(show(small, "r0-box", "--json").stdout)
    assert sheet["title"] == "r0-box: server box"
    assert sheet["facts"]["rack"] == "r0 at 2 RU, 2 RU high"
    stated = sheet["figures"]["peak_power"]["stated"]
    assert (stated["value"], stated["at"], stated["assumed"]) == ("1 kW", "small.rack:4", True)
    assert sheet["tables"]["fed_by"][1]["fed_by"] == "r0-strip out1"
    tree = json.loads(show(small, "line", "peak_power", "--json").stdout)["derivation"]
    assert tree["total"] == "3.3 kW" and [part["name"] for part in tree["parts"]] == ["pump", "r"]
    counts = json.loads(show(small, "--json").stdout)
    assert counts["name"] == "line"  # without a query: the design


@pytest.mark.parametrize(
    "query", ["pod7-gpu191-tor", "pod[0].gpu[0].node[0].nic[3]", "dc", "pod.gpu", "optics.ethernet.fr4_400g"]
)
def test_the_largest_cluster(query: str) -> None:
    result = show(LLAMA, query)
    assert result.exit_code == 0 and result.stdout


@pytest.mark.parametrize("query", ["leaves0-box", "trunk0_0", "leaves0", "lab"])
def test_passive_parts(query: str) -> None:
    result = show(TRUNKS, query)
    assert result.exit_code == 0 and result.stdout


def test_cords_to_a_panel() -> None:
    ports = show(TRUNKS, "leaves0-leaf0").stdout
    cable = next(line.split()[-1] for line in ports.splitlines() if line.startswith("eth8 "))
    found = facts(show(TRUNKS, cable).stdout)
    assert found["z"].startswith("leaves0-box front")
    assert found["a plug"] == "optics.ethernet.dr4_400g (optic)" and "z plug" not in found
    assert found["link"].startswith(f"{cable}, leaves0-leaf0 eth8 to spines")
    assert found["length"].startswith("2 m")
