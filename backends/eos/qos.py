"""Traffic classes in the words of EOS: maps, queues, PFC and its watchdog.

Every DSCP and every queue is written out, also what happens to be the default, because defaults differ between
platforms. Sources: Arista, EOS User Manual, "Quality of Service" (maps, queues, ECN) and "Priority Flow Control".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .._kit.device_model import Qos, SwitchModel, Watchdog

_ONE_KIND_OF_QUEUE = ("Arad", "Jericho", "Petra", "Qumran", "Ramon")
"""Silicon whose queues serve unicast and multicast alike; on the others unicast queues are named apart."""

_DSCPS_A_LINE = 16

PROFILE = "LOSSLESS"


@dataclass(frozen=True, slots=True)
class Queue:
    """An egress queue. `share` is its percentage of the port; thresholds in bytes, `percent` 0: no marking."""

    name: str
    strict: bool
    share: int
    low: int
    high: int
    percent: int


@dataclass(frozen=True, slots=True)
class QosLines:
    """`dscps`: numbers parted by blanks, and their traffic class. `to_queue`: a traffic class and its queue.

    `lossless` are PFC priorities. Times of the watchdog are seconds with as many decimals as EOS takes.
    """

    profile: str
    dscps: tuple[tuple[str, int], ...]
    to_queue: tuple[tuple[int, str], ...]
    lossless: tuple[int, ...]
    queues: tuple[Queue, ...]
    timeout: str
    recovery: str
    polling: str


def one_kind_of_queue(asic: str) -> bool:
    """Whether queues of this silicon serve unicast and multicast alike."""
    return asic.startswith(_ONE_KIND_OF_QUEUE)


def qos_lines(switch: SwitchModel) -> QosLines | None:
    """The classes of a switch's network, if it has any."""
    qos = switch.network.qos
    if qos is None:
        return None
    kind = "tx-queue" if one_kind_of_queue(switch.asic) else "uc-tx-queue"
    return QosLines(
        profile=PROFILE,
        dscps=tuple(sorted(_dscps(qos), key=lambda line: int(line[0].partition(" ")[0]))),
        to_queue=tuple((c.priority, f"{kind} {c.queue}") for c in qos.classes),
        lossless=tuple(c.priority for c in qos.lossless),
        queues=tuple(
            Queue(f"{kind} {c.queue}", c.strict, c.share, c.ecn_low, c.ecn_high, c.ecn_percent)
            for c in sorted(qos.classes, key=lambda c: c.queue)
        ),
        timeout=seconds(qos.watchdog.detect_ms),
        recovery=seconds(qos.watchdog.restore_ms),
        polling=polling(qos.watchdog),
    )


def _dscps(qos: Qos) -> Iterator[tuple[str, int]]:
    """Each class's DSCPs, some at a time, so that no line grows long."""
    for c in qos.classes:
        for at in range(0, len(c.dscps), _DSCPS_A_LINE):
            yield " ".join(map(str, c.dscps[at : at + _DSCPS_A_LINE])), c.priority


def seconds(milliseconds: int) -> str:
    """Seconds with the two decimals that the watchdog takes, rounded up."""
    hundredths = -(-milliseconds // 10)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def polling(watchdog: Watchdog) -> str:
    """How often the watchdog looks: twice in the shorter of its two times, so that it misses neither."""
    milliseconds = min(watchdog.detect_ms, watchdog.restore_ms) // 2
    return f"{milliseconds // 1000}.{milliseconds % 1000:03}"


def weighted_above_strict(qos: Qos) -> tuple[str, str] | None:
    """A strict class with a weighted one in a higher queue, by name, if there is such a pair.

    EOS serves every queue below a round-robin queue round-robin too, whatever is configured for it (EOS User Manual,
    "Quality of Service", `priority`), so such a class would not be strict.
    """
    for strict in qos.classes:
        for other in qos.classes:
            if strict.strict and not other.strict and other.queue > strict.queue:
                return strict.name, other.name
    return None
