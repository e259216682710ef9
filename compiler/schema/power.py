"""What the parts of the power chain may say of themselves, and where power leaves and enters a part."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..indices import Index
from .parts import Attributes, PartAttributes
from .values import Between, Current, Indexed, Length, Model, Power, Ratio, Rows, Share, Time, Voltage, Word

FEEDERS = (
    "utility",
    "generator",
    "switchboard",
    "transformer",
    "ups",
    "transfer",
    "busway",
    "tap",
    "panel",
    "pdu",
    "rectifier",
    "shelf",
    "battery",
)
"""Kinds that pass power on, from the outside in."""

STANDBY = ("generator", "battery")
"""Feeders that carry nothing as long as anything else does."""

Wiring = Annotated[
    Literal["dc", "single_phase", "three_phase"],
    Word(("dc", "single_phase", "three_phase")),
]
"""Direct current, one phase, or three phases; the voltage of three phases is that between two of them."""


class EfficiencyRow(Model):
    """A point of an efficiency curve."""

    load: Ratio = Field(description="Output as a share of `installed` (else of `supply`).")
    efficiency: Ratio = Field(description="Output over input there.")


class RuntimeRow(Model):
    """A point of a battery's discharge curve."""

    load: Power = Field(description="Power drawn from it.")
    time: Time = Field(description="How long it lasts.")


class SupplyAttributes(PartAttributes):
    """A part of the power chain: something that feeds others."""

    supply: Power | None = Field(
        default=None, description="Power that it can carry continuously with its redundancy intact."
    )
    installed: Power | None = Field(default=None, description="Power of all its modules together.")
    efficiency: Ratio | None = Field(default=None, description="Output over input at typical load.")
    curve: Annotated[list[EfficiencyRow], Rows()] = Field(
        default_factory=list,
        description="Efficiency by load, `[[10 %, 94 %], [50 %, 97.5 %], …]`: straight lines between the points.",
    )
    loss: Power | None = Field(default=None, description="Loss that does not depend on the load; added to the others.")
    modules: int | None = Field(default=None, description="Modules in it (power supplies, UPS modules, batteries).")
    spare_modules: int | None = Field(
        default=None, description="Modules that may fail while `supply` stays: 1 for N+1, the half of them for N+N."
    )
    ride_through: Time | None = Field(default=None, description="Time that its storage carries the full supply.")
    runtime: Annotated[list[RuntimeRow], Rows()] = Field(
        default_factory=list, description="How long its storage lasts by load: `[[20 kW, 240 s], [27.5 kW, 90 s]]`."
    )


class OutletAttributes(Attributes):
    """Where power leaves a part."""

    rating: Power | None = Field(default=None, description="Most power that may leave here.")
    voltage: Voltage | None = Field(default=None, description="Voltage; of three phases that between two of them.")
    current: Current | None = Field(default=None, description="Most current that may leave here, in each phase.")
    breaker: Current | None = Field(
        default=None, description="Rating of the breaker behind it; how far it may be loaded says `breaker_rule`."
    )
    wiring: Wiring | None = Field(default=None, description="`dc`, `single_phase` or `three_phase`.")
    phase: Annotated[Index, Indexed()] | None = Field(
        default=None,
        description="Phase of a single-phase outlet, 0, 1 or 2 (modulo 3), by the indices of the arrays around it.",
    )
    busbar: bool = Field(default=False, description="In parallel with every other outlet that feeds the same loads.")


class InletAttributes(Attributes):
    """Where power enters a part."""

    rating: Power | None = Field(default=None, description="Most power that may enter here.")
    voltage: Voltage | None = Field(default=None, description="Nominal voltage; of three phases between two of them.")
    lowest_voltage: Voltage | None = Field(default=None, description="Lowest voltage that it takes.")
    highest_voltage: Voltage | None = Field(default=None, description="Highest voltage that it takes.")
    wiring: Wiring | None = Field(default=None, description="`dc`, `single_phase` or `three_phase`.")
    power_factor: Annotated[Ratio, Share()] | None = Field(
        default=None, description="Real over apparent power of what it draws; counted as 1 where nobody says."
    )
    busbar: bool = Field(default=False, description="Clips onto a busbar, so several outlets may feed it together.")


class WhipAttributes(PartAttributes):
    """A power cable with its ends fixed on, from a tap or panel to an inlet; a feed names it after `using`."""

    current: Current = Field(description="Most current in each phase.")
    wiring: Wiring | None = Field(default=None, description="`dc`, `single_phase` or `three_phase`.")
    voltage: Voltage | None = Field(default=None, description="Highest voltage that it is made for.")
    length: Length | None = Field(default=None, description="Length that is ordered.")
    plug: str | None = Field(default=None, description="Plug at the source, such as `IEC 60309 32 A 3P+N+E`.")
    cores: Annotated[int, Between(2, 6)] | None = Field(default=None, description="Conductors.")
