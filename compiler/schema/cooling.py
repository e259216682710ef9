"""What the parts that take heat away may say of themselves, and where coolant leaves and enters a part."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .parts import Attributes, PartAttributes
from .values import Coolant, Difference, Flow, Power, Pressure, Temperature, Word

COOLERS = ("chiller", "tower", "cdu", "manifold", "door", "aalc", "crah", "fan")
"""Kinds that move heat, from the outside in."""


class CoolingAttributes(PartAttributes):
    """A part of a coolant loop or an air mover: something that takes heat from others."""

    heat: Power | None = Field(
        default=None, description="Heat that it can take away continuously with its redundancy intact."
    )
    flow: Flow | None = Field(default=None, description="Coolant flow that it can deliver.")
    coolant: Coolant | None = Field(
        default=None,
        description="What it delivers, `water` or `pg25`; of a `manifold`, `door` or `crah`: what it is made for.",
    )
    supply_temperature: Temperature | None = Field(
        default=None, description="Temperature of the coolant (of a `crah` or `fan`: of the air) that it delivers."
    )
    approach: Difference | None = Field(
        default=None, description="How much warmer its supply is than the coolant or air that takes its heat over."
    )
    head: Pressure | None = Field(
        default=None, description="Pressure that it has for the loop outside of itself, at its `flow`."
    )
    modules: int | None = Field(default=None, description="Pumps, compressors or fans in it.")
    spare_modules: int | None = Field(default=None, description="Modules that may fail while `heat` and `flow` stay.")
    takes: Annotated[Literal["liquid", "air"], Word(("liquid", "air"))] | None = Field(
        default=None,
        description="Where the heat comes from: `liquid`, but `air` of a `door`, `crah` or `fan`.",
    )
    gives: Annotated[Literal["liquid", "air", "outside"], Word(("liquid", "air", "outside"))] | None = Field(
        default=None,
        description="Where the heat goes: `liquid` of the loop that feeds it, the `air` of the room (an `aalc`, "
        "a `fan`), or `outside` (a `chiller`, a `tower`), unless it says otherwise.",
    )


class CouplingAttributes(Attributes):
    """Where coolant leaves or enters a part."""

    flow: Flow | None = Field(default=None, description="Most flow through it.")
    pressure: Pressure | None = Field(default=None, description="Highest pressure that it is made for.")
    connector: str | None = Field(default=None, description="Quick connector or flange, such as `UQD04`.")
