"""Traffic classes of a lossless fabric."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...dsl import units
from ...dsl.units import Quantity
from .values import AnyQuantity, Between, Model, Of, Ratio, Span2, Word

Priority = Annotated[int, Between(0, 7)]
Dscp = Annotated[int, Between(0, 63)]
Weight = Annotated[int, Between(1, 100)]
Watch = Annotated[AnyQuantity, Of(units.TIME), Between(100, 5000, "ms")]


class Ecn(Model):
    """Explicit congestion notification by queue depth."""

    low: Annotated[AnyQuantity, Of(units.DATA)] = Field(description="Depth where marking begins.")
    high: Annotated[AnyQuantity, Of(units.DATA)] = Field(description="Depth where marking reaches its probability.")
    probability: Ratio = Field(description="Marking probability at the high threshold.")


class TrafficClass(Model):
    """A class of packets: from their DSCP to a priority and a queue, the same at every hop and in the adapters."""

    dscp: Dscp | list[Dscp] = Field(description="DSCP, or a list of them.")
    priority: Priority = Field(description="Traffic class, priority group and PFC priority.")
    queue: Priority | None = Field(default=None, description="Egress queue; by default that of its priority.")
    weight: Weight = Field(default=50, description="Share of a port among the queues that are not strict.")
    strict: bool = Field(default=False, description="Served before every queue that is not.")
    lossless: bool = Field(default=False, description="Paused by PFC instead of dropped.")
    ecn: Annotated[Ecn | None, Span2(units.DATA)] = Field(default=None, description="Such as `1 MB .. 2 MB at 5 %`.")


class Watchdog(Model):
    """PFC watchdog: a queue that is paused for too long is no longer held up."""

    detect: Watch = Field(default=Quantity.of(200, "ms"), description="Pause that counts as a storm.")
    restore: Watch = Field(default=Quantity.of(200, "ms"), description="Quiet after which the queue is taken back.")
    action: Annotated[Literal["drop", "forward"], Word(("drop", "forward"))] = Field(
        default="drop", description="What happens to packets of a queue in a storm."
    )


Balance = Literal["ecmp", "qp", "dynamic", "spray"]
BALANCES = ("ecmp", "qp", "dynamic", "spray")


class Roce(Model):
    """The lossless class of RDMA traffic, and all other classes of the network.

    Two classes are there without being named: `control` (DSCP 48, strict) and `default` (best effort, every DSCP that
    no class has). A class of that name replaces it.
    """

    priority: Priority = Field(default=3, description="Priority of the lossless class: PFC, traffic class, group.")
    dscp: Dscp | list[Dscp] = Field(default=26, description="DSCP of the lossless class, or a list of them.")
    queue: Priority | None = Field(default=None, description="Its egress queue; by default that of its priority.")
    weight: Weight = Field(default=50, description="Its share of a port among the queues that are not strict.")
    ecn: Annotated[Ecn | None, Span2(units.DATA)] = Field(default=None, description="Such as `1 MB .. 2 MB at 5 %`.")
    classes: dict[str, TrafficClass] = Field(default_factory=dict, description="Other classes by name.")
    watchdog: Watchdog = Field(default=Watchdog(), description="PFC watchdog of the lossless queues.")
    load_balance: Annotated[Balance, Word(BALANCES)] = Field(
        default="ecmp",
        description="How flows are spread over equal paths: by the usual hash; by one that counts the destination "
        "queue pair (E-ECMP); dynamically by load; or packet by packet.",
    )
