"""`ocp_opg` against the OCP open cluster designs for training: devices, links by pair of roles, and bills of materials.

The rows are those of connectivity-map.csv and bom.csv of
https://github.com/opencomputeproject/OCP-OCDAI-training-fabric at de057e89, compositions/opg.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

import pytest
from unit.counts import Compiled, count, elements, links_between, plant_of, plugs

from rackwright.compiler.plant import Plant


@dataclass(frozen=True)
class Published:
    """One published design: its back-end leaves and spines and front-end links are counted over all planes."""

    servers: int
    leaves: int
    spines: int
    back: int
    up: int
    front: int
    server_transceivers: int
    switch_transceivers: int
    links: int
    settings: dict[str, str] = field(default_factory=dict)


RO_64 = Published(8, 1, 1, 64, 32, 16, 80, 228, 176, {"size": "64"})
RO_128 = Published(16, 2, 1, 128, 64, 32, 160, 328, 288, {"size": "128"})
SH_128 = Published(16, 2, 1, 128, 64, 32, 160, 328, 288, {"size": "128", "single_homed": "true"})
RO_256 = Published(32, 4, 2, 256, 128, 64, 320, 528, 512, {"size": "256"})
DUAL_256 = Published(32, 8, 4, 512, 256, 64, 576, 912, 896, {"size": "256", "planes": "2"})
ROWS = {"ro-64": RO_64, "ro-128": RO_128, "sh-128": SH_128, "ro-256": RO_256, "dual-256": DUAL_256}


@pytest.fixture(params=ROWS)
def row(request: pytest.FixtureRequest) -> Published:
    return ROWS[request.param]


def built(compiled: Compiled, row: Published) -> Plant:
    return plant_of(compiled("ocp_opg", **row.settings))


def test_nothing_to_say_of_any_size(compiled: Compiled, row: Published) -> None:
    assert [d for d in compiled("ocp_opg", **row.settings).diagnostics if d.severity != "note"] == []


def test_devices(compiled: Compiled, row: Published) -> None:
    assert count(built(compiled, row)) == {
        "compute": row.servers,
        "plane.leaf": row.leaves,
        "plane.spine": row.spines,
        "fe_leaf": 2,
        "fe_spine": 1,
    }


def test_links_by_pair_of_roles(compiled: Compiled, row: Published) -> None:
    plant = built(compiled, row)
    assert links_between(plant, "compute", "plane.leaf") == row.back
    assert links_between(plant, "plane.leaf", "plane.spine") == row.up
    assert links_between(plant, "compute", "fe_leaf") == row.front
    assert links_between(plant, "fe_leaf", "fe_spine") == 64
    assert len(plant.links) == row.links == row.back + row.up + row.front + 64


def test_bill_of_materials(compiled: Compiled, row: Published) -> None:
    plant = built(compiled, row)
    servers, switches = plugs(plant, "server"), plugs(plant, "switch")
    assert sum(servers.values()) == row.server_transceivers
    assert sum(switches.values()) == row.switch_transceivers
    # One for each port of an adapter; two ports of 400 Gbps or four of 200 to a cage; two for each whole cage's link.
    assert servers == {"sr4_400g_qsfp112": row.back, "sr2_200g_qsfp112": row.front}
    assert switches == {
        "sr4_2x400g_osfp": row.back // 2,
        "sr2_4x200g_osfp": row.front // 4,
        "sr8_800g_osfp": 2 * (row.up + 64),
    }
    # Eight back-end adapters a server and one BlueField-3.
    assert elements(plant, "nic") == 9 * row.servers


def test_each_plane_has_half(compiled: Compiled) -> None:
    plant = built(compiled, DUAL_256)
    names, links = plant.devices.names, plant.links
    pairs: dict[tuple[str, bool], int] = {}
    for a, z in zip(links.a_device.tolist(), links.z_device.tolist(), strict=True):
        plane = "".join(sorted({names[a][:6], names[z][:6]} & {"plane0", "plane1"}))
        key = (plane, names[a].startswith("compute"))
        pairs[key] = pairs.get(key, 0) + 1
    assert pairs == {
        ("plane0", True): 256,
        ("plane1", True): 256,
        ("plane0", False): 128,
        ("plane1", False): 128,
        ("", True): 64,
        ("", False): 64,
    }


def peers(plant: Plant, name: str) -> list[tuple[int, str, int]]:
    """(port, peer, its port) of one device, ascending."""
    device, ends = plant.devices.names.index(name), plant.ends
    rows = range(int(ends.start[device]), int(ends.start[device + 1]))
    return [(int(ends.port[r]), plant.devices.names[int(ends.peer_device[r])], int(ends.peer_port[r])) for r in rows]


def test_cables_are_the_published_ones(compiled: Compiled) -> None:
    """OPG-128 clos-ro: compute-015 be5 is at be-rail-leaf-02 E1/29/2, its spine links begin with E1/33 at E1/33.

    A leaf numbers two ports a cage, split or not; a front-end leaf four.
    """
    plant = built(compiled, RO_128)
    ends = {port: (peer, far) for port, peer, far in peers(plant, "compute-015")}
    assert ends[5] == ("plane0-leaf1", 2 * 28 + 1)
    assert ends[3] == ("plane0-leaf0", 2 * 29 + 1)
    assert [(port, peer) for port, (peer, _) in ends.items() if peer.startswith("fe")] == [
        (8, "fe_leaf0"),
        (9, "fe_leaf1"),
    ]
    up = [(port, far) for port, peer, far in peers(plant, "plane0-leaf1") if peer == "plane0-spine0"]
    assert up == [(2 * (32 + t), 32 + t) for t in range(32)]


def test_single_homed_servers_have_one_leaf(compiled: Compiled) -> None:
    plant = built(compiled, SH_128)
    for n in range(16):
        leaves = {peer for _, peer, _ in peers(plant, f"compute-{n + 1:03}") if peer.startswith("plane")}
        assert leaves == {f"plane0-leaf{n // 8}"}


def test_rails_of_all_servers_meet(compiled: Compiled) -> None:
    plant = built(compiled, RO_256)
    for n in (1, 7, 32):
        ends = [peer for _, peer, _ in peers(plant, f"compute-{n:03}")]
        assert ends[:8] == [f"plane0-leaf{r // 2}" for r in range(8)]


@pytest.mark.parametrize("settings", [{"size": "96"}, {"planes": "3"}, {"planes": "2"}, {"size": "512"}])
def test_what_is_not_published_is_refused(compiled: Compiled, settings: dict[str, str]) -> None:
    assert any(d.severity == "error" for d in compiled("ocp_opg", **settings).diagnostics)


BACK_END = {
    "ro-64": "2b871bb9097b3b647046a04d6bc111cd66078e03eb3722e84234a33750ea33a5",
    "ro-128": "9add289dd8e3cd08a8966d2e18045f072738328fb22ef0633010590af4bf4254",
    "ro-256": "39f7bd2970c7f62aebac69780a3bae0f4efa200cab6910c4d16937388798b1af",
    "dual-256": "1fd1e994c385c0fa21ca08da7c8fd5b665acc90d381ac9831958ca899789b580",
}
"""SHA-256 of the published connectivity maps without their front end: of each cable its two ends, `device,interface`
with a blank between, sorted; the cables sorted, a line each."""


def interface(plant: Plant, device: int, port: int, planes: int) -> str:
    """A back-end port as the connectivity maps write it."""
    name = plant.devices.names[device]
    if name.startswith("compute"):
        return f"{name},be-gpu{port // 2}-port{port % 2}" if planes == 2 else f"{name},be{port}-port0"
    found = re.fullmatch(r"plane(\d)-(leaf|spine)(\d)", name)
    assert found is not None, name
    plane, role, number = int(found[1]), found[2], int(found[3]) + 1
    if role == "leaf":
        cage, lane = divmod(port, 2)
        place = f"E1/{cage + 1}/{lane + 1}" if cage < 32 else f"E1/{cage + 1}"
    else:
        place = f"E1/{port + 1}"
    if planes == 2:
        return f"be-plane-{'ab'[plane]}-{role}-{number:02},{place}"
    return f"be-{'rail-leaf' if role == 'leaf' else 'spine'}-{number:02},{place}"


@pytest.mark.parametrize("name", BACK_END)
def test_every_cable_of_the_back_end_is_the_published_one(compiled: Compiled, name: str) -> None:
    row = ROWS[name]
    plant, planes = built(compiled, row), int(row.settings.get("planes", "1"))
    links, cables = plant.links, []
    for ends in zip(
        links.a_device.tolist(),
        links.a_terminal.tolist(),
        links.z_device.tolist(),
        links.z_terminal.tolist(),
        strict=True,
    ):
        a, z = ends[:2], ends[2:]
        if not any(plant.devices.names[device].startswith("fe_") for device in (a[0], z[0])):
            cables.append(" ".join(sorted(interface(plant, *end, planes) for end in (a, z))))
    assert len(cables) == row.back + row.up
    assert hashlib.sha256("\n".join(sorted(cables)).encode()).hexdigest() == BACK_END[name]
