"""The kinds of the language and the attributes that each knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .assemblies import AssemblyAttributes, Floor, HallAttributes, RackAttributes
from .cooling import COOLERS, CoolingAttributes, CouplingAttributes
from .media import CableAttributes, ChoiceAttributes, OpticAttributes
from .parts import (
    AcceleratorAttributes,
    Attributes,
    CpuAttributes,
    NicAttributes,
    PartAttributes,
    PciAttributes,
    PortAttributes,
    ServerAttributes,
    SwitchAttributes,
)
from .passive import OcsAttributes, PatchAttributes, TrunkAttributes
from .policies import NetworkAttributes
from .power import FEEDERS, InletAttributes, OutletAttributes, SupplyAttributes, WhipAttributes
from .values import Model
from .workloads import Collective, Inference, PointToPoint, Reinforcement, Training, Transformer, WorkloadAttributes

Role = Literal["part", "assembly", "connector", "media", "policy"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A word of the language: its role decides where it may stand."""

    name: str
    role: Role
    schema: type[Model]


def _kinds() -> dict[str, Kind]:
    table: dict[str, Kind] = {}

    def add(role: Role, schema: type[Model], *names: str) -> None:
        for name in names:
            table[name] = Kind(name, role, schema)

    add("part", AcceleratorAttributes, "accelerator")
    add("part", CpuAttributes, "cpu")
    add("part", NicAttributes, "nic")
    add("part", ServerAttributes, "server")
    add("part", SwitchAttributes, "switch")
    add("part", SupplyAttributes, *FEEDERS)
    add("part", CoolingAttributes, *COOLERS)
    add("part", PatchAttributes, "patch")
    add("part", TrunkAttributes, "trunk")
    add("part", OcsAttributes, "ocs")
    add("part", PciAttributes, "part")
    add("connector", PortAttributes, "port")
    add("connector", OutletAttributes, "outlet")
    add("connector", InletAttributes, "inlet")
    add("connector", CouplingAttributes, "coolant_out", "coolant_in")
    add("media", OpticAttributes, "optic")
    add("media", CableAttributes, "cable")
    add("media", ChoiceAttributes, "choice")
    add("media", WhipAttributes, "whip")
    add("assembly", RackAttributes, "rack")
    add("assembly", HallAttributes, "row", "hall", "building", "site", "group")
    add("policy", NetworkAttributes, "network")
    add("policy", WorkloadAttributes, "workload")
    return table


KINDS = _kinds()
"""Every kind by its word."""

PASSIVE = ("patch", "trunk", "ocs")
"""Kinds of parts that light passes through; nothing ends there."""

RESERVED_KINDS = frozenset({"mode"})
"""Words that the language keeps for later; they are refused, not ignored."""

ROOT_ORDER = ("site", "building", "hall", "row", "group", "rack")
"""Of several assemblies that nothing else uses, the first of these kinds is the design."""

__all__ = [
    "COOLERS",
    "FEEDERS",
    "KINDS",
    "PASSIVE",
    "RESERVED_KINDS",
    "ROOT_ORDER",
    "AcceleratorAttributes",
    "AssemblyAttributes",
    "Attributes",
    "CableAttributes",
    "ChoiceAttributes",
    "Collective",
    "CoolingAttributes",
    "CouplingAttributes",
    "CpuAttributes",
    "Floor",
    "HallAttributes",
    "Inference",
    "InletAttributes",
    "Kind",
    "Model",
    "NetworkAttributes",
    "NicAttributes",
    "OcsAttributes",
    "OpticAttributes",
    "OutletAttributes",
    "PartAttributes",
    "PatchAttributes",
    "PciAttributes",
    "PointToPoint",
    "PortAttributes",
    "RackAttributes",
    "Reinforcement",
    "Role",
    "ServerAttributes",
    "SupplyAttributes",
    "SwitchAttributes",
    "Training",
    "Transformer",
    "TrunkAttributes",
    "WhipAttributes",
    "WorkloadAttributes",
]
