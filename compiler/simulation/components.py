"""What hangs together in a graph, as columns."""

from __future__ import annotations

import numpy as np

from ..plant import Ints


def components(size: int, a: Ints, z: Ints) -> Ints:
    """Connected components of a graph: for each node the smallest node that it is joined to.

    Every pass hooks each tree under the smallest neighbouring root and then flattens all trees, so the number
    of passes grows with the logarithm of the size.
    """
    label = np.arange(size, dtype=np.int64)
    while True:
        before = label.copy()
        low = np.minimum(label[a], label[z])
        np.minimum.at(label, before[a], low)
        np.minimum.at(label, before[z], low)
        while True:
            flat = label[label]
            if np.array_equal(flat, label):
                break
            label = flat
        if np.array_equal(label, before):
            return label


def numbered(label: Ints) -> Ints:
    """The same labels as numbers 0, 1, 2, … in the order in which they occur."""
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[inverse.reshape(-1)], dtype=np.int64)
