"""What runs on the plant: networks and workloads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...dsl import units
from .values import AnyQuantity, Data, Elements, Model, Of, Ratio, Span2, Word


class Ebgp(Model):
    """eBGP on every fabric link, an autonomous system a switch."""

    kind: Literal["ebgp"] = "ebgp"
    unnumbered: bool = Field(default=True, description="IPv6 link-local sessions on interfaces, without addresses.")
    bfd: bool = Field(default=False, description="Bidirectional forwarding detection on every session.")
    base_asn: int = Field(default=4200000000, description="First number; switches count up from it over the capacity.")


class Unrouted(Model):
    """A fabric that its own manager configures, such as InfiniBand under a subnet manager."""

    kind: Literal["infiniband", "none"]


class Pools(Model):
    """Address pools, as prefixes."""

    loopback: str | None = Field(default=None, description="One /32 a switch; the first address stays free.")
    host: str | None = Field(default=None, description="A block a leaf, of which each host port has a /31.")
    fabric: str | None = Field(default=None, description="A /31 a fabric link, where sessions are numbered.")


class Ecn(Model):
    """Explicit congestion notification by queue depth."""

    low: Annotated[AnyQuantity, Of(units.DATA)] = Field(description="Depth where marking begins.")
    high: Annotated[AnyQuantity, Of(units.DATA)] = Field(description="Depth where marking reaches its probability.")
    probability: Ratio = Field(description="Marking probability at the high threshold.")


class Roce(Model):
    """The lossless class."""

    priority: int = Field(default=3, description="Priority, traffic class and queue of the lossless class.")
    dscp: int = Field(default=26, description="DSCP of the lossless class.")
    ecn: Annotated[Ecn | None, Span2(units.DATA)] = Field(default=None, description="Such as `1 MB .. 2 MB at 5 %`.")


class NetworkAttributes(Model):
    """A network over the links that name it, or over every link if it is the only one."""

    source: str | None = Field(default=None, description="Where the published figures come from.")
    assumed: str | None = Field(default=None, description="What about this is our own guess, and why.")
    routing: Ebgp | Unrouted = Field(default=Ebgp(), description="`ebgp { … }`, `infiniband` or `none`.")
    pools: Pools = Field(default=Pools(), description="Address pools.")
    roce: Roce | None = Field(default=None, description="Lossless class; absent means no lossless class.")
    mtu: Annotated[AnyQuantity, Of(units.DATA)] | None = Field(default=None, description="MTU of every fabric port.")


class Collective(Model):
    """One collective operation over all ranks."""

    kind: Literal["all_reduce", "all_gather", "reduce_scatter", "all_to_all"]
    size: Data = Field(description="Bytes of the whole buffer of one rank.")


class WorkloadAttributes(Model):
    """What the simulators run."""

    source: str | None = Field(default=None, description="Where the published figures come from.")
    assumed: str | None = Field(default=None, description="What about this is our own guess, and why.")
    ranks: Annotated[str, Elements()] = Field(description="The accelerators that take part, as a path.")
    collective: Annotated[Collective, Word(("all_reduce", "all_gather", "reduce_scatter", "all_to_all"))] = Field(
        description="Such as `all_reduce 1 GiB`."
    )
