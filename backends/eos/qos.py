"""The lossless class of a RoCE fabric, in the words of EOS."""

from __future__ import annotations

from dataclasses import dataclass

from .._kit.device_model import SwitchModel

_ONE_KIND_OF_QUEUE = ("Arad", "Jericho", "Petra", "Qumran", "Ramon")
"""Silicon whose queues serve unicast and multicast alike; on the others unicast queues are named apart."""

WATCHDOG_SECONDS = "0.20"
"""Pause that counts as a storm, and the quiet after which the queue is taken back: 200 ms, as SONiC has it."""

_CONTROL_DSCP = 48
"""CS6, which routing protocols use; EOS gives it class 6."""


@dataclass(frozen=True, slots=True)
class Lossless:
    """One priority without drops; `low` and `high` in bytes, `percent` of packets marked at `high` (0: no marking)."""

    priority: int
    queue: str
    low: int
    high: int
    percent: int
    watchdog: str
    classes: tuple[tuple[str, int], ...]
    """DSCPs, parted by blanks, and the traffic class that they get."""


def lossless(switch: SwitchModel) -> Lossless | None:
    """The lossless class of a switch's network, if it has one."""
    qos = switch.network.qos
    if qos is None:
        return None
    roce = qos.lossless[0]
    queue = "tx-queue" if switch.asic.startswith(_ONE_KIND_OF_QUEUE) else "uc-tx-queue"
    classes = traffic_classes(roce.priority, roce.dscps[0])
    return Lossless(roce.priority, queue, roce.ecn_low, roce.ecn_high, roce.ecn_percent, WATCHDOG_SECONDS, classes)


def traffic_classes(priority: int, dscp: int) -> tuple[tuple[str, int], ...]:
    """The one DSCP goes into the lossless class, and the others that EOS has there by default go out of it.

    By default the traffic class is the DSCP div 8, but 0 to 7 are class 1, which is best effort, and 8 to 15 class 0.
    """
    first = 8 * {0: 1, 1: 0}.get(priority, priority)
    best_effort = 0 if priority == 1 else 1
    wanted: dict[int, list[int]] = {priority: [dscp]}
    for other in range(first, first + 8):
        if other != dscp:
            wanted.setdefault(7 if other == _CONTROL_DSCP else best_effort, []).append(other)
    return tuple((" ".join(map(str, those)), one) for one, those in sorted(wanted.items(), key=lambda item: item[1]))
