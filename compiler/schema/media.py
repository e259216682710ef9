"""What optics and data cables may say of themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .parts import Attributes, PartAttributes
from .values import (
    AnyWord,
    Cage,
    Connector,
    DefinitionName,
    Length,
    LinearWeight,
    Loss,
    Power,
    Rate,
    Time,
    Word,
)


class OpticAttributes(PartAttributes):
    """A pluggable transceiver; a link that uses it has one at each end and fibre between."""

    form: Cage = Field(description="Form factor.")
    speed: Rate = Field(description="Speed of the whole module.")
    ports: int = Field(default=1, description="Independent ports of the module: 2 for a twin-port 2x400G.")
    media: AnyWord = Field(description="Signalling of one port, such as dr4_400g; both ends must agree.")
    connector: Connector = Field(description="Connector on its face.")
    fibers: int = Field(description="Fibres that one port uses.")
    fiber: Annotated[Literal["smf", "mmf"], Word(("smf", "mmf"))] = Field(description="Single-mode or multi-mode.")
    reach: Length = Field(description="Longest link.")
    power: Power | None = Field(default=None, description="Highest power of one module.")
    loss_budget: Loss | None = Field(
        default=None, description="Most loss that fibre, connectors and panels between the two ends may have."
    )
    latency: Time | None = Field(default=None, description="One-way latency of one module.")


class CableAttributes(PartAttributes):
    """A cable with its ends fixed on: DAC, AEC, AOC or a patch cord."""

    speed: Rate = Field(description="Speed of one link through it.")
    ends: list[Cage] = Field(description="Form factors of its two ends, in either order; one if both are alike.")
    medium: Annotated[Literal["dac", "aec", "aoc", "copper"], Word(("dac", "aec", "aoc", "copper"))] = Field(
        description="Passive copper, active copper, active optical, or twisted pair."
    )
    reach: Length = Field(description="Longest that is sold.")
    lengths: list[Length] = Field(default_factory=list, description="Lengths that are sold; empty means any.")
    power: Power | None = Field(default=None, description="Power that one end takes from its cage.")
    diameter: Length | None = Field(default=None, description="Outer diameter.")
    bend_radius: Length | None = Field(default=None, description="Smallest radius that it may be bent to, installed.")
    linear_weight: LinearWeight | None = Field(default=None, description="Weight of a metre, its ends aside.")
    built_in: bool = Field(
        default=False,
        description="It comes with the part or rack inside of which it runs, such as the traces of a board: "
        "nobody orders, pulls or labels it.",
    )


class ChoiceAttributes(Attributes):
    """Optics and cables of which each link takes the first that fits its ports and is long enough."""

    prefer: list[DefinitionName] = Field(description="Optics and cables, the one to be taken first in front.")
