"""A collective operation as rounds of messages, for simulators that know nothing but messages.

With n members in a group and S bytes of the whole buffer of one rank:

| algorithm             | all_gather, reduce_scatter       | all_reduce     | all_to_all                    |
|-----------------------|----------------------------------|----------------|-------------------------------|
| ring                  | n - 1 rounds of S/n to the next  | 2(n - 1)       | n - 1: S/n to +1, then +2, …  |
| direct                | 1 round of S/n to all others     | 2              | 1                             |
| halving_doubling      | log2 n, of S/2, S/4, … S/n       | 2 log2 n       | log2 n rounds of S/2          |

(Thakur, Rabenseifner, Gropp: "Optimization of Collective Communication Operations in MPICH", IJHPCA 2005, sections
4.1 to 4.4.) `hierarchical` does its part inside the scale-up domains first, which is no message here but an `Inside`,
and then, for each place in a domain, a ring of what is left among the domains. A part of a byte is a byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from ...compiler.plant import Bools, Ints
from ...compiler.simulation.domains import turns
from ...compiler.workloads import Kind, Operation


@dataclass(frozen=True)
class Round:
    """Messages of `size` bytes from `sender` to `receiver`, shape (messages,), all at once; `times` such rounds
    follow each other. `fan` messages leave each rank in a round. A rank begins the next round when it has received
    all of this one; if `own`, when it has sent all of this one."""

    sender: Ints
    receiver: Ints
    size: int
    times: int = 1
    fan: int = 1
    own: bool = False


@dataclass(frozen=True)
class Inside:
    """What each of `ranks` exchanges in its scale-up domain: `size` bytes are the buffer, among `members` of it."""

    ranks: Ints
    kind: Kind
    size: int
    members: int


class UnfitError(Exception):
    """An algorithm that these groups do not allow; the text says why, in words for a diagnostic."""


def rounds(operation: Operation, domain: Ints, keep: Bools | None = None) -> Iterator[Round | Inside]:
    """What an operation consists of, once (`times` is left to the reader). Nothing for a `compute`.

    `domain` is the scale-up domain of every rank. Of groups only the ranks in `keep` are left: a ring closes over them.
    Raises UnfitError where a hierarchy cannot be had.
    """
    groups, kind = operation.groups, operation.kind
    if kind == "compute" or not len(groups):
        return
    if kind == "send":
        pairs = groups if keep is None else groups[keep[groups].all(axis=1)]
        yield from _sends(pairs[:, 0], pairs[:, 1], operation.size)
    elif operation.algorithm != "hierarchical":
        for table in _kept(groups, keep):
            yield from _flat(kind, operation.algorithm, table, operation.size)
    else:
        yield from _hierarchical(kind, groups, operation.size, domain, keep)


def _sends(sender: Ints, receiver: Ints, size: int) -> Iterator[Round]:
    """Rounds in which no rank sends or receives twice."""
    turn = turns(sender)
    again = turns(turn * (int(receiver.max(initial=0)) + 1) + receiver)
    for one, other in np.unique(np.stack([turn, again], axis=1), axis=0).tolist():
        rows = (turn == one) & (again == other)
        yield Round(sender[rows], receiver[rows], size)


MOST_PIECES = 1_000
"""Most pieces of one message: terabytes, which no run of a simulator comes to an end with."""


def in_pieces(parts: Iterable[Round | Inside], most: int) -> Iterator[Round | Inside]:
    """The same with messages of at most `most` bytes: larger ones in equal pieces, a round for each.

    Raises UnfitError for a message of too many.
    """
    for part in parts:
        pieces = -(-part.size // most) if isinstance(part, Round) else 1
        if pieces > MOST_PIECES:
            raise UnfitError(f"a message of {part.size:,} B would be {pieces:,} pieces of at most {most:,} B")
        if isinstance(part, Inside) or pieces < 2:
            yield part
            continue
        smaller = replace(part, size=-(-part.size // pieces))
        if part.own:
            yield from [smaller] * pieces
        else:
            yield replace(smaller, times=part.times * pieces)


def hierarchy(groups: Ints, domain: Ints) -> Ints:
    """Groups by domain: shape (groups, domains, members in a domain).

    Raises UnfitError.
    """
    order = np.argsort(domain[groups], axis=1, kind="stable")
    table = np.take_along_axis(groups, order, axis=1)
    near = domain[table]
    count = len(np.unique(near[0]))
    why = f"groups of {groups.shape[1]:,} ranks do not have as many members in each scale-up domain"
    if groups.shape[1] % count:
        raise UnfitError(why)
    split = near.reshape(len(groups), count, -1)
    if (split != split[:, :, :1]).any() or (np.diff(split[:, :, 0], axis=1) == 0).any():
        raise UnfitError(why)
    return table.reshape(split.shape)


def _hierarchical(kind: Kind, groups: Ints, size: int, domain: Ints, keep: Bools | None) -> Iterator[Round | Inside]:
    table = hierarchy(groups, domain)
    members = table.shape[2]
    ranks = groups.reshape(-1) if keep is None else groups[keep[groups]]
    rings = table.swapaxes(1, 2).reshape(-1, table.shape[1])
    # An all_to_all meets every other domain with what all members of its own have for it.
    share = size if kind == "all_to_all" else -(-size // members)
    before: Kind = "reduce_scatter" if kind == "all_reduce" else kind
    if members > 1 and kind != "all_gather":
        yield Inside(ranks, before, size, members)
    for ring in _kept(rings, keep):
        yield from _flat(kind, "ring", ring, share)
    if members > 1 and kind in ("all_gather", "all_reduce"):
        yield Inside(ranks, "all_gather", size, members)


def _kept(groups: Ints, keep: Bools | None) -> list[Ints]:
    """Groups without the ranks that are left out, as tables of equally many members; none of a single one."""
    if keep is None or keep[groups].all():
        return [groups] if groups.shape[1] > 1 else []
    inside = keep[groups]
    counts = inside.sum(axis=1)
    found = []
    for many in np.unique(counts[counts > 1]).tolist():
        rows = counts == many
        found.append(groups[rows][inside[rows]].reshape(-1, many))
    return found


def _flat(kind: Kind, algorithm: str, groups: Ints, size: int) -> Iterator[Round]:
    members = groups.shape[1]
    if algorithm == "halving_doubling":
        yield from _halving_doubling(kind, groups, size)
        return
    part, both = -(-size // members), 2 if kind == "all_reduce" else 1
    if algorithm == "direct":
        sender = np.repeat(groups.reshape(-1), members - 1)
        ahead = np.arange(1, members)
        place = (np.arange(members)[:, None] + ahead) % members
        yield Round(sender, groups[:, place].reshape(-1), part, both, fan=members - 1)
    elif kind == "all_to_all":
        for turn in range(1, members):
            yield Round(groups.reshape(-1), np.roll(groups, -turn, axis=1).reshape(-1), part, own=True)
    else:
        yield Round(groups.reshape(-1), np.roll(groups, -1, axis=1).reshape(-1), part, both * (members - 1))


def _halving_doubling(kind: Kind, groups: Ints, size: int) -> Iterator[Round]:
    members = groups.shape[1]
    if members & (members - 1):
        raise UnfitError(f"halving and doubling needs a power of two, and {members:,} ranks of a group are left")
    place = np.arange(members)
    steps = members.bit_length() - 1
    halving = [(members >> (step + 1), -(-size // 2 ** (step + 1))) for step in range(steps)]
    if kind == "all_to_all":
        order = [(far, -(-size // 2)) for far, _ in halving]
    elif kind == "all_reduce":
        order = halving + halving[::-1]
    else:
        order = halving if kind == "reduce_scatter" else halving[::-1]
    for far, part in order:
        yield Round(groups.reshape(-1), groups[:, place ^ far].reshape(-1), part)


def messages(operation: Operation, domain: Ints) -> int:
    """How many messages all rounds of an operation have, `times` included, without making them.

    Raises UnfitError.
    """
    groups, kind = operation.groups, operation.kind
    count, members = groups.shape
    if kind == "compute" or not count:
        return 0
    if kind == "send":
        return int(count * operation.times)
    if operation.algorithm == "hierarchical":
        table = hierarchy(groups, domain)
        count, members = count * table.shape[2], table.shape[1]
    both = 2 if kind == "all_reduce" else 1
    if operation.algorithm == "halving_doubling":
        return int(count * members * both * (members.bit_length() - 1) * operation.times)
    return int(count * members * both * (members - 1) * operation.times)
