"""Traffic classes of a network, with everything that the spec leaves to its defaults filled in.

The same classes hold at every hop and in the adapters; no backend decides any of this for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..schema.roce import Ecn, Roce, TrafficClass

CONTROL_DSCP = 48
"""CS6, network control (RFC 4594 section 3.1): FRR, EOS and SONiC send BGP with it."""

ECT0 = 2
"""The bits of the ToS that say that a packet may be marked: ECT(0) (RFC 3168 section 5)."""

PRIORITIES = range(8)


@dataclass(frozen=True, slots=True)
class QosClass:
    """One class. `share` is its whole percentage of a port among the queues that are not strict (0 if strict).

    `ecn_low` and `ecn_high` are queue depths in bytes, `ecn_percent` the packets marked at `ecn_high`; all 0: no
    marking.
    """

    name: str
    dscps: tuple[int, ...]
    priority: int
    queue: int
    strict: bool
    weight: int
    share: int
    lossless: bool
    ecn_low: int = 0
    ecn_high: int = 0
    ecn_percent: int = 0


def classes(roce: Roce) -> tuple[QosClass, ...]:
    """All classes, by priority.

    Priorities, queues and DSCPs may clash; `clashes` tells. The classes `control` and `default` are added where
    nothing of their name is written.
    """
    written = roce.classes | {"roce": _main(roce)}
    taken = {c.priority for c in written.values()}
    if "control" not in written and not any(CONTROL_DSCP in dscps_of(c) for c in written.values()):
        priority = next((p for p in (6, 7, 5, 4, 3, 2, 1) if p not in taken), 6)
        written["control"] = TrafficClass.model_construct(
            dscp=CONTROL_DSCP, priority=priority, queue=None, weight=50, strict=True, lossless=False, ecn=None
        )
        taken.add(priority)
    named = {d for name, c in written.items() if name != "default" for d in dscps_of(c)}
    rest = tuple(d for d in range(64) if d not in named)
    if "default" not in written:
        priority = next((p for p in PRIORITIES if p not in taken), 0)
        written["default"] = TrafficClass.model_construct(
            dscp=list(rest), priority=priority, queue=None, weight=50, strict=False, lossless=False, ecn=None
        )
    shares = _shares({name: c.weight for name, c in written.items() if not c.strict})
    found = [
        _made(name, c, rest if name == "default" else tuple(sorted(set(dscps_of(c)))), shares.get(name, 0))
        for name, c in written.items()
    ]
    return tuple(sorted(found, key=lambda c: (c.priority, c.name)))


def _main(roce: Roce) -> TrafficClass:
    """The lossless class as one among the others."""
    return TrafficClass.model_construct(
        dscp=roce.dscp,
        priority=roce.priority,
        queue=roce.queue,
        weight=roce.weight,
        strict=False,
        lossless=True,
        ecn=roce.ecn,
    )


def dscps_of(written: TrafficClass) -> list[int]:
    """The DSCPs that a class names."""
    return written.dscp if isinstance(written.dscp, list) else [written.dscp]


def _made(name: str, c: TrafficClass, dscps: tuple[int, ...], share: int) -> QosClass:
    queue = c.priority if c.queue is None else c.queue
    marking = _marking(c.ecn)
    return QosClass(name, dscps, c.priority, queue, c.strict, 0 if c.strict else c.weight, share, c.lossless, *marking)


def _marking(ecn: Ecn | None) -> tuple[int, int, int]:
    """Thresholds in bytes and the whole percentage, which is at least 1 where there is marking at all."""
    if ecn is None or not ecn.probability.value:
        return 0, 0, 0
    return int(ecn.low.to("B")), int(ecn.high.to("B")), max(1, min(100, round(100 * ecn.probability.value)))


def _shares(weights: dict[str, int]) -> dict[str, int]:
    """Whole percentages that add up to 100, by largest remainder; every queue has at least 1."""
    total = sum(weights.values())
    exact = {name: Fraction(100 * weight, total) for name, weight in weights.items()}
    found = {name: max(1, int(share)) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (int(exact[name]) - exact[name], name))
    for name in by_remainder:
        if sum(found.values()) >= 100:
            break
        found[name] += 1
    while sum(found.values()) > 100:
        found[max(found, key=lambda name: (found[name], name))] -= 1
    return found


def tos(c: QosClass) -> int:
    """The traffic class byte of a class: its lowest DSCP, and that its packets may be marked if they are."""
    return 4 * c.dscps[0] + (ECT0 if c.ecn_percent else 0)


def clashes(found: tuple[QosClass, ...]) -> list[str]:
    """What two classes both claim, one sentence each; empty if nothing."""
    told = []
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            for what, mine, theirs in (
                ("priority", {one.priority}, {other.priority}),
                ("queue", {one.queue}, {other.queue}),
                ("DSCP", set(one.dscps), set(other.dscps)),
            ):
                if both := sorted(mine & theirs):
                    told.append(f"{one.name} and {other.name} both have {what} {both[0]}")
    return told
