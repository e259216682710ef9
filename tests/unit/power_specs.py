"""Small parts with round figures, for tests of power and of the checks.

In these specs `;` stands for the end of a line.
"""

from __future__ import annotations

from collections.abc import Callable

from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Plant

Spec = Callable[[str], Compilation]

PARTS = """
use generic.lab as lab
use optics.ethernet as optic

shelf psu { supply = 10 kW, efficiency = 96 %, height = 1 OU; out : outlet { busbar = true }; inlet : inlet }
shelf pdu { supply = 10 kW, efficiency = 1/3; out[8] : outlet { rating = 4 kW }; inlet : inlet }
battery bbu { supply = 10 kW; out : outlet { busbar = true } }
busway bar { supply = 100 kW; tap[16] : outlet }
server box { peak_power = 4 kW, typical_power = 3 kW, height = 2 OU
    nic[2] : lab.lab_nic; inlet[2] : inlet { busbar = true } }
server open_box { accelerator[3] : lab.lab_accelerator; nic[2] : lab.lab_nic; inlet : inlet }
switch tor { peak_power = 500 W, typical_power = 300 W
    eth[16] : port { speed = 100 Gbps, cage = qsfp28, lanes = 4 }; inlet[2] : inlet { busbar = true } }
"""


def built(spec: Spec, body: str) -> Compilation:
    """The parts above and a body."""
    return spec((PARTS + body).replace(";", "\n"))


def plant_of(spec: Spec, body: str) -> Plant:
    """The plant of a body that stands up, whatever the checks say."""
    result = built(spec, body)
    assert result.plant is not None, result.diagnostics
    return result.plant


def element(plant: Plant, path: str) -> int:
    """The element at a dotted path."""
    return next(e.index for e in plant.design.elements if plant.design.path(e.index) == path)
