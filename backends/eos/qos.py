"""The lossless class of a RoCE fabric, in the words of EOS."""

from __future__ import annotations

from dataclasses import dataclass

from .._kit.device_model import SwitchModel

_ONE_KIND_OF_QUEUE = ("Arad", "Jericho", "Petra", "Qumran", "Ramon")
"""Silicon whose queues serve unicast and multicast alike; on the others unicast queues are named apart."""

WATCHDOG_SECONDS = "0.20"
"""Pause that counts as a storm, and the quiet after which the queue is taken back: 200 ms, as SONiC has it."""


@dataclass(frozen=True, slots=True)
class Lossless:
    """One priority without drops; `low` and `high` in bytes, `percent` of packets marked at `high` (0: no marking)."""

    priority: int
    dscp: int
    queue: str
    low: int
    high: int
    percent: int
    watchdog: str


def lossless(switch: SwitchModel) -> Lossless | None:
    """The lossless class of a switch's network, if it has one."""
    roce = switch.network.roce
    if roce is None:
        return None
    queue = "tx-queue" if switch.asic.startswith(_ONE_KIND_OF_QUEUE) else "uc-tx-queue"
    low = high = percent = 0
    if roce.ecn is not None:
        low, high = roce.ecn.low.whole("B"), roce.ecn.high.whole("B")
        percent = max(1, min(100, round(100 * roce.ecn.probability.value)))
    return Lossless(roce.priority, roce.dscp, queue, low, high, percent, WATCHDOG_SECONDS)
