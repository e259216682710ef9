"""The address pools of a routed network: read, large enough, apart from all others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import chain, combinations, product

from ...dsl.diagnostics import Diagnostic, diagnose
from ..design import Design, Network
from ..schema.routing import Ebgp
from .addresses import Prefix, dotted, parse_prefix
from .addresses6 import Pair, Prefix6, parse_prefix6
from .fabric import Fabric

_EXAMPLES = {
    "loopback": "10.0.0.0/16",
    "host": "10.128.0.0/9",
    "fabric": "10.64.0.0/12",
    "management": "172.16.0.0/16",
    "loopback6": "fd00:0:0:1::/64",
    "host6": "fd00:0:0:2::/64",
    "fabric6": "fd00:0:0:3::/64",
}

_PURPOSES = {
    "loopback": "every switch has a loopback address",
    "host": "hosts are linked to its leaves",
    "fabric": "`unnumbered = false` gives every fabric link two addresses",
    "loopback6": "IPv6 is routed where switches have loopback addresses of it",
    "fabric6": "`unnumbered = false` gives IPv6 sessions of its own, with two addresses on every fabric link",
}

_SIXES = {"loopback6": "loopback", "host6": "host", "fabric6": "fabric"}

FIRST_SWITCH = 2
"""Distance of the first switch from the start of the management pool: the gateway comes before it."""


@dataclass(frozen=True, slots=True)
class PoolSet:
    """The pools of a network that it needs and has. `gateway` is an address of `management`, or -1."""

    loopback: Prefix
    host: Prefix | None = None
    fabric: Prefix | None = None
    management: Prefix | None = None
    loopback6: Prefix6 | None = None
    host6: Prefix6 | None = None
    fabric6: Prefix6 | None = None
    gateway: int = -1

    @property
    def loopbacks6(self) -> Pair | None:
        """Loopbacks in both families."""
        return Pair(self.loopback, self.loopback6) if self.loopback6 else None

    @property
    def hosts6(self) -> Pair | None:
        """Host addresses in both families."""
        return Pair(self.host, self.host6) if self.host and self.host6 else None

    @property
    def fabrics6(self) -> Pair | None:
        """Addresses of fabric links in both families."""
        return Pair(self.fabric, self.fabric6) if self.fabric and self.fabric6 else None


def read_pools(network: Network, fabric: Fabric) -> tuple[PoolSet | None, list[Diagnostic]]:
    """The pools, or what is wrong with them."""
    given = network.attributes.pools
    policy = network.attributes.routing
    numbered = isinstance(policy, Ebgp) and not policy.unnumbered
    needed = {"loopback": True, "host": bool(fabric.host.any()), "fabric": numbered}
    texts: dict[str, str | None] = {name: getattr(given, name) for name in _EXAMPLES}
    six = given.loopback6 is not None or (given.host6 is not None and given.host is not None)
    needed |= {"loopback6": six, "fabric6": six and numbered}
    fours: dict[str, Prefix] = {}
    sixes: dict[str, Prefix6] = {}
    told: list[Diagnostic] = []
    for name, text in texts.items():
        if text is None:
            if needed.get(name):
                help = f'add `pools {{ {name} = "{_EXAMPLES[name]}" }}`, a prefix that is free in your network'
                what = f"no `{name}` pool"
                told.append(diagnose("RW7007", network.origin, what, detail=_PURPOSES[name], help=help))
            continue
        prefix = parse_prefix6(text) if name in _SIXES else parse_prefix(text)
        if isinstance(prefix, str):
            family = "IPv6" if name in _SIXES else "IPv4"
            help = f'write an {family} prefix such as `{name} = "{_EXAMPLES[name]}"`'
            told.append(diagnose("RW7003", network.origin, f"the `{name}` pool", detail=prefix, help=help))
        elif isinstance(prefix, Prefix6):
            sixes[name] = prefix
        else:
            fours[name] = prefix
    told += _lonely(network, texts)
    if told:
        return None, told
    # Unnumbered sessions have no use for addresses, so a pool for them is no mistake and takes no part.
    if not numbered:
        fours.pop("fabric", None)
        sixes.pop("fabric6", None)
    gateway, told = _gateway(network, fours.get("management"), fabric)
    return (None if told else PoolSet(**fours, **sixes, gateway=gateway)), told  # type: ignore[arg-type]


def read_management(network: Network, fabric: Fabric) -> tuple[Prefix | None, int, list[Diagnostic]]:
    """The management pool and its gateway (-1: none), for a network that needs no other; or what is wrong with them."""
    text = network.attributes.pools.management
    pool = None if text is None else parse_prefix(text)
    if isinstance(pool, str):
        help = f'write an IPv4 prefix such as `management = "{_EXAMPLES["management"]}"`'
        return None, -1, [diagnose("RW7003", network.origin, "the `management` pool", detail=pool, help=help)]
    gateway, told = _gateway(network, pool, fabric)
    return pool, gateway, told + _short(network, [_management(pool, fabric)])


def _lonely(network: Network, texts: dict[str, str | None]) -> list[Diagnostic]:
    return [
        diagnose(
            "RW7010",
            network.origin,
            f"the `{six}` pool",
            detail=f"there is no `{four}` pool, whose numbering it follows",
            help=f'add `{four} = "{_EXAMPLES[four]}"`, or leave `{six}` out',
        )
        for six, four in _SIXES.items()
        if texts[six] is not None and texts[four] is None
    ]


def _gateway(network: Network, pool: Prefix | None, fabric: Fabric) -> tuple[int, list[Diagnostic]]:
    """The gateway of the management network, which must be in its pool and belong to no switch."""
    text = network.attributes.management.gateway
    if pool is None:
        if text is None:
            return -1, []
        why, help = "there is no `management` pool", 'add `pools { management = "172.16.0.0/16" }`, or leave it out'
        return -1, [diagnose("RW7017", network.origin, detail=f"{why}, and the gateway is {text}", help=help)]
    if text is None:
        return pool.base + 1, []
    help = f"leave `gateway` out, then it is {dotted(pool.base + 1)}; or take an address from the end of the pool"
    try:
        address = int(IPv4Address(text))
    except ValueError:
        return -1, [diagnose("RW7017", network.origin, detail=f"`{text}` is no IPv4 address", help=help)]
    place = address - pool.base
    switches = fabric.capacity
    if not 0 < place < pool.size - 1:
        why = f"{text} is no address of a machine in {pool}"
    elif FIRST_SWITCH <= place < FIRST_SWITCH + switches:
        why = f"{text} is an address of the {switches:,} switches that the design may hold, which begin at " + dotted(
            pool.base + FIRST_SWITCH
        )
    else:
        return address, []
    return -1, [diagnose("RW7017", network.origin, detail=why, help=help)]


def too_small(network: Network, fabric: Fabric, pools: PoolSet) -> list[Diagnostic]:
    """A message for each pool that has too few addresses for every array at its capacity."""
    loopbacks = "one address for each switch it may hold, after the first, which is free"
    hosts = "a block for each leaf, two addresses for each port"
    links = "two addresses for each fabric link it may hold"
    wanted: list[_Wanted] = [
        ("loopback", pools.loopback, fabric.capacity + 1, loopbacks),
        ("loopback6", pools.loopback6, fabric.capacity + 1, loopbacks),
        ("host", pools.host if fabric.host.any() else None, fabric.host_size, hosts),
        ("host6", pools.host6 if fabric.host.any() else None, fabric.host_size, hosts),
        ("fabric", pools.fabric, 2 * fabric.link_count, links),
        ("fabric6", pools.fabric6, 2 * fabric.link_count, links),
        _management(pools.management, fabric),
    ]
    return _short(network, wanted)


_Wanted = tuple[str, Prefix | Prefix6 | None, int, str]
"""A pool, how many addresses are needed of it, and why."""


def _management(pool: Prefix | None, fabric: Fabric) -> _Wanted:
    why = "one for each switch it may hold, besides the gateway and the first and last of the prefix"
    return "management", pool, fabric.capacity + FIRST_SWITCH + 1, why


def _short(network: Network, wanted: Iterable[_Wanted]) -> list[Diagnostic]:
    told = []
    for name, pool, needed, why in wanted:
        if pool is None or needed <= pool.size:
            continue
        bits = 128 if isinstance(pool, Prefix6) else 32
        length = bits - max(needed - 1, 1).bit_length()
        help = f"a /{length} is enough for every array at its capacity" if length >= 0 else "reserve less capacity"
        detail = f"the `{name}` pool {pool} has {pool.size:,} addresses, {needed:,} are needed: {why}"
        label = f"{needed - pool.size:,} addresses short"
        told.append(diagnose("RW7001", network.origin, label, detail=detail, help=help))
    return told


def overlaps(design: Design, networks: Iterable[int]) -> list[Diagnostic]:
    """Pools of all routed networks must be apart: they meet in the hosts and in the operator's tools."""
    return _apart(design, combinations(_named(design, networks, _EXAMPLES), 2))


def management_overlaps(design: Design, networks: Iterable[int], routed: Iterable[int]) -> list[Diagnostic]:
    """Management pools of networks that have no others must be apart, and apart from all pools of routed ones."""
    own = _named(design, networks, ["management"])
    return _apart(design, chain(combinations(own, 2), product(own, _named(design, routed, _EXAMPLES))))


_Named = tuple[int, str, Prefix | Prefix6]
"""A pool with its network and its name."""


def _named(design: Design, networks: Iterable[int], names: Iterable[str]) -> list[_Named]:
    pools: list[_Named] = []
    for number in networks:
        given = design.networks[number].attributes.pools
        for name in names:
            text = getattr(given, name)
            prefix = "" if text is None else parse_prefix6(text) if name in _SIXES else parse_prefix(text)
            if not isinstance(prefix, str):
                pools.append((number, name, prefix))
    return pools


def _apart(design: Design, pairs: Iterable[tuple[_Named, _Named]]) -> list[Diagnostic]:
    told = []
    for (network, name, pool), (other_network, other_name, other) in pairs:
        if _overlap(pool, other):
            one, two = design.networks[network], design.networks[other_network]
            detail = f"`{name}` is {pool}, `{other_name}` of network {two.name} is {other}"
            also = [(two.origin, "the other pool")] if two is not one else []
            told.append(diagnose("RW7004", one.origin, detail=detail, help=_free(pool, other), also=also))
    return told


def _overlap(one: Prefix | Prefix6, other: Prefix | Prefix6) -> bool:
    if isinstance(one, Prefix) and isinstance(other, Prefix):
        return one.overlaps(other)
    return isinstance(one, Prefix6) and isinstance(other, Prefix6) and one.overlaps(other)


def _free(pool: Prefix | Prefix6, other: Prefix | Prefix6) -> str:
    if isinstance(pool, Prefix):
        return f"take a free prefix, for example from {dotted(max(pool.base + pool.size, other.base + other.size))} on"
    return "take a free prefix: the next one is " + str(
        Prefix6(max(p.base + p.size for p in (pool, other)), pool.length)
    )
