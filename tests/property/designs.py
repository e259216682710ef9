"""Small designs, generated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from hypothesis import strategies as st

HEADER = """use generic.lab as parts
use eia.racks as eia
use optics.ethernet as optic
"""


@dataclass(frozen=True)
class Small:
    """Pods of racks of hosts and leaves under spines; every array has room to grow."""

    pods: int = 1
    racks: int = 1
    leaves: int = 1
    hosts: int = 1
    spines: int = 1
    pods_room: int = 4
    racks_room: int = 4
    lossless: bool = False
    unnumbered: bool = True
    six: bool = False
    by_tier: bool = False
    aggregate: bool = True
    names: bool = False
    floor: bool = True
    shuffle: int = 0

    @property
    def text(self) -> str:
        """The spec, its statements in an order that `shuffle` picks."""
        order = Random(self.shuffle)

        def block(head: str, *statements: str) -> str:
            body = list(statements)
            if self.shuffle:
                order.shuffle(body)
            return head + " {\n" + "\n".join("    " + line for line in body if line) + "\n}"

        pattern = ' { name = "leaf{rack:02}-{leaf}.pod{pod}" }' if self.names else ""
        statements = [
            block(
                "rack host_rack is eia.rack_42ru",
                f"leaf[{self.leaves}] : parts.lab_switch at 40 RU - 1 RU * leaf{pattern}",
                f"host[{self.hosts} of 4] : parts.lab_host at 1 RU + 2 RU * host",
                "link host[h].nic[0] -> leaf[0].eth[h] using optic.dac_100g",
            ),
            block(
                "group pod",
                f"rack[{self.racks} of {self.racks_room}] : host_rack",
                f"spine[{self.spines}] : parts.lab_switch",
                f"link rack[r].leaf[l].eth[8 + s] -> spine[s].eth[{self.leaves}*r + l] using optic.aoc_100g",
            ),
            block(
                "hall lab",
                "os = frr",
                "floor { row_pitch = 3 m, bay_pitch = 0.6 m, tray = 2.7 m, cross_aisle = 1 m, slack = 1 m }"
                if self.floor
                else "",
                f"pod[{self.pods} of {self.pods_room}] : pod",
                "core[2] : parts.lab_switch",
                "link pod[p].spine[s].eth[12 + c] -> core[c].eth[4*p + s] using optic.aoc_100g",
                "place pod[p].rack[r] at row p, bay r" if self.floor else "",
            ),
            block(
                "network fabric",
                f"routing = ebgp {{ unnumbered = {str(self.unnumbered).lower()}, base_asn = 4200000000, "
                f"asn_plan = per_{'tier' if self.by_tier else 'device'}, aggregate = {str(self.aggregate).lower()} }}",
                'pools { loopback = "10.255.0.0/16", host = "10.0.0.0/12", fabric = "10.64.0.0/12"'
                + (', loopback6 = "fd00:1::/64", host6 = "fd00:2::/64", fabric6 = "fd00:3::/64"' if self.six else "")
                + ', management = "172.16.0.0/20" }',
                "roce { priority = 3, dscp = 26, ecn = 1 MB .. 2 MB at 5 % }" if self.lossless else "",
                "mtu = 9100 B",
            ),
            block(
                "workload ping", "ranks = lab.pod[*].rack[*].host[*].accelerator[*]", "collective = all_reduce 1 MiB"
            ),
        ]
        if self.shuffle:
            order.shuffle(statements)
        return HEADER + "\n" + "\n\n".join(statements) + "\n"


def small() -> st.SearchStrategy[Small]:
    """Any small design."""
    return st.builds(
        Small,
        pods=st.integers(1, 3),
        racks=st.integers(1, 3),
        leaves=st.integers(1, 2),
        hosts=st.integers(1, 3),
        spines=st.integers(1, 4),
        lossless=st.booleans(),
        unnumbered=st.booleans(),
        six=st.booleans(),
        by_tier=st.booleans(),
        aggregate=st.booleans(),
        names=st.booleans(),
        floor=st.booleans(),
    )


@st.composite
def grown(draw: st.DrawFn) -> tuple[Small, Small]:
    """A design, and the same with more of what it has room for."""
    before = draw(small())
    after = replace(
        before,
        pods=draw(st.integers(before.pods, before.pods_room)),
        racks=draw(st.integers(before.racks, before.racks_room)),
        hosts=draw(st.integers(before.hosts, 4)),
    )
    return before, after
