"""A workload as a program: what each rank computes, sends and takes part in, in no simulator's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ..design import Workload
from ..plant import Ints

Kind = Literal["compute", "send", "all_reduce", "all_gather", "reduce_scatter", "all_to_all"]

COLLECTIVES: tuple[Kind, ...] = ("all_reduce", "all_gather", "reduce_scatter", "all_to_all")


@dataclass(frozen=True)
class Operation:
    """One thing that some ranks do.

    `groups` has shape (groups, members) and holds ranks. A collective is done by each group on its own; a `send` goes
    from the first to the second of each group; of a `compute` every rank that occurs does it alone.

    `size` are bytes: of the whole buffer of one rank (an all_gather's is what it has afterwards), or of the message.
    `time` is that of a compute in ns. `times` says how often it is done, one after the other. `phase` is what it
    is done for, such as `forward` or `gradients`.

    `after` are the operations that come before it, as numbers of the program. A rank begins it when all those of them
    that it took part in are done on it; the receiver of a send takes part in it. A send goes on beside what its two
    ranks do meanwhile, unless that waits for it; anything else is the only thing that a rank does.
    """

    name: str
    phase: str
    kind: Kind
    groups: Ints
    size: int = 0
    time: Fraction = Fraction(0)
    times: int = 1
    algorithm: Literal["ring", "direct", "halving_doubling", "hierarchical"] = "hierarchical"
    after: tuple[int, ...] = ()

    @property
    def members(self) -> int:
        """Ranks of one group."""
        return int(self.groups.shape[1])


@dataclass(frozen=True)
class Program:
    """All operations of a workload over ranks 0 … `ranks` - 1; each comes after all that it waits for."""

    workload: Workload
    ranks: int
    operations: tuple[Operation, ...]

    @property
    def collectives(self) -> Iterator[Operation]:
        return (operation for operation in self.operations if operation.kind in COLLECTIVES)
