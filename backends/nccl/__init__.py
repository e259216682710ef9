"""NCCL and what starts jobs with it: settings of the fabric, PCI topologies, hosts and ranks of workloads."""

from .backend import Nccl

__all__ = ["Nccl"]
