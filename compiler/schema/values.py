"""The types that an attribute can have.

Each is an `Annotated` pydantic type whose metadata says how the evaluator reads the value from a
spec: with which dimension, from which words, as a name pattern, and so on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

from ...dsl import units
from ...dsl.units import Dimension, Quantity


class Model(BaseModel):
    """Base of everything in the design: frozen, closed, read back from its own JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


@dataclass(frozen=True, slots=True)
class Of:
    """A quantity of one dimension."""

    dim: Dimension


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word; `choices` empty means any word."""

    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A string whose `{…}` hold index expressions, kept as written."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """An expression over the indices of the enclosing arrays, kept as an index expression."""


@dataclass(frozen=True, slots=True)
class Elements:
    """A path to elements of the design, such as the ranks of a workload."""


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a definition, found from where the attribute is written; kept as the definition's full name."""


@dataclass(frozen=True, slots=True)
class Span2:
    """A range of two quantities of one dimension, low first."""

    dim: Dimension


@dataclass(frozen=True, slots=True)
class Between:
    """A whole number, or a quantity in whole `unit`s, from `low` to `high`."""

    low: int
    high: int
    unit: str = ""

    def __str__(self) -> str:
        tail = f" {self.unit}" if self.unit else ""
        return f"{self.low}{tail} to {self.high}{tail}"


@dataclass(frozen=True, slots=True)
class Share:
    """More than nothing of a whole, and at most all of it."""


@dataclass(frozen=True, slots=True)
class Positive:
    """More than nothing."""


@dataclass(frozen=True, slots=True)
class Shaped:
    """A string of one shape, such as an address; it can be printed into a configuration as it stands."""

    what: str
    example: str
    accepts: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of models written as a table: `[[400 Gbps, 5 m, 40 kB], …]`, the attributes in their order."""


def _read(value: Any) -> Any:
    return units.parse_quantity(value) if isinstance(value, str) else value


_QUANTITY = (
    BeforeValidator(_read),
    PlainSerializer(units.write_quantity, return_type=str),
    WithJsonSchema({"type": "string", "description": "an exact number and its unit", "examples": ["700 W", "1/3 m"]}),
)

AnyQuantity = Annotated[Quantity, *_QUANTITY]
Power = Annotated[Quantity, Of(units.POWER), *_QUANTITY]
Length = Annotated[Quantity, Of(units.LENGTH), *_QUANTITY]
Mass = Annotated[Quantity, Of(units.MASS), *_QUANTITY]
Time = Annotated[Quantity, Of(units.TIME), *_QUANTITY]
Current = Annotated[Quantity, Of(units.CURRENT), *_QUANTITY]
Voltage = Annotated[Quantity, Of(units.VOLTAGE), *_QUANTITY]
Rate = Annotated[Quantity, Of(units.RATE), *_QUANTITY]
ByteRate = Annotated[Quantity, Of(units.BYTE_RATE), *_QUANTITY]
Data = Annotated[Quantity, Of(units.DATA), *_QUANTITY]
Temperature = Annotated[Quantity, Of(units.TEMPERATURE), *_QUANTITY]
Difference = Annotated[Quantity, Of(units.TEMPERATURE_DIFFERENCE), *_QUANTITY]
Pressure = Annotated[Quantity, Of(units.PRESSURE), *_QUANTITY]
Loss = Annotated[Quantity, Of(units.LOSS), *_QUANTITY]
Attenuation = Annotated[Quantity, Of(units.ATTENUATION), *_QUANTITY]
LinearWeight = Annotated[Quantity, Of(units.LINEAR_WEIGHT), *_QUANTITY]
Flow = Annotated[Quantity, Of(units.FLOW), *_QUANTITY]
Operations = Annotated[Quantity, Of(units.OPERATION_RATE), *_QUANTITY]
Cost = Annotated[Quantity, Of(units.COST), *_QUANTITY]
Ratio = Annotated[Quantity, Of(units.NUMBER), *_QUANTITY]
PatternText = Annotated[str, Pattern()]
AnyWord = Annotated[str, Word()]
DefinitionName = Annotated[str, Named()]

Cage = Annotated[
    Literal["sfp28", "sfp56", "qsfp28", "qsfp56", "qsfp112", "qsfp_dd", "osfp", "osfp_rhs", "rj45", "backplane"],
    Word(("sfp28", "sfp56", "qsfp28", "qsfp56", "qsfp112", "qsfp_dd", "osfp", "osfp_rhs", "rj45", "backplane")),
]
"""Pluggable form factors. An optic or cable end fits a cage that names its form. A `backplane` connector is none: it
mates blindly with what is fixed in the rack, such as a cartridge of copper cables."""

Connector = Annotated[
    Literal[
        "mpo12_apc",
        "mpo12_upc",
        "mpo16_apc",
        "mpo16_upc",
        "mpo12_apc_x2",
        "lc_simplex",
        "lc_duplex",
        "lc_duplex_apc",
        "lc_duplex_x2",
        "rj45",
    ],
    Word(
        (
            "mpo12_apc",
            "mpo12_upc",
            "mpo16_apc",
            "mpo16_upc",
            "mpo12_apc_x2",
            "lc_simplex",
            "lc_duplex",
            "lc_duplex_apc",
            "lc_duplex_x2",
            "rj45",
        )
    ),
]
"""Optical (and RJ45) connectors on the face of a transceiver or panel. An LC without a word has the flat polish
(UPC) that transceivers take; one connector never mates with another kind or polish."""

Coolant = Annotated[Literal["water", "pg25"], Word(("water", "pg25"))]
"""Water, or water with a quarter of propylene glycol."""
