"""What runs on the plant: networks and workloads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...dsl import units
from .roce import Roce
from .routing import Dsf, Ebgp, Management, Pools, Unrouted
from .values import AnyQuantity, Data, Elements, Model, Of, Word


class NetworkAttributes(Model):
    """A network over the links that name it, or over every link if it is the only one."""

    source: str | None = Field(default=None, description="Where the published figures come from.")
    assumed: str | None = Field(default=None, description="What about this is our own guess, and why.")
    routing: Ebgp | Dsf | Unrouted = Field(
        default=Ebgp(), description="`ebgp { … }`, `dsf { … }`, `infiniband` or `none`."
    )
    pools: Pools = Field(default=Pools(), description="Address pools.")
    management: Management = Field(default=Management(), description="How switches are reached, and their services.")
    roce: Roce | None = Field(default=None, description="Traffic classes; absent means that nothing is lossless.")
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
