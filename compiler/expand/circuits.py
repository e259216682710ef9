"""Links from one active port to another, made out of cords, panels and trunks.

What the spec joins are *segments*: a cord from a switch to a panel, a leg of a trunk to the panel's rear. Inside a
passive part, its own links are *passages* from port to port. Both together are chains, and a chain from one active port
to another is one link of the plant. Chains are followed for all segments at once by pointer jumping: each round
doubles the way that every end has looked ahead, so the rounds are the logarithm of the longest chain.

An end of a segment is numbered `2 * segment + side`; `end ^ 1` is the other end of the same segment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..design import Design
from ..plant import Bools, Circuits, DeviceClass, Devices, Ints, Links, Passages, Relations
from ..schema import PASSIVE
from .geometry import UNKNOWN

Way = Callable[[Ints, Ints], Ints]
"""Length of the way between two columns of devices, in micrometres."""


def passes(design: Design, scope: int) -> bool:
    """Whether the links of a scope lead through a passive part: its body, or that of a part inside it."""
    device = design.device_of(scope)
    return device is not None and design.elements[device].kind in PASSIVE


def contract(
    design: Design, classes: Sequence[DeviceClass], devices: Devices, segments: Links, inside: Relations, way: Way
) -> tuple[Links, Circuits]:
    """The links that segments and passages make, each with its whole length, and what they consist of.

    A link has the rule and the number of the segment at its a end, so it is called as its first cord is. Its a end is
    the one whose statement names the active port first; if both or neither do, that of the earlier statement or row.
    Growth changes neither. Speeds are not filled in. A passive port that is used twice is taken to lead nowhere; a
    check tells of it.
    """
    kinds = [design.elements[cls.element].kind for cls in classes]
    of_class = np.array([kind in PASSIVE for kind in kinds], dtype=np.bool_)
    passive = of_class[devices.cls]
    trunk = np.array([kind == "trunk" for kind in kinds], dtype=np.bool_)[devices.cls]
    touched = passive[segments.a_device] | passive[segments.z_device]
    ports = _Ports(classes, devices, of_class)
    chains = _follow(ports, segments, np.flatnonzero(touched), inside, passive)

    own, head, tail = chains.rows, chains.head, chains.tail
    leads = chains.whole & (head >> 1 == np.arange(len(own)))
    keep = ~touched
    keep[own[leads]] = True
    number = np.cumsum(keep) - 1
    circuit = np.where(touched, -1, number)
    circuit[own[chains.whole]] = number[own[head[chains.whole] >> 1]]

    heads = np.flatnonzero(keep)
    tails, head_side, tail_side = heads.copy(), np.zeros_like(heads), np.ones_like(heads)
    at = number[own[leads]]
    head_side[at], tail_side[at] = head[leads] & 1, tail[leads] & 1
    tails[at] = own[tail[leads] >> 1]

    mated = trunk[segments.a_device] | trunk[segments.z_device]
    cord = np.where(mated, 0, segments.length_um)
    passages = _passages(ports, chains, segments, circuit, inside, trunk, way)
    links = Links(
        a_device=np.where(head_side == 0, segments.a_device[heads], segments.z_device[heads]),
        a_terminal=np.where(head_side == 0, segments.a_terminal[heads], segments.z_terminal[heads]),
        z_device=np.where(tail_side == 0, segments.a_device[tails], segments.z_device[tails]),
        z_terminal=np.where(tail_side == 0, segments.a_terminal[tails], segments.z_terminal[tails]),
        rule=segments.rule[heads],
        rank=segments.rank[heads],
        speed=np.zeros(len(heads), dtype=np.int64),
        length_um=_whole_lengths(len(heads), (circuit, cord), (passages.circuit, passages.length_um)),
        network=np.where(segments.network[heads] >= 0, segments.network[heads], segments.network[tails]),
        option=segments.option[heads],
    )
    circular = np.zeros(len(touched), dtype=np.bool_)
    circular[own[chains.circular]] = True
    made = replace(segments, length_um=cord)
    return links, Circuits(made, mated, circuit, circular, heads, tails, head_side, tail_side, passages)


class _Ports:
    """Numbers, without gaps, for all ports of all passive parts."""

    def __init__(self, classes: Sequence[DeviceClass], devices: Devices, passive: Bools) -> None:
        count = np.array([cls.terminal_count("port") for cls in classes], dtype=np.int64)
        each = np.where(passive, count, 0)[devices.cls]
        self._first = np.cumsum(each) - each
        self.total = int(each.sum())

    def numbers(self, device: Ints, terminal: Ints) -> Ints:
        """Numbers of ports, for columns of them; only those of passive parts mean something."""
        found: Ints = self._first[device] + terminal
        return found


@dataclass(frozen=True)
class _Chains:
    """One entry for each of the segments `rows` that touch a passive part.

    `head` and `tail` are the ends at which its chain ends, numbered over `rows`, if it is `whole`: active at both.
    `outside` is for each passive port the end of the segment that is joined to it (-1: none).
    """

    rows: Ints
    whole: Bools
    circular: Bools
    head: Ints
    tail: Ints
    outside: Ints


def _follow(ports: _Ports, segments: Links, rows: Ints, inside: Relations, passive: Bools) -> _Chains:
    """Follow the chain of every segment to both its ends."""
    device = np.stack([segments.a_device[rows], segments.z_device[rows]], axis=1).ravel()
    terminal = np.stack([segments.a_terminal[rows], segments.z_terminal[rows]], axis=1).ravel()
    open_ends = np.flatnonzero(passive[device])
    slot = ports.numbers(device[open_ends], terminal[open_ends])
    outside = np.full(ports.total, -1, dtype=np.int64)
    outside[slot] = open_ends
    outside[np.bincount(slot, minlength=ports.total) > 1] = -1
    through = _partners(ports, inside)

    step = np.arange(len(device), dtype=np.int64)
    goes = np.zeros(len(device), dtype=np.bool_)
    beyond = through[slot]
    onward = np.where(beyond >= 0, outside[beyond], -1)
    on = (onward >= 0) & (outside[slot] == open_ends)
    step[open_ends[on]] = onward[on] ^ 1
    goes[open_ends[on]] = True
    for _ in range(len(device).bit_length()):
        further = step[step]
        if np.array_equal(further, step):
            break
        step = further
    ends = step.reshape(-1, 2)
    circular = goes[ends[:, 0]] | goes[ends[:, 1]]
    whole = ~circular & ~passive[device[ends[:, 0]]] & ~passive[device[ends[:, 1]]]
    rank = (ends & 1) * len(rows) + (ends >> 1)
    turned = rank[:, 0] > rank[:, 1]
    head = np.where(turned, ends[:, 1], ends[:, 0])
    tail = np.where(turned, ends[:, 0], ends[:, 1])
    return _Chains(rows, whole, circular, head, tail, outside)


def _partners(ports: _Ports, inside: Relations) -> Ints:
    """For each passive port the one that light comes out of (-1: none, or it is not clear which)."""
    a = ports.numbers(inside.a_device, inside.a_terminal)
    z = ports.numbers(inside.z_device, inside.z_terminal)
    partner = np.full(ports.total, -1, dtype=np.int64)
    partner[a], partner[z] = z, a
    twice = np.bincount(np.concatenate([a, z]), minlength=ports.total) > 1
    partner[twice] = -1
    partner[(partner >= 0) & twice[partner]] = -1
    return partner


def _passages(
    ports: _Ports, chains: _Chains, segments: Links, circuit: Ints, inside: Relations, trunk: Bools, way: Way
) -> Passages:
    """The passages with the links that run through them. A trunk is as long as the longest way of its legs."""
    sides = (
        ports.numbers(inside.a_device, inside.a_terminal),
        ports.numbers(inside.z_device, inside.z_terminal),
    )
    near, far = chains.outside[sides[0]], chains.outside[sides[1]]
    joined = (near >= 0) & (far >= 0)
    through = np.where(joined, circuit[chains.rows[near >> 1]] if len(chains.rows) else -1, -1)
    length = np.zeros(len(inside), dtype=np.int64)
    legs = trunk[inside.a_device]
    if legs.any():
        at = np.flatnonzero(legs & joined)
        device = inside.a_device[at]
        peers = [
            np.where(end & 1, segments.a_device[chains.rows[end >> 1]], segments.z_device[chains.rows[end >> 1]])
            for end in (near[at], far[at])
        ]
        found = way(peers[0], peers[1])
        longest = np.full(len(trunk), UNKNOWN, dtype=np.int64)
        np.maximum.at(longest, device, found)
        longest[device[found < 0]] = UNKNOWN
        length[legs] = longest[inside.a_device[legs]]
    return Passages(**vars(inside), length_um=length, circuit=through)


def _whole_lengths(count: int, *parts: tuple[Ints, Ints]) -> Ints:
    """Sum of the lengths of each link's parts, given as columns of links and lengths; unknown if one of them is."""
    total = np.zeros(count, dtype=np.int64)
    unknown = np.zeros(count, dtype=np.bool_)
    for link, length in parts:
        of = np.flatnonzero(link >= 0)
        np.add.at(total, link[of], length[of])
        unknown[link[of[length[of] < 0]]] = True
    return np.where(unknown, UNKNOWN, total)
