"""How the links are run: networks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...dsl import units
from .roce import Roce
from .routing import Dsf, Ebgp, Management, Pools, Unrouted
from .values import AnyQuantity, Model, Of


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
