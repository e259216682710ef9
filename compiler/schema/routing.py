"""How a network is routed: sessions, numbers, pools."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...dsl import units
from ...dsl.units import Quantity
from .shapes import Address, Community, Domain, Host, User
from .values import AnyQuantity, Between, Model, Of, Word

Seconds = Annotated[AnyQuantity, Of(units.TIME), Between(1, 3600, "s")]
Milliseconds = Annotated[AnyQuantity, Of(units.TIME), Between(50, 60000, "ms")]


class Communities(Model):
    """Standard communities (RFC 1997) that switches set on what they originate."""

    loopback: Community | None = Field(default=None, description="On the loopback of every switch.")
    host: Community | None = Field(default=None, description="On the hosts' prefixes of every leaf.")


class Ebgp(Model):
    """eBGP on every fabric link (RFC 7938)."""

    kind: Literal["ebgp"] = "ebgp"
    unnumbered: bool = Field(default=True, description="IPv6 link-local sessions on interfaces, without addresses.")
    base_asn: int = Field(default=4200000000, description="First number; switches count up from it over the capacity.")
    asn_plan: Annotated[Literal["per_device", "per_tier"], Word(("per_device", "per_tier"))] = Field(
        default="per_device",
        description="A number a switch; or one a tier, where a switch takes back its own number once from above "
        "(allowas-in).",
    )
    keepalive: Seconds = Field(default=Quantity.of(3, "s"), description="Keepalive interval of a session.")
    hold: Seconds = Field(default=Quantity.of(9, "s"), description="Hold time of a session.")
    bfd: bool = Field(default=False, description="Bidirectional forwarding detection on every session.")
    bfd_interval: Milliseconds = Field(default=Quantity.of(300, "ms"), description="BFD interval, both directions.")
    bfd_multiplier: Annotated[int, Between(3, 50)] = Field(default=3, description="BFD detection multiplier.")
    max_paths: Annotated[int, Between(1, 1024)] | None = Field(
        default=None, description="Most equal paths; without it as many as a switch has sessions."
    )
    aggregate: bool = Field(
        default=True, description="A leaf advertises its block of hosts as one prefix; else every host link's /31."
    )
    downward: Annotated[Literal["specifics", "default"], Word(("specifics", "default"))] = Field(
        default="specifics",
        description="What a switch tells those below about hosts elsewhere: their prefixes, or a default route.",
    )
    communities: Communities = Field(default=Communities(), description="Communities of what switches originate.")


class Unrouted(Model):
    """A fabric that its own manager configures, such as InfiniBand under a subnet manager."""

    kind: Literal["infiniband", "none"]


class Dsf(Model):
    """A disaggregated scheduled fabric: packets are cut into cells at its edge and sprayed over all links.

    From outside it is one switch as large as the network. Ports marked `fabric` carry cells. A switch that has others
    besides is an interface node; one that has no others is a fabric node. Inside there are no routing sessions.
    """

    kind: Literal["dsf"] = "dsf"
    monitoring: bool = Field(default=False, description="Probe every fabric link from the lower end.")


class Pools(Model):
    """Address pools, as prefixes.

    An IPv6 pool goes with the IPv4 pool of the same use: an address has the same distance from the start of both.
    """

    loopback: str | None = Field(default=None, description="One /32 a switch; the first address stays free.")
    host: str | None = Field(default=None, description="A block a leaf, of which each host port has a /31.")
    fabric: str | None = Field(default=None, description="A /31 a fabric link, where sessions are numbered.")
    loopback6: str | None = Field(default=None, description="IPv6: one /128 a switch.")
    host6: str | None = Field(default=None, description="IPv6: a block a leaf, of which each host port has a /127.")
    fabric6: str | None = Field(default=None, description="IPv6: a /127 a fabric link, where sessions are numbered.")
    management: str | None = Field(
        default=None,
        description="Out-of-band network: one address a switch, the first being the gateway's. Without it: DHCP.",
    )


class Sflow(Model):
    """Sampled flows."""

    collector: Address = Field(description="Address of the collector.")
    port: Annotated[int, Between(1, 65535)] = Field(default=6343, description="UDP port of the collector.")
    rate: Annotated[int, Between(256, 8388608)] = Field(default=32768, description="One packet of so many.")
    polling: Annotated[AnyQuantity, Of(units.TIME), Between(5, 300, "s")] = Field(
        default=Quantity.of(20, "s"), description="Interval of counter samples."
    )


class Management(Model):
    """How switches are reached and what they report to. No secret stands here: users are named, nothing more."""

    gateway: Address | None = Field(default=None, description="Gateway; without it the first address of the pool.")
    domain: Domain | None = Field(default=None, description="Domain of the switches' names.")
    dns: list[Address] = Field(default_factory=list, description="Name servers.")
    ntp: list[Host] = Field(default_factory=list, description="Time servers.")
    syslog: list[Host] = Field(default_factory=list, description="Receivers of the system log.")
    sflow: Sflow | None = Field(default=None, description="Sampled flows; absent means none.")
    gnmi: Annotated[int, Between(1, 65535)] | None = Field(default=None, description="TCP port of gNMI; absent: off.")
    users: list[User] = Field(
        default_factory=list,
        description="Local administrators; a placeholder stands for each one's password until your vault fills it.",
    )
