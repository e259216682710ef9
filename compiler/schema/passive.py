"""What parts may say that light only passes through: panels, cassettes, shuffles, trunk cables, circuit switches."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .parts import PartAttributes
from .values import Length, LinearWeight, Loss, Time, Word

FiberKind = Annotated[Literal["smf", "mmf"], Word(("smf", "mmf"))]


class PatchAttributes(PartAttributes):
    """A panel, cassette or shuffle: ports, and links inside that say which of them leads to which."""

    fiber: FiberKind | None = Field(default=None, description="Single-mode or multi-mode, if it has fibre inside.")
    loss: Loss | None = Field(
        default=None, description="Highest loss of one pass, the mated pairs of connectors at its ports aside."
    )
    mated: int = Field(
        default=2,
        description="Mated pairs of connectors on one pass: 2 in a cassette with fibre inside, 1 in an adapter, where "
        "the connectors of its two sides meet.",
    )


class OcsAttributes(PatchAttributes):
    """An optical circuit switch: mirrors lead light from port to port, as the links inside say. It draws power."""

    switching: Time | None = Field(default=None, description="Time in which it changes its circuits.")


class TrunkAttributes(PartAttributes):
    """A cable of many fibres with a connector on each of its legs: one pull, many links."""

    fiber: FiberKind | None = Field(default=None, description="Single-mode or multi-mode.")
    fibers: int | None = Field(default=None, description="Fibres of all its legs together.")
    loss: Loss | None = Field(default=None, description="Loss besides that of its fibre, such as of splices.")
    lengths: list[Length] = Field(
        default_factory=list, description="Lengths that are sold; empty means whole metres, made to order."
    )
    diameter: Length | None = Field(default=None, description="Outer diameter.")
    bend_radius: Length | None = Field(default=None, description="Smallest radius that it may be bent to, installed.")
    linear_weight: LinearWeight | None = Field(default=None, description="Weight of a metre, its ends aside.")
