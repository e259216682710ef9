"""What parts that compute and switch may say of themselves, and what all may.

Field descriptions are the reference's text.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...dsl.units import Quantity
from ..indices import Index
from .roce import BALANCES, Balance
from .shapes import PciAddress
from .values import (
    AnyWord,
    Between,
    ByteRate,
    Cage,
    Connector,
    Coolant,
    Cost,
    Data,
    Difference,
    Flow,
    Indexed,
    Length,
    Mass,
    Model,
    Operations,
    PatternText,
    Power,
    Pressure,
    Rate,
    Ratio,
    Rows,
    Temperature,
    Time,
    Word,
)


class Attributes(Model):
    """What every kind may say."""

    source: str | None = Field(default=None, description="Where the published figures come from.")
    assumed: str | None = Field(default=None, description="What about this is our own guess, and why.")
    name: PatternText | None = Field(default=None, description="Host name pattern, such as `rsw{gpu:03}.p{pod:02}`.")


class PartAttributes(Attributes):
    """What every part may say."""

    model: str | None = Field(default=None, description="The maker's part number; the BOM is counted by it.")
    vendor: str | None = Field(default=None, description="The maker.")
    height: Length | None = Field(default=None, description="Height in a rack, in OU or RU.")
    width: Length | None = Field(default=None, description="Width.")
    depth: Length | None = Field(default=None, description="Depth.")
    weight: Mass | None = Field(default=None, description="Weight as installed, without cables.")
    peak_power: Power | None = Field(
        default=None, description="Highest continuous input, of the part and all inside it."
    )
    typical_power: Power | None = Field(
        default=None, description="Input in normal running, of the part and all inside it."
    )
    idle_power: Power | None = Field(default=None, description="Input while nothing runs, of the part and all inside.")
    liquid: Ratio | None = Field(
        default=None, description="Share of its heat that goes into coolant; the rest goes into the air."
    )
    coolant: Coolant | None = Field(default=None, description="Coolant that it is made for: `water` or `pg25`.")
    coolant_flow: Flow | None = Field(
        default=None, description="Coolant flow that its maker asks for at peak; absent: what its heat and `rise` need."
    )
    rise: Difference | None = Field(default=None, description="Rise of the coolant's temperature from inlet to outlet.")
    pressure_drop: Pressure | None = Field(
        default=None, description="Fall of pressure across it at its coolant flow, hoses and connectors included."
    )
    coolant_limit: Temperature | None = Field(default=None, description="Warmest coolant that it may be given.")
    airflow: Flow | None = Field(default=None, description="Air that its fans move at peak.")
    air_rise: Difference | None = Field(
        default=None, description="Rise of the air's temperature through it; stands for `airflow` if that is not given."
    )
    air_limit: Temperature | None = Field(default=None, description="Warmest air that it may be given.")
    price: Cost | None = Field(default=None, description="Price of one; only ever from the user.")


class PciAttributes(PartAttributes):
    """Any other part."""

    pci: list[PciAddress] = Field(
        default_factory=list,
        description="PCI address of each in its server, in the order of the array. Of a part that holds others it is "
        "that of the PCIe switch that they are behind.",
    )
    numa: list[Annotated[int, Between(0, 255)]] = Field(
        default_factory=list, description="NUMA node of each in its server, in the order of the array."
    )


class AcceleratorAttributes(PciAttributes):
    """A GPU, TPU or other accelerator."""

    tdp: Power | None = Field(
        default=None, description="Thermal design power; stands for peak_power if that is not given."
    )
    memory: Data | None = Field(default=None, description="Capacity of its own memory.")
    memory_bandwidth: ByteRate | None = Field(default=None, description="Bandwidth of its own memory.")
    scale_up: ByteRate | None = Field(
        default=None, description="Scale-up bandwidth, one direction, of one accelerator."
    )
    scale_up_links: int | None = Field(default=None, description="Scale-up links of one accelerator.")
    fp4: Operations | None = Field(default=None, description="Dense FP4 peak.")
    fp8: Operations | None = Field(default=None, description="Dense FP8 peak.")
    bf16: Operations | None = Field(default=None, description="Dense BF16 peak.")


class CpuAttributes(PartAttributes):
    """A host processor."""

    tdp: Power | None = Field(
        default=None, description="Thermal design power; stands for peak_power if that is not given."
    )
    cores: int | None = Field(default=None, description="Cores.")


class NicAttributes(PciAttributes):
    """A network adapter."""

    tdp: Power | None = Field(
        default=None, description="Thermal design power; stands for peak_power if that is not given."
    )
    latency: Time | None = Field(default=None, description="One-way latency of the adapter.")


class ServerAttributes(PartAttributes):
    """A server, tray or other box that holds accelerators, processors and adapters."""

    scale_up: Annotated[Literal["switch", "mesh", "ring"], Word(("switch", "mesh", "ring"))] | None = Field(
        default=None, description="How the accelerators inside are joined: through switches, all to all, or in a ring."
    )
    scale_up_latency: Time | None = Field(default=None, description="One-way latency between two accelerators inside.")


class HeadroomRow(Model):
    """Headroom of one lossless class on one port, for a speed and a length of cable."""

    speed: Rate = Field(description="Speed of the port.")
    length: Length = Field(description="Longest cable that the row is for.")
    xoff: Data = Field(description="Room for what is still under way after a pause was asked for.")


class Headroom(Model):
    """What the lossless headroom of a port follows from: figures for a formula, or the maker's table.

    With `cell`, `pipeline` and `mac_phy` it is computed as SONiC does for such silicon; with `rows` it is looked up.
    """

    cell: Data | None = Field(default=None, description="Size of one buffer cell.")
    pipeline: Data | None = Field(default=None, description="What the pipeline holds; also where a pause ends (xon).")
    mac_phy: Data | None = Field(default=None, description="What MAC and PHY hold.")
    rows: Annotated[list[HeadroomRow], Rows()] = Field(
        default_factory=list, description="The maker's table: `[[speed, length, xoff], …]`."
    )
    size: Data | None = Field(default=None, description="With `rows`: the guaranteed part of a lossless group.")
    xon: Data | None = Field(default=None, description="With `rows`: fill at which a pause ends.")
    xon_offset: Data | None = Field(default=None, description="With `rows`: how far below its limit a pause ends.")


class Buffers(Model):
    """How the operating system's platform divides the packet buffer."""

    pool: Data = Field(description="Pool that all ports share.")
    headroom: Data | None = Field(
        default=None, description="Part of the pool that lossless groups share as headroom; absent: each has its own."
    )
    limit: Data | None = Field(default=None, description="Most that a group or queue without a dynamic limit may take.")
    reserve: Data | None = Field(default=None, description="What a lossy queue is guaranteed.")


class SwitchAttributes(PartAttributes):
    """A packet switch."""

    os: AnyWord | None = Field(default=None, description="Network operating system; it chooses the backend.")
    asic: str | None = Field(default=None, description="Switching silicon.")
    buffer: Data | None = Field(default=None, description="Packet buffer.")
    headroom: Headroom | None = Field(default=None, description="What lossless headroom follows from.")
    buffers: Buffers | None = Field(default=None, description="How its platform divides the buffer.")
    load_balance: list[Annotated[Balance, Word(BALANCES)]] = Field(
        default_factory=list, description="Ways to spread flows that the silicon has, besides `ecmp`."
    )
    capacity: Rate | None = Field(default=None, description="Switching capacity, one direction.")
    latency: Time | None = Field(default=None, description="Port to port latency.")
    max_ports: int | None = Field(default=None, description="Most logical ports that the silicon can drive.")
    cores: int | None = Field(
        default=None, description="Cores of all its silicon together: identifiers that it takes in a scheduled fabric."
    )
    platform: str | None = Field(default=None, description="Platform string of the network operating system.")
    hwsku: str | None = Field(default=None, description="Hardware SKU string of the network operating system.")
    routing_mode: Annotated[Literal["frr", "tables"], Word(("frr", "tables"))] = Field(
        default="frr",
        description="What an operating system that has both routes by: its routing daemon's file, or its own tables.",
    )
    asn: Annotated[Index, Indexed()] | None = Field(
        default=None, description="BGP autonomous system number; may use the indices of the enclosing arrays."
    )


class PortAttributes(Attributes):
    """A data port: a cage, or a fixed connector."""

    speed: Rate = Field(
        default=Quantity.of(0, "bps"),
        description="Speed of the whole cage, one direction. Every port has one but those of passive parts.",
    )
    cage: Cage | list[Cage] | None = Field(default=None, description="Form factor, or all form factors that fit.")
    lanes: int | None = Field(default=None, description="Electrical lanes of the cage.")
    serdes: list[int] = Field(
        default_factory=list,
        description="First physical lane of each cage as the platform's port map numbers them, in the order of the "
        "cages; the lanes of a cage are consecutive.",
    )
    max_split: int = Field(default=1, description="Most logical ports that the cage can be split into.")
    logical: dict[str, list[Annotated[int, Between(-1, 65535)]]] = Field(
        default_factory=dict,
        description="Numbers of logical ports in each port map of an operating system, by the name of the map: as many "
        "for each cage as can begin on it at equal distances, lane by lane, in the order of the cages; `-1` for none.",
    )
    connector: Connector | None = Field(
        default=None, description="Connector that it takes: of a passive part, or of a port with its optics built in."
    )
    fibers: int | None = Field(default=None, description="Fibres of its connector that are in use.")
    fabric: bool = Field(
        default=False, description="A port of a cell fabric: it carries cells, and joins such ports alone."
    )
    management: bool = Field(default=False, description="A management port: no part of the data fabric.")
    names: dict[str, PatternText] = Field(
        default_factory=dict,
        description="Interface name in each operating system, such as `Ethernet{8*eth}`; "
        "`front` is what the platform itself calls the port.",
    )
    lane_names: dict[str, PatternText] = Field(
        default_factory=dict,
        description="Interface name of one port of a split cage; `lane` is its index, `width` its lanes.",
    )
    modes: dict[str, str] = Field(
        default_factory=dict,
        description="What the operating system's platform calls a cage that is whole (`x1`) or split in so many (`x2`, "
        '`x4`, `x8`), such as `x2 = "2x400G"`.',
    )
