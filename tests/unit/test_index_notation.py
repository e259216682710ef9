"""What each construct of the index notation joins, port by port, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rackwright.compiler.names import cable_id, cable_ids, terminal_names
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Plant, Relations

Spec = Callable[..., Compilation]

PARTS = """
switch sw  { eth[8] : port { speed = 100 Gbps } }
switch cages { osfp[4] : port { speed = 800 Gbps, max_split = 4, lanes = 8 } }
server host { p[2] : port { speed = 100 Gbps } }
nic card { only : port { speed = 100 Gbps } }
server box { nic[2] : card }
shelf psu { out : outlet { busbar = true }  }
server load { inlet : inlet { busbar = true } }
"""


def plant_of(result: Compilation) -> Plant:
    errors = [d for d in result.diagnostics if d.severity == "error"]
    assert not errors, errors
    assert result.plant is not None
    return result.plant


def joined(plant: Plant, rows: Relations, kinds: tuple[str, str] = ("port", "port")) -> list[str]:
    """Each row as `a eth0 - z eth1`, in the plant's order."""
    names = {(cls.index, kind): terminal_names(plant, cls, kind) for cls in plant.classes for kind in set(kinds)}
    found = []
    for i in range(len(rows)):
        ends = []
        for device, terminal, kind in (
            (int(rows.a_device[i]), int(rows.a_terminal[i]), kinds[0]),
            (int(rows.z_device[i]), int(rows.z_terminal[i]), kinds[1]),
        ):
            port = names[int(plant.devices.cls[device]), kind][terminal]
            ends.append(f"{plant.devices.names[device]} {port}")
        found.append(" - ".join(ends))
    return found


def links(spec: Spec, members: str, *statements: str) -> list[str]:
    body = "\n".join(["group g {", members, *statements, "}"])
    plant = plant_of(spec(PARTS + body))
    return joined(plant, plant.links)


def test_a_name_used_twice_joins(spec: Spec) -> None:
    assert links(spec, "a[2] : sw\nb[2] : sw", "link a[i].eth[0] -> b[i].eth[1]") == [
        "a0 eth0 - b0 eth1",
        "a1 eth0 - b1 eth1",
    ]


def test_names_free_on_both_sides_give_every_pair(spec: Spec) -> None:
    assert links(spec, "a[2] : sw\nb[2] : sw", "link a[i].eth[j] -> b[j].eth[i]") == [
        "a0 eth0 - b0 eth0",
        "a0 eth1 - b1 eth0",
        "a1 eth0 - b0 eth1",
        "a1 eth1 - b1 eth1",
    ]


def test_a_port_array_is_numbered_by_the_other_sides_free_indices(spec: Spec) -> None:
    assert links(spec, "a[3] : sw\nb[2] : sw", "link a[i].eth -> b[j].eth") == [
        "a0 eth0 - b0 eth0",
        "a0 eth1 - b1 eth0",
        "a1 eth0 - b0 eth1",
        "a1 eth1 - b1 eth1",
        "a2 eth0 - b0 eth2",
        "a2 eth1 - b1 eth2",
    ]


def test_ports_by_rank_count_over_the_capacity(spec: Spec) -> None:
    # Two free indices on the left, row-major over 2 of 3 and 2: ranks 0, 1, 2, 3, and b's ports likewise.
    text = "a[2 of 3] : box\nb[1] : sw"
    assert links(spec, text, "link a[i].nic[n] -> b[0].eth") == [
        "a0 nic0 - b0 eth0",
        "a0 nic1 - b0 eth1",
        "a1 nic0 - b0 eth2",
        "a1 nic1 - b0 eth3",
    ]
    assert links(spec, "a[2] : sw\nb[1 of 3] : sw", "link a[i].eth -> b[j].eth") == [
        "a0 eth0 - b0 eth0",
        "a1 eth0 - b0 eth1",
    ]
    swapped = "outer[2] : grp\nb[1] : sw"
    grown = links(
        lambda text: spec(
            "group grp { inner[2 of 4] : card_host }\nserver card_host { p : port { speed = 100 Gbps } }\n" + text
        ),
        swapped,
        "link outer[o].inner[i] -> b[0].eth",
    )
    assert grown == [
        "outer0-inner0 p - b0 eth0",
        "outer0-inner1 p - b0 eth1",
        "outer1-inner0 p - b0 eth4",
        "outer1-inner1 p - b0 eth5",
    ]


def test_times_lays_parallel_links(spec: Spec) -> None:
    assert links(spec, "a[2] : sw\nb[2] : sw", "link a[i].eth -> b[j].eth times 2") == [
        "a0 eth0 - b0 eth0",
        "a0 eth1 - b0 eth1",
        "a0 eth2 - b1 eth0",
        "a0 eth3 - b1 eth1",
        "a1 eth0 - b0 eth2",
        "a1 eth1 - b0 eth3",
        "a1 eth2 - b1 eth2",
        "a1 eth3 - b1 eth3",
    ]


def test_an_expression_computes_an_index(spec: Spec) -> None:
    assert links(spec, "a[4] : sw\nb[2] : sw", "link a[i].eth[7 - i] -> b[i div 2].eth[2*(i mod 2) + 1]") == [
        "a0 eth7 - b0 eth1",
        "a1 eth6 - b0 eth3",
        "a2 eth5 - b1 eth1",
        "a3 eth4 - b1 eth3",
    ]


def test_a_star_and_a_range_are_free(spec: Spec) -> None:
    assert links(spec, "a[3] : sw\nb : sw", "link a[1..2].eth[0] -> b.eth") == ["a1 eth0 - b eth0", "a2 eth0 - b eth1"]
    assert links(spec, "a[2] : sw\nb : sw", "link a[*].eth[0] -> b.eth") == ["a0 eth0 - b eth0", "a1 eth0 - b eth1"]


def test_where_filters_a_full_mesh(spec: Spec) -> None:
    assert links(spec, "n[3] : sw", "link n[i].eth[j] -> n[j].eth[i] where i < j") == [
        "n0 eth1 - n1 eth0",
        "n0 eth2 - n2 eth0",
        "n1 eth2 - n2 eth1",
    ]


def test_for_binds_a_name_that_no_array_binds(spec: Spec) -> None:
    assert links(spec, "a[2] : sw\nb[4] : sw", "link a[c].eth[t] -> b[2*c + t].eth[0] for t in 0..1") == [
        "a0 eth0 - b0 eth0",
        "a0 eth1 - b1 eth0",
        "a1 eth0 - b2 eth0",
        "a1 eth1 - b3 eth0",
    ]


def test_a_torus_of_two_dimensions_wraps(spec: Spec) -> None:
    chip = """
server chip {
    east : port { speed = 100 Gbps }
    west : port { speed = 100 Gbps }
}
group g {
    chip[2, 2] : chip
    link chip[x, y].east -> chip[(x + 1) mod 2, y].west
}
"""
    plant = plant_of(spec(chip))
    assert joined(plant, plant.links) == [
        "chip0_0 east - chip1_0 west",
        "chip0_1 east - chip1_1 west",
        "chip1_0 east - chip0_0 west",
        "chip1_1 east - chip0_1 west",
    ]


def test_a_view_flattens_in_row_major_order(spec: Spec) -> None:
    text = """
group pair { s[2] : sw }
group g {
    net[2] : pair
    a[4]   : sw
    view spine[4] = net[*].s[*]
    link a[i].eth[0] -> spine[i].eth[0]
}
"""
    plant = plant_of(spec(PARTS + text))
    assert joined(plant, plant.links) == [
        "a0 eth0 - net0-s0 eth0",
        "a1 eth0 - net0-s1 eth0",
        "a2 eth0 - net1-s0 eth0",
        "a3 eth0 - net1-s1 eth0",
    ]


def test_a_view_of_a_view_and_a_view_with_an_offset(spec: Spec) -> None:
    text = """
group pair { s[2] : sw }
group g {
    net[2] : pair
    a[2]   : sw
    view spine[4] = net[*].s[*]
    view last[2]  = spine[2..3]
    link a[i].eth[0] -> last[i].eth[0]
}
"""
    plant = plant_of(spec(PARTS + text))
    assert joined(plant, plant.links) == ["a0 eth0 - net1-s0 eth0", "a1 eth0 - net1-s1 eth0"]


def test_a_view_reshapes(spec: Spec) -> None:
    text = """
group g {
    s[4] : sw
    a[4] : sw
    view grid[2, 2] = s[*]
    link a[0].eth[2*x + y] -> grid[x, y].eth[0] for q in 0..0
}
"""
    plant = plant_of(spec(PARTS + text))
    assert joined(plant, plant.links) == [
        "a0 eth0 - s0 eth0",
        "a0 eth1 - s1 eth0",
        "a0 eth2 - s2 eth0",
        "a0 eth3 - s3 eth0",
    ]


def test_a_view_counts_with_for(spec: Spec) -> None:
    text = """
group net { s[2] : sw }
group g {
    net[2] : net
    a[4]   : sw
    view across[4]  = net[i mod 2].s[i div 2] for i in 0..3
    view back[3]    = across[4 - i] for i in 1..3
    view port[2, 8] = a[3 - i].eth[*] for i in 2..3
    link a[i].eth[0] -> across[i].eth[0]
    link a[0].eth[i + 1] -> back[i].eth[1]
    link port[0, 4 + j] -> port[1, 4 + j] for j in 0..1
}
"""
    plant = plant_of(spec(PARTS + text))
    assert sorted(joined(plant, plant.links)) == [
        "a0 eth0 - net0-s0 eth0",
        "a0 eth1 - net1-s1 eth1",
        "a0 eth2 - net0-s1 eth1",
        "a0 eth3 - net1-s0 eth1",
        "a1 eth0 - net1-s0 eth0",
        "a1 eth4 - a0 eth4",
        "a1 eth5 - a0 eth5",
        "a2 eth0 - net0-s1 eth0",
        "a3 eth0 - net1-s1 eth0",
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(*[st.integers(1, 3)] * 4))
def test_a_view_that_counts_shows_boards_as_one_grid(spec: Spec, shape: tuple[int, int, int, int]) -> None:
    """Boards of p x q in a grid of m x n, as rows and columns of switches: each port leads where a loop says."""
    m, n, p, q = shape
    text = f"""{PARTS}
group board {{ s[{p}, {q}] : sw }}
group g {{
    board[{m}, {n}] : board
    view all[{m * p}, {n * q}] = board[x div {p}, y div {q}].s[x mod {p}, y mod {q}]
        for x in 0..{m * p - 1} for y in 0..{n * q - 1}
    link all[x, y].eth[0] -> all[x, (y + 1) mod {n * q}].eth[1]
}}
"""
    plant = plant_of(spec(text))

    def switch(x: int, y: int) -> str:
        return f"board{x // p}_{y // q}-s{x % p}_{y % q}"

    wanted = [f"{switch(x, y)} eth0 - {switch(x, (y + 1) % (n * q))} eth1" for x in range(m * p) for y in range(n * q)]
    assert joined(plant, plant.links) == wanted


def test_a_split_makes_lanes(spec: Spec) -> None:
    text = """
group g {
    x : cages { split osfp[0..1] into 2 x 400 Gbps }
    y : cages { split osfp[0..1] into 2 x 400 Gbps }
    link x.osfp[i, l] -> y.osfp[i, l] for q in 0..0 where i < 2
    link x.osfp[2] -> y.osfp[3]
}
"""
    plant = plant_of(spec(PARTS + text))
    assert sorted(joined(plant, plant.links)) == [
        "x osfp0/0 - y osfp0/0",
        "x osfp0/1 - y osfp0/1",
        "x osfp1/0 - y osfp1/0",
        "x osfp1/1 - y osfp1/1",
        "x osfp2 - y osfp3",
    ]
    speeds = dict(zip(joined(plant, plant.links), plant.links.speed.tolist(), strict=True))
    assert speeds["x osfp2 - y osfp3"] == 800_000_000_000
    assert speeds["x osfp0/1 - y osfp0/1"] == 400_000_000_000


def test_a_feed_has_every_source_and_target(spec: Spec) -> None:
    text = """
group g {
    shelf[2] : psu
    node[2]  : load
    tor      : load
    feed shelf[*] -> node[*], tor
}
"""
    plant = plant_of(spec(PARTS + text))
    assert joined(plant, plant.feeds, ("outlet", "inlet")) == [
        "shelf0 out - node0 inlet",
        "shelf0 out - node1 inlet",
        "shelf1 out - node0 inlet",
        "shelf1 out - node1 inlet",
        "shelf0 out - tor inlet",
        "shelf1 out - tor inlet",
    ]


def test_a_statement_holds_in_each_instance_of_its_definition(spec: Spec) -> None:
    text = """
group pod {
    a : sw
    b : sw
    link a.eth[0] -> b.eth[0]
}
group all { pod[2 of 3] : pod }
"""
    plant = plant_of(spec(PARTS + text))
    assert joined(plant, plant.links) == ["pod0-a eth0 - pod0-b eth0", "pod1-a eth0 - pod1-b eth0"]
    assert cable_ids(plant).to_list() == [cable_id(plant, 0), cable_id(plant, 1)]


def test_ports_by_rank_of_several_dimensions_count_over_the_capacity(spec: Spec) -> None:
    module = "switch module { port[2, 2 of 3] : port { speed = 100 Gbps } }\n"
    members = "a : module\nb[3] : sw"
    # Of each row of three ports two are built, so rank 2 is a port that is only reserved.
    result = spec(f"{PARTS}{module}group g {{\n{members}\nlink a.port -> b[i].eth[0]\n}}")
    assert [d.code for d in result.diagnostics if d.severity == "error"] == ["RW3015"]
    assert links(lambda text: spec(module + text), members, "link a.port -> b[i].eth[0] where i < 2") == [
        "a port0_0 - b0 eth0",
        "a port0_1 - b1 eth0",
    ]


def test_a_condition_compares_conditions(spec: Spec) -> None:
    statement = "link a[i].eth[0] -> b[i].eth[0] where (i < 1) != (i > 1) and not (i == 0)"
    assert links(spec, "a[3] : sw\nb[3] : sw", statement) == ["a2 eth0 - b2 eth0"]


VIEWS = """
switch up { eth[8] : port { speed = 100 Gbps }
view top[2] = eth[4..5] }
switch two { osfp[4] : port { speed = 200 Gbps, max_split = 2 }
split osfp[0..1] into 2 x 100 Gbps
view lane[4] = osfp[0..1, *] }
"""


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("link a[0].eth[0] -> grid[0, 2].eth[0]", "RW3001"),  # not grid[1, 0]
        ("link a[0].eth[0] -> grid[1, 0 - 1].eth[0]", "RW3001"),
        ("link a[0].eth[0] -> grid[4611686018427387904, 0].eth[0]", "RW3001"),
        ("link a[i].eth[0] -> some[i - 1].eth[0]", "RW3001"),
        ("link a[0].eth[0] -> first[1].eth[0]", "RW3015"),
        ("link u.top -> a[i].eth[0]", "RW3001"),  # four by rank, and two ports
        ("link w.lane -> a[i].eth times 2", "RW3001"),
        ("view v[1] = grid[0, 2..2]\nlink v[0].eth[0] -> a[0].eth[0]", "RW3001"),
        ("view v[2] = grid[2, *]\nlink v[0].eth[0] -> a[0].eth[0]", "RW3001"),
        ("view v[-2, -2] = a[*]\nlink v[0, 0].eth[0] -> a[1].eth[0]", "RW2013"),
        ("view v[2 of 4, 2 of 2] = n[*].s[*]\nlink v[0, 0].eth[0] -> a[1].eth[0]", "RW3010"),
        ("view v[3] = a[i + 2] for i in 0..2\nlink v[0].eth[0] -> a[0].eth[0]", "RW3001"),
        ("view v[4] = grid[i, 0] for i in 0..3\nlink v[0].eth[0] -> a[0].eth[0]", "RW3003"),  # not grid[2, 0]
        ("view v[4] = grid[i div 1, 0] for i in 0..3\nlink v[0].eth[0] -> a[0].eth[0]", "RW3001"),
        ("view v[2] = grid[0, 0 - i] for i in 0..1\nlink v[0].eth[0] -> a[0].eth[0]", "RW3001"),
        ("view v[3] = a[i] for i in 0..1\nlink v[0].eth[0] -> a[1].eth[0]", "RW3010"),
        ("view v[4] = a[i div 2] for i in 0..3\nlink v[0].eth[0] -> a[1].eth[0]", "RW3020"),
        ("view v[4] = some[(i + j) mod 2] for i in 0..1 for j in 0..1\nlink v[0].eth[0] -> a[1].eth[0]", "RW3020"),
        ("view v[2] = a[i] for i in 0..1 for i in 0..1\nlink v[0].eth[0] -> a[1].eth[0]", "RW2002"),
        ("view v[2] = a[j] for i in 0..1\nlink v[0].eth[0] -> a[1].eth[0]", "RW3006"),
        ("view v[9000000] = a[i div 3000000] for i in 0..8999999\nlink v[0].eth[0] -> a[1].eth[0]", "RW2014"),
        ("view v[4] = a[i] for i in 0..3 where i < 2\nlink v[0].eth[0] -> a[1].eth[0]", "RW1007"),
    ],
)
def test_an_index_stays_within_its_view(spec: Spec, statement: str, code: str) -> None:
    members = """
a[4] : sw
u : up
w : two
p[1 of 2] : sw
n[2 of 2] : net
view grid[2, 2] = a[*]
view some[4] = a[0..3]
view first[1 of 2] = p[*]
"""
    net = "group net { s[2 of 4] : sw }"
    result = spec(f"{PARTS}{VIEWS}{net}\ngroup g {{{members}{statement}\n}}")
    assert [d.code for d in result.diagnostics if d.severity == "error"] == [code]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("link a[i].eth[i + 1] -> b[i].eth[8]", "RW3001"),
        ("link a[i].eth[0, 1] -> b[i].eth[0]", "RW3002"),
        ("link a.eth[0] -> b[0].eth[0]", "RW3002"),
        ("link a[i].eth[0] -> three[i].eth[0]", "RW3003"),
        ("link a[i] -> b[i].eth[0]", "RW3004"),
        ("link a[i].eth[0] -> b[i].eth[0] times 2", "RW3004"),
        ("link a[i].eth[k + 1] -> b[i].eth[0]", "RW3006"),
        ("link a[i].eth[0] -> few[i + 1].eth[0] where i < 1", "RW3015"),
        ("link a[i].eth[i < 1] -> b[i].eth[0]", "RW2007"),
        ("link a[i].eth[0] -> b[i].eth[0] where not i", "RW2007"),
        ("link a[i].eth[0] -> b[i].eth[0] where i and i < 1", "RW2007"),
        ("link a[i].eth[0] -> b[i].eth[0] where (i < 1) + 1 == 2", "RW2007"),
    ],
)
def test_what_cannot_hold_is_refused(spec: Spec, statement: str, code: str) -> None:
    members = "a[2] : sw\nb[2] : sw\nthree[3] : sw\nfew[1 of 2] : sw"
    result = spec(PARTS + f"group g {{\n{members}\n{statement}\n}}")
    assert [d.code for d in result.diagnostics if d.severity == "error"] == [code]
    assert result.plant is None
