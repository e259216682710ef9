"""Lossless headroom: the room that a port keeps for packets still under way after it has asked for a pause.

Two ways, by what the catalog says of the silicon. A formula (`cell`, `pipeline`, `mac_phy`), SONiC's for NVIDIA
silicon: sonic-net/sonic-swss at 18913fa3, cfgmgr/buffer_headroom_mellanox.lua (later versions ask for less).
Or the maker's table (`rows`), from which the next longer cable is taken.

Headroom for too short a cable loses packets that nothing resends quickly; for too long a one it only takes buffer. So
every length is rounded up, and one that is not known is taken as the longest that it can be (`reach`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..schema.parts import Headroom, SwitchAttributes

LONGEST_GUESS = 300
"""Longest cable in metres that is assumed where nothing tells: what SONiC takes between spine and leaf."""

LOSSLESS_MTU = 1024
"""Size of the packets of the lossless class in bytes, as SONiC's default traffic pattern has it (RDMA's usual MTU)."""

SMALL_PACKETS = 50
"""Percent of the packets that are the smallest, which waste most of their cells; SONiC's default traffic pattern."""

SMALLEST = 64
"""Smallest Ethernet frame in bytes, and the bytes of one pause quantum (512 bit times, IEEE 802.3 annex 31B)."""

SIGNAL = 198_000_000
"""Speed of a signal in a cable in m/s, as SONiC's formula has it."""

PAUSE_QUANTA = {10: 67, 25: 80, 40: 118, 50: 147, 100: 394, 200: 453, 400: 905, 800: 905}
"""Quanta within which a peer must react to a pause, by speed in Gbps (IEEE 802.3 annex 31B; 800: as for 400)."""

KIB = 1024


@dataclass(frozen=True, slots=True)
class Room:
    """What one lossless class takes on one port, in bytes, for a cable of at most `metres`.

    `size` is the guaranteed part, `xoff` the room after the pause, `xon` the fill at which the pause ends and
    `xon_offset` how far below its limit it does. `xoff` is part of `size` where it was computed by the formula.
    """

    metres: int
    size: int
    xon: int
    xoff: int
    xon_offset: int = 0
    inside: bool = False

    @property
    def total(self) -> int:
        """Bytes of buffer that it takes in all."""
        return self.size if self.inside else self.size + self.xoff


def room(switch: SwitchAttributes, speed: int, width: int, cable_m: int, mtu: int) -> Room | None:
    """Room of one class on a port of `speed` bit/s over `width` lanes, for a cable and an MTU in bytes.

    None if the part says nothing that it follows from; see `doubt`.
    """
    given = switch.headroom
    if given is None or doubt(switch, speed, cable_m):
        return None
    if given.rows:
        return _looked_up(given, speed, cable_m)
    return _computed(given, speed, width, cable_m, mtu)


def doubt(switch: SwitchAttributes, speed: int, cable_m: int) -> str:
    """Why the headroom of a port is not known; empty if it is."""
    given = switch.headroom
    if given is None:
        return "does not say what its headroom follows from"
    gbps = Fraction(speed, 10**9)
    if given.rows:
        if given.size is None or given.xon is None:
            return "has a table of headroom, and says no `size` or `xon`"
        lengths = [row.length.value for row in given.rows if row.speed.value == speed]
        if not lengths:
            return f"has no headroom for {gbps} Gbps in its table"
        return (
            "" if max(lengths) >= cable_m else f"has headroom for {max(lengths)} m at most, and {cable_m} m are wanted"
        )
    if given.cell is None or given.pipeline is None or given.mac_phy is None:
        return "does not say all of `cell`, `pipeline` and `mac_phy`"
    return "" if gbps in PAUSE_QUANTA else f"would need the pause time of {gbps} Gbps, which no standard gives"


def _looked_up(given: Headroom, speed: int, cable_m: int) -> Room:
    row = min(
        (r for r in given.rows if r.speed.value == speed and r.length.value >= cable_m), key=lambda r: r.length.value
    )
    assert given.size is not None and given.xon is not None
    offset = 0 if given.xon_offset is None else given.xon_offset.value
    return Room(
        -int(-row.length.value // 1), int(given.size.value), int(given.xon.value), int(row.xoff.value), int(offset)
    )


def _computed(given: Headroom, speed: int, width: int, cable_m: int, mtu: int) -> Room:
    assert given.cell is not None and given.pipeline is not None and given.mac_phy is not None
    gbps = speed // 10**9
    # A packet of 64 bytes fills a cell of more, so what is small on the wire is large in the buffer.
    occupancy = Fraction(100 - SMALL_PACKETS, 100) + Fraction(SMALL_PACKETS, 100) * given.cell.value / SMALLEST
    # There and back. The published formula takes 8,192 bits for 1,000 bytes; so does this, to give its very numbers.
    propagation = 2 * cable_m * Fraction(speed, SIGNAL) * 1000 / 8192
    under_way = mtu + propagation + given.mac_phy.value + PAUSE_QUANTA[gbps] * SMALLEST
    xoff = _up(LOSSLESS_MTU + under_way * occupancy)
    wide = width >= 8
    xon = int(given.pipeline.value)
    if wide:
        # A port of eight lanes fills the pipeline of two.
        xon = 2 * xon - KIB
    size = _up(Fraction(xon + xoff + (mtu if wide else 0)))
    return Room(cable_m, size, xon, xoff, 0, inside=True)


def _up(amount: Fraction) -> int:
    """The next whole KiB."""
    return -(-amount.numerator // (amount.denominator * KIB)) * KIB
