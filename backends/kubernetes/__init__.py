"""Kubernetes: labels of nodes that say where they are, and queues of Kueue over them."""

from .backend import Kubernetes

__all__ = ["Kubernetes"]
