"""AVD's own design of the same small fabric: what differs is what docs/explanation/eos.md explains, all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from real.avd_designs import differing, inputs, ours, paths, shape, theirs

pytest.importorskip("pyavd", reason="needs pyavd of PyPI")
pytestmark = [pytest.mark.real, pytest.mark.filterwarnings("ignore")]

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "eos.md"

SAME = re.compile(
    r"(^ip route|^(interface|router bgp) .* > .*(ipv6 enable|ip address|mtu|router-id|remote-as|activate))"
)


def documented(heading: str) -> list[str]:
    """The lines in the table below a heading, of which each row must have a reason."""
    text = PAGE.read_text("utf-8").partition(f"### {heading}\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| `(.+)` \| (.+) \|$", text, re.M)
    assert rows and all(len(reason) > 5 for _, reason in rows)
    return [line for line, _ in rows]


def test_every_difference_is_explained(tmp_path: Path) -> None:
    here: set[str] = set()
    there: set[str] = set()
    for unnumbered in (True, False):
        configs, switches = ours(tmp_path, unnumbered)
        mine, other = differing(configs, theirs(inputs(switches, unnumbered)))
        here, there = here | mine, there | other
    assert sorted(documented("Lines that only we write")) == sorted(here)
    assert sorted(documented("Lines that only AVD writes")) == sorted(there)


def test_unnumbered_links_and_sessions_are_the_same(tmp_path: Path) -> None:
    """With the same numbers, each side has the same neighbours with the same AS numbers, and the same addresses."""
    configs, switches = ours(tmp_path, True)
    other = theirs(inputs(switches, True))
    for host, config in configs.items():
        mine = {path for path in paths(config) if SAME.search(path)}
        assert mine and mine == {path for path in paths(other[host]) if SAME.search(path)}
    planted = configs["leaf0"].replace("remote-as 4200000004", "remote-as 4200000005")
    assert planted != configs["leaf0"]
    assert (
        "router bgp N > neighbor interface PORT peer-group GROUP remote-as N"
        in differing(configs | {"leaf0": planted}, other)[0]
    )


def test_shapes() -> None:
    line = "router bgp 65001 > neighbor 10.0.0.1 remote-as 65002"
    assert shape(line) == "router bgp N > neighbor ADDRESS remote-as N"
    config = "interface Ethernet1/1\n   description x y\n!\nrouter bgp 1\n   !\n   address-family ipv4\n"
    found = paths(config + "      neighbor UP activate\n")
    assert "router bgp 1 > address-family ipv4 > neighbor GROUP activate" in found
    assert "interface Ethernet1/1 > description TEXT" in found
