"""Which ranks work together: the grid of parallel groups.

Ranks count through tensor, context, expert, pipeline and replicas, tensor fastest. So what talks most stands closest:
[TP, CP, PP, DP] is the order of "The Llama 3 Herd of Models" (arXiv 2407.21783), section 3.3.2; experts stand below
the pipeline, as their tokens are exchanged in every layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..plant import Ints


@dataclass(frozen=True)
class Layout:
    """`grid` has the ranks with the axes replica, stage, expert, context, tensor."""

    grid: Ints

    @property
    def stages(self) -> int:
        return int(self.grid.shape[1])

    def stage(self, number: int) -> Ints:
        """All ranks of a stage as one-member groups, shape (ranks, 1)."""
        return self.grid[:, number].reshape(-1, 1)

    def tensor(self, stage: int) -> Ints:
        """Groups that share matrices."""
        return self.grid[:, stage].reshape(-1, self.grid.shape[4])

    def context(self, stage: int) -> Ints:
        """Groups that share a sequence."""
        return np.moveaxis(self.grid[:, stage], 2, -1).reshape(-1, self.grid.shape[3])

    def expert(self, stage: int) -> Ints:
        """Groups that a layer's experts are spread over."""
        return np.moveaxis(self.grid[:, stage], 1, -1).reshape(-1, self.grid.shape[2])

    def data(self, stage: int) -> Ints:
        """Groups that hold the same weights, experts aside: all replicas, and the ranks that share a sequence."""
        replicas, _, experts, contexts, tensors = self.grid.shape
        return self.grid[:, stage].reshape(replicas * experts * contexts, tensors).T

    def expert_data(self, stage: int) -> Ints:
        """Groups that hold the same experts."""
        replicas, _, experts, contexts, tensors = self.grid.shape
        apart = self.grid[:, stage].transpose(1, 3, 0, 2)
        return apart.reshape(experts * tensors, replicas * contexts)

    def across(self, stage: int, other: int) -> Ints:
        """Pairs of the same place in two stages."""
        return np.stack([self.grid[:, stage].reshape(-1), self.grid[:, other].reshape(-1)], axis=1)


def layout(ranks: Ints, tensor: int = 1, context: int = 1, expert: int = 1, pipeline: int = 1) -> Layout:
    """Lay ranks out; their number is a multiple of all degrees together."""
    return Layout(ranks.reshape(-1, pipeline, expert, context, tensor))
