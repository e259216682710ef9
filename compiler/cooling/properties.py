"""What coolants and air carry away: densities and heat capacities, with their sources.

- Water at 25 degC and 1 bar: 997.05 kg/m3 and 4181.3 J/(kg K) (IAPWS-95 as the NIST Chemistry WebBook tabulates it,
  SRD 69; Wagner and Pruss, J. Phys. Chem. Ref. Data 31, 387, 2002). Counted as 997 and 4181.
- PG25, water with 25 % of propylene glycol: planning values 1.02 kg/L and 3.95 kJ/(kg K), which give the 1.49 L/min a
  kW at 10 K that the industry plans with. A maker's table (Airedale, DeltaChill manual, glycol design data) has 1019.2
  and 3.94 at 30 degC, 1016.8 and 3.95 at 35 degC: 0.3 % more flow.
- Air: pressure by altitude from the International Standard Atmosphere (ISO 2533, ICAO Doc 7488: 101325 Pa, 288.15 K,
  6.5 K/km), density at 20 degC, the temperature of standard air for fans (1.204 kg/m3 at the sea; ANSI/AMCA 210 has
  1.2), cp 1005 J/(kg K). Meta's published limits agree: 0.146 CFM/W is 12.0 K at the sea, 0.18 CFM/W is 12.15 K at
  6,000 ft (FBOSS, network hardware specs, section 3).
"""

from __future__ import annotations

from fractions import Fraction

from ...dsl.units import Quantity

COOLANTS = ("water", "pg25")
"""Coolants by their number in columns, from 0."""

DENSITY = {"water": 997, "pg25": 1020}
"""kg/m3."""

HEAT_CAPACITY = {"water": 4181, "pg25": 3950}
"""J/(kg K)."""

AIR_HEAT_CAPACITY = 1005
"""J/(kg K) of dry air at constant pressure, near room temperature."""

HIGHEST = 11_000
"""Metres above the sea up to which the standard atmosphere's lowest layer reaches."""

_AIR = 293.15
"""Kelvin at which air is counted."""


def coolant_factor(coolant: str, rise: Fraction) -> Fraction:
    """mL/min of coolant for a mW of heat at a rise in K: `V = Q / (rho cp dT)`.

    A mW is 1/1000 W; a m3/s is 6e7 mL/min.
    """
    return Fraction(60_000) / (DENSITY[coolant] * HEAT_CAPACITY[coolant] * rise)


def air_density(altitude: Fraction) -> int:
    """Density of air at 20 degC in whole g/m3, rounded down, at an altitude in m from 0 to HIGHEST."""
    height = min(max(float(altitude), 0), HIGHEST)
    pressure = 101_325 * (1 - 0.0065 * height / 288.15) ** 5.25588
    return int(1000 * pressure / (287.0529 * _AIR))


def air_factor(density: int, rise: Fraction) -> Fraction:
    """Thousandths of a CFM for a mW of heat at a rise in K, of air with a density in g/m3."""
    cfm = Quantity.of(1, "CFM").value
    return Fraction(1000) / (density * AIR_HEAT_CAPACITY * rise * cfm)
