"""The switches' files of the shipped designs say what the specs say."""

from __future__ import annotations

import ipaddress
import json
import re
from collections import defaultdict
from itertools import pairwise

from unit.agreement import Built, ends
from unit.configs.judge import faults


def test_files_agree_with_each_other_and_with_the_list_of_cables(built: Built) -> None:
    assert len(built.switches) == built.wanted.configured
    if built.switches:
        assert faults(built.switches, built.rows("cabling/cables.csv")) == []


def test_every_interface_names_its_far_end(built: Built) -> None:
    wanted: dict[str, dict[str, str]] = defaultdict(dict)
    for (device, port), (far, far_port, cable, _) in ends(built).items():
        if device in built.switches:
            wanted[device][built.wanted.interface(device, port)] = f"to {far} {far_port} cable {cable}"
    for name, switch in built.switches.items():
        assert {interface: port.description for interface, port in switch.ports.items()} == wanted[name], name


def test_every_session_has_its_counterpart(built: Built) -> None:
    sessions = {name: {s.port: s for s in switch.sessions} for name, switch in built.switches.items()}
    for (device, port), (far, far_port, _, there) in ends(built).items():
        if device not in sessions:
            continue
        near, name = built.switches[device], built.wanted.interface(device, port)
        if near.ports[name].addresses:
            assert name not in sessions[device] and far not in sessions
            continue
        asn = sessions[device][name].asn
        assert asn != near.asn
        if there:
            assert built.wanted.interface(far, far_port) in sessions[far]
            assert near.asn != built.switches[far].asn
            assert asn in (0, built.switches[far].asn), (device, port)
        else:
            assert far not in sessions
            assert asn == 0 or asn not in {s.asn for s in built.switches.values()}


def test_numbers_are_unique_and_in_their_pools(built: Built) -> None:
    if not built.switches:
        return
    loopbacks, hosts = (ipaddress.IPv4Network(p) for p in (built.wanted.loopbacks, built.wanted.hosts))
    seen: set[object] = set()
    aggregates: list[ipaddress.IPv4Network] = []
    for switch in built.switches.values():
        assert ipaddress.IPv4Address(switch.router_id) in loopbacks
        addresses = [ipaddress.IPv4Interface(p.addresses[4]) for p in switch.ports.values() if p.addresses]
        assert bool(addresses) == bool(switch.aggregates)
        if not addresses:
            continue
        [aggregate] = (ipaddress.IPv4Network(a) for a in switch.aggregates)
        assert aggregate.subnet_of(hosts)
        aggregates.append(aggregate)
        for address in addresses:
            assert address.network.prefixlen == 31 and address.network.subnet_of(aggregate)
            assert address.network not in seen
            seen.add(address.network)
    assert not any(a.overlaps(b) for a, b in pairwise(sorted(aggregates)))
    servers = {row["a_device"] for row in built.rows("cabling/cables.csv")} - set(built.switches)
    assert len(seen) == sum(row["a_device"] in servers for row in built.rows("cabling/cables.csv"))


def test_one_dscp_is_lossless_on_every_switch(built: Built) -> None:
    """SONiC is given the whole map; EOS what differs from its default, DSCP div 8 with 0 and 1 exchanged."""
    for folder in (built.at / "configs").glob("sonic/*"):
        config = json.loads((folder / "config_db.json").read_text())
        [classes] = config["DSCP_TO_TC_MAP"].values()
        assert [dscp for dscp, one in classes.items() if one == "3"] == ["26"]
        assert classes["48"] == "6"
    for folder in (built.at / "configs").glob("eos/*"):
        text = (folder / "startup-config").read_text()
        found = {dscp: {0: 1, 1: 0}.get(dscp // 8, dscp // 8) for dscp in range(64)}
        for line, one in re.findall(r"^qos map dscp ([\d ]+) to traffic-class (\d)$", text, re.MULTILINE):
            found |= dict.fromkeys(map(int, line.split()), int(one))
        assert "   priority-flow-control priority 3 no-drop" in text.splitlines()
        assert [dscp for dscp, one in found.items() if one == 3] == [26]
        assert found[48] == 6
