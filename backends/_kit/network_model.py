"""What all switches of a network share, from the network's attributes."""

from __future__ import annotations

from ...compiler.design import Design
from ...compiler.network.addresses import dotted
from ...compiler.network.classes import classes
from ...compiler.network.lossless import mtu_of
from ...compiler.network.routing import Routing
from ...compiler.schema import NetworkAttributes
from ...compiler.schema.roce import Roce
from .device_model import Bfd, NetworkModel, PrefixMatch, Qos, Role, Services, Sflow, Watchdog
from .safe import one_line


def role_of(tier: int, top: int) -> Role:
    """The usual word for a tier: leaf, spine, (superspine,) core."""
    if tier <= 2:
        return "leaf" if tier == 1 else "spine"
    return "core" if tier == top else "superspine"


def network_model(design: Design, routing: Routing) -> NetworkModel:
    """What all switches of a network share."""
    network = design.networks[routing.network]
    attributes, policy, pools = network.attributes, routing.policy, routing.pools
    low, high = _host_lengths(routing)
    hosts6 = None
    if pools.hosts6 is not None and low:
        hosts6 = PrefixMatch(str(pools.host6), 96 + low, 96 + high)
    return NetworkModel(
        name=one_line(network.name),
        mtu=mtu_of(network),
        unnumbered=policy.unnumbered,
        bfd=Bfd(int(policy.bfd_interval.to("ms")), policy.bfd_multiplier) if policy.bfd else None,
        keepalive_s=int(policy.keepalive.to("s")),
        hold_s=int(policy.hold.to("s")),
        aggregate=policy.aggregate,
        default_route=policy.downward == "default",
        loopbacks=PrefixMatch(str(pools.loopback), 32, 32),
        hosts=PrefixMatch(str(pools.host), low, high) if pools.host is not None and low else None,
        loopbacks6=PrefixMatch(str(pools.loopback6), 128, 128) if pools.loopback6 is not None else None,
        hosts6=hosts6,
        loopback_community=policy.communities.loopback or "",
        host_community=policy.communities.host or "",
        qos=None if attributes.roce is None else _qos(attributes.roce),
        gateway=dotted(pools.gateway) if pools.gateway >= 0 else "",
        services=services(attributes),
    )


def _host_lengths(routing: Routing) -> tuple[int, int]:
    """Shortest and longest IPv4 prefix of hosts that the fabric hears of; 0 if there are no hosts."""
    lengths = routing.host_length[routing.host_length >= 0]
    if not len(lengths):
        return 0, 0
    return (int(lengths.min()), int(lengths.max())) if routing.policy.aggregate else (31, 31)


def _qos(roce: Roce) -> Qos:
    watch = roce.watchdog
    watchdog = Watchdog(int(watch.detect.to("ms")), int(watch.restore.to("ms")), watch.action)
    return Qos(classes(roce), watchdog, roce.load_balance)


def services(attributes: NetworkAttributes) -> Services:
    """What the switches of a network report to and are reached by."""
    given = attributes.management
    sflow = None
    if given.sflow is not None:
        s = given.sflow
        sflow = Sflow(s.collector, s.port, s.rate, int(s.polling.to("s")))
    return Services(
        domain=given.domain or "",
        dns=tuple(given.dns),
        ntp=tuple(given.ntp),
        syslog=tuple(given.syslog),
        sflow=sflow,
        gnmi=given.gnmi or 0,
        users=tuple(given.users),
    )
