"""What a running lab does, held against what its links ask for: one line for each difference."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from real.frr_lab import Lab
from real.lab_topology import Expectations, Topology

BOOT_SECONDS = 90

LOOKS = (
    "show bgp ipv4 unicast summary json",
    "show ip route json",
    "show bfd peers json",
    "show bgp ipv6 unicast summary json",
    "show ipv6 route json",
)


def faults(lab: Lab, expected: Expectations) -> list[str]:
    """Everything that is not as expected."""
    with ThreadPoolExecutor(4) as pool:
        return [
            line for found in pool.map(lambda name: list(_of(lab, name, expected)), lab.top.switches) for line in found
        ]


def _of(lab: Lab, switch: str, expected: Expectations) -> Iterator[str]:
    top = lab.top
    sessions4, routes4, bfd, sessions6, routes6 = lab.show(switch, *LOOKS)
    wanted = {port: asn for (name, port), asn in expected.sessions.items() if name == switch}
    for family, seen in ((4, sessions4), (6, sessions6))[: len(top.families)]:
        yield from _session_faults(top, switch, family, wanted, seen.get("peers", {}))
    if top.bfd:
        up = {peer.get("interface") for peer in bfd or [] if peer["status"] == "up"}
        yield from (f"{switch}: no BFD on {port}" for port in wanted if port not in up)
    yield from _route_faults(top, switch, expected, {**routes4, **routes6})


def _session_faults(
    top: Topology, switch: str, family: int, wanted: Mapping[str, int], peers: Mapping[str, Any]
) -> Iterator[str]:
    ports = _ports(top, switch)
    seen = {ports.get(peer, peer): (facts["state"], facts["remoteAs"]) for peer, facts in peers.items()}
    word = f"IPv{family} session"
    yield from (f"{switch}: no {word} on {port}" for port in wanted if port not in seen)
    for port, (state, asn) in seen.items():
        if port not in wanted:
            if state == "Established":
                yield f"{switch}: an {word} on {port} that no link explains"
        elif state != "Established":
            yield f"{switch}: the {word} on {port} is not established"
        elif asn != wanted[port]:
            yield f"{switch}: {port} leads to AS {asn}, not {wanted[port]}"


def _ports(top: Topology, switch: str) -> dict[str, str]:
    """The interface behind each peer that FRR calls by its address, as it does where sessions are numbered."""
    return {
        text.partition("/")[0]: end[1]
        for cable in top.fabric
        for end, _, _, others in cable.ends()
        if end[0] == switch
        for text in others.values()
    }


def _route_faults(top: Topology, switch: str, expected: Expectations, seen: Mapping[str, Any]) -> Iterator[str]:
    wanted = {prefix: width for (name, prefix), width in expected.routes.items() if name == switch}
    widths = {}
    for prefix, routes in seen.items():
        for route in routes:
            if route.get("selected") and route["protocol"] == "bgp":
                widths[prefix] = sum(bool(hop.get("fib")) and not hop.get("blackhole") for hop in route["nexthops"])
    own = set(top.switches[switch].blocks.values())
    names = {prefix: name for name, one in top.switches.items() for prefix in one.loopback.values()}
    for prefix in sorted((widths.keys() | wanted.keys()) - own):
        has, needs = widths.get(prefix, 0), wanted.get(prefix, 0)
        if has != needs:
            yield f"{switch}: {has} paths to {names.get(prefix, prefix)}, not {needs}" + (
                " (IPv6)" if ":" in prefix else ""
            )


def ping_faults(lab: Lab, sources: Sequence[str] = ()) -> list[str]:
    """Addresses of hosts that do not reach each other with packets of the whole MTU, each from the port that it is on.

    Ports on planes that no link joins need not. `sources` are the hosts that ask, all if there are none.
    """
    top = lab.top
    part = _parts(top)
    ends = top.host_addresses()

    def from_one(host: str, leaf: str, own: dict[int, str]) -> list[str]:
        found = []
        for family in own:
            others = {a[family]: part[there] == part[leaf] for name, there, a in ends if name != host}
            answer = lab.ping(host, own[family], [a for a, near in others.items() if near])
            found += [
                f"{host} does not reach {a} from {own[family]}"
                for a, near in others.items()
                if near and a not in answer
            ]
        return found

    asking = [end for end in ends if not sources or end[0] in sources]
    with ThreadPoolExecutor(4) as pool:
        return [line for found in pool.map(lambda end: from_one(*end), asking) for line in found]


def _parts(top: Topology) -> dict[str, str]:
    """Switches that links join have the same part."""
    neighbours, part = top.neighbours(), {}
    for name in top.switches:
        frontier = [] if name in part else [name]
        while frontier:
            near = frontier.pop()
            part[near] = name
            frontier += [n for n in neighbours[near] if n not in part]
    return part


def settle(lab: Lab, expected: Expectations, seconds: float = BOOT_SECONDS) -> list[str]:
    """The faults that are left when there are none, or when the time is over."""
    end = time.monotonic() + seconds
    while (found := faults(lab, expected)) and time.monotonic() < end:
        time.sleep(0.5)
    return found


def steady(lab: Lab, expected: Expectations, quiet: float = 5) -> list[str]:
    """The faults that stay: when no other has come or gone for a while."""
    found, since = faults(lab, expected), time.monotonic()
    end = since + BOOT_SECONDS
    while time.monotonic() < min(end, since + quiet):
        time.sleep(0.5)
        now = faults(lab, expected)
        if now != found:
            found, since = now, time.monotonic()
    return found
