"""Times in htsim's terms, and what one flow takes in closed form.

Confirmed to the picosecond by running one flow alone (`docs/explanation/simulators.md`): with H links on the way,
P the latencies of links and switches one way, and W the rate,
T = (bytes on the wire + (H - 1) * packet) * 8 / W + 2 P + H * 64 * 8 / W.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from ...compiler.simulation import Latencies
from .._kit.fat_tree import Fit

CONTROL = 64
"""Bytes of an acknowledgement."""

PACKETS = {"htsim_roce": (9000, 64, False), "htsim_uec": (4086, 64, True)}
"""Payload and header of a full packet in bytes, and whether the last packet is cut to what it carries."""


def tiers_ns(latencies: Latencies, tiers: int) -> list[tuple[int, int]]:
    """Latency of the links below each tier and of its switches, in whole nanoseconds, rounded up.

    The adapter counts with the link below the leaf. A link has at least 1 ns: htsim takes 0 for missing.
    """
    found = []
    for tier in range(tiers):
        wire = latencies.wires[tier] + (latencies.nic if tier == 0 else 0)
        found.append((max(1, ceil(wire)), ceil(latencies.switches[tier])))
    return found


def one_way_ns(fit: Fit, latencies: Latencies, meet: int | None = None) -> int:
    """Links and switches between two hosts that meet at the top of the tree, or at the switches of tier `meet`."""
    tiers = tiers_ns(latencies, 2 if fit.core is None else 3)[:meet]
    return 2 * sum(wire for wire, _ in tiers) + 2 * sum(switch for _, switch in tiers[:-1]) + tiers[-1][1]


def one_flow_us(program: str, size: int, fit: Fit, latencies: Latencies, meet: int | None = None) -> float:
    """Microseconds of one flow alone between hosts that meet at the top of the tree, or at tier `meet` (1: a leaf)."""
    payload, header, cut = PACKETS[program]
    packets = -(-size // payload)
    sent = size + header * packets if cut else (payload + header) * packets
    speeds = ([fit.host_speed, fit.speed] + ([] if fit.core is None else [fit.core.speed]))[:meet]
    path = [*speeds, *reversed(speeds)]
    ns = Fraction(8 * sent * 10**9, min(path)) + 2 * one_way_ns(fit, latencies, meet)
    forwarded = list(path)
    forwarded.remove(min(path))
    ns += sum(Fraction(8 * (payload + header) * 10**9, speed) for speed in forwarded)
    ns += sum(Fraction(8 * CONTROL * 10**9, speed) for speed in path)
    return float(ns / 1000)


def end_us(wire: Fraction) -> int:
    """A value for `-end` in microseconds: ten times the time on the wire, so that congestion has room."""
    return max(1000, ceil(10 * wire))
