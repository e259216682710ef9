"""What each kind of assembly may say of itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .parts import Attributes
from .values import AnyWord, Length, Mass, Model, Power, Temperature, Word


class Floor(Model):
    """The geometry of a floor plan; cable lengths follow from it and from nothing else."""

    row_pitch: Length = Field(description="Distance from one row's front to the next row's.")
    bay_pitch: Length = Field(description="Distance from one rack's middle to the next one's in a row.")
    tray: Length = Field(description="Height of the cable trays above the floor.")
    cross_aisle: Length = Field(description="Distance from the middle of bay 0 to the tray that crosses the rows.")
    slack: Length = Field(description="Cable added to every length, for both ends together.")


class AssemblyAttributes(Attributes):
    """What every assembly may say."""

    os: AnyWord | None = Field(default=None, description="Operating system of the switches inside that name none.")
    floor: Floor | None = Field(default=None, description="Geometry of the floor plan that places the racks inside.")


class RackAttributes(AssemblyAttributes):
    """A rack and its frame."""

    model: str | None = Field(default=None, description="The maker's part number of the frame.")
    vendor: str | None = Field(default=None, description="The maker of the frame.")
    unit: Annotated[Literal["OU", "RU"], Word(("OU", "RU"))] | None = Field(
        default=None, description="Unit of its positions, counted from 1 at the bottom."
    )
    height: Length | None = Field(default=None, description="Usable height, in OU or RU.")
    base: Length | None = Field(default=None, description="Height of the bottom of unit 1 above the floor.")
    outer_height: Length | None = Field(default=None, description="Height of the frame.")
    width: Length | None = Field(default=None, description="Outer width.")
    depth: Length | None = Field(default=None, description="Outer depth.")
    weight: Mass | None = Field(default=None, description="Weight of the empty frame.")
    payload: Mass | None = Field(default=None, description="Most weight that the frame carries.")
    busbar_limit: Power | None = Field(default=None, description="Most power that the busbar carries.")


class HallAttributes(AssemblyAttributes):
    """A hall, building, row, site or group."""

    supply: Power | None = Field(default=None, description="Power that is available to everything inside.")
    supply_temperature: Temperature | None = Field(
        default=None, description="Temperature of the air or facility water."
    )
