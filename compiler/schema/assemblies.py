"""What each kind of assembly may say of itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .parts import Attributes
from .values import AnyWord, Attenuation, Flow, Length, Loss, Mass, Model, Power, Ratio, Rows, Temperature, Word

ZONES = ("power", "network", "cooling", "compute", "free")
"""Purposes that units of a rack are kept for."""


class KeepOut(Model):
    """A place of the floor that stays free, from the hall's corner."""

    x: Length = Field(description="Its near edge along the rows.")
    y: Length = Field(description="Its near edge across the rows.")
    length: Length = Field(description="Its extent along the rows.")
    width: Length = Field(description="Its extent across the rows.")


class Floor(Model):
    """The geometry of a floor plan; cable lengths follow from it and from nothing else."""

    row_pitch: Length = Field(description="Distance from one row's front to the next row's.")
    bay_pitch: Length = Field(description="Distance from one rack's middle to the next one's in a row.")
    tray: Length = Field(description="Height of the cable trays above the floor.")
    cross_aisle: Length = Field(description="Distance from the middle of bay 0 to the tray that crosses the rows.")
    slack: Length = Field(description="Cable added to every length, for both ends together.")
    hot_pitch: Length | None = Field(
        default=None,
        description="Distance from row 0 to row 1, from row 2 to row 3 and so on, which stand back to back over a hot "
        "aisle; `row_pitch` is then that over the cold aisles. Absent: all rows face the same way.",
    )
    length: Length | None = Field(default=None, description="Inside length of the hall, along the rows.")
    width: Length | None = Field(default=None, description="Inside width of the hall, across the rows.")
    x: Length | None = Field(default=None, description="From the wall to the middle of bay 0, along the rows.")
    y: Length | None = Field(default=None, description="From the wall to the middle of row 0, across the rows.")
    keep_out: Annotated[list[KeepOut], Rows()] = Field(
        default_factory=list,
        description="Columns, doors and other places where nothing stands: `[[x, y, length, width], …]` from the "
        "hall's corner.",
    )
    tile: Length | None = Field(default=None, description="Edge of a floor tile.")
    tile_rating: Mass | None = Field(default=None, description="Weight that a tile carries, evenly spread.")


class Cabling(Model):
    """Rules by which a hall is cabled."""

    smf_loss: Attenuation | None = Field(default=None, description="Loss of single-mode fibre.")
    mmf_loss: Attenuation | None = Field(default=None, description="Loss of multi-mode fibre.")
    mated_loss: Loss | None = Field(default=None, description="Loss of one mated pair of connectors.")
    bend_radius: Length | None = Field(default=None, description="Tightest bend on the way: of trays and managers.")
    tray_width: Length | None = Field(default=None, description="Inside width of a tray.")
    tray_depth: Length | None = Field(default=None, description="Usable depth of a tray.")
    tray_fill: Ratio | None = Field(default=None, description="Share of a tray's section that cables may take.")
    spares: Ratio | None = Field(
        default=None, description="Spare optics and cables that are ordered with each line of the bill, rounded up."
    )


class AssemblyAttributes(Attributes):
    """What every assembly may say."""

    os: AnyWord | None = Field(default=None, description="Operating system of the switches inside that name none.")
    floor: Floor | None = Field(default=None, description="Geometry of the floor plan that places the racks inside.")
    cabling: Cabling | None = Field(default=None, description="Rules for the cables of the racks inside.")
    breaker_rule: Annotated[Literal["nec", "iec"], Word(("nec", "iec"))] | None = Field(
        default=None,
        description="How far breakers inside are loaded continuously: `nec` to 80 % of their rating (NEC 210.20, "
        "215.3), `iec` to all of it (IEC 60898-1).",
    )


class Zone(Model):
    """Units of a rack that are kept for one purpose."""

    kind: Annotated[Literal["power", "network", "cooling", "compute", "free"], Word(ZONES)] = Field(
        description="What may stand there: `power` (feeders), `network`, `cooling`, `compute`; nothing in a `free` one."
    )
    first: Length = Field(description="Its lowest unit, such as `1 OU`.")
    last: Length = Field(description="Its highest unit.")


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
    inner_width: Length | None = Field(default=None, description="Width of what it takes, between its posts.")
    inner_depth: Length | None = Field(default=None, description="Depth of what it takes, busbar and doors kept free.")
    zones: Annotated[list[Zone], Rows()] = Field(
        default_factory=list, description="Units kept for a purpose: `[[power, 1 OU, 9 OU], …]`."
    )
    weight: Mass | None = Field(default=None, description="Weight of the empty frame.")
    payload: Mass | None = Field(default=None, description="Most weight that the frame carries.")
    busbar_limit: Power | None = Field(default=None, description="Most power that the busbar carries.")


class HallAttributes(AssemblyAttributes):
    """A hall, building, row, site or group."""

    supply: Power | None = Field(default=None, description="Power that is available to everything inside.")
    supply_temperature: Temperature | None = Field(default=None, description="Temperature of the air on the cold side.")
    water_temperature: Temperature | None = Field(default=None, description="Temperature of the facility water.")
    air_cooling: Power | None = Field(
        default=None, description="Heat that the room's air can take away from everything inside."
    )
    airflow: Flow | None = Field(default=None, description="Air that reaches the cold side of everything inside.")
    altitude: Length | None = Field(default=None, description="Height above the sea; air is thinner there.")
