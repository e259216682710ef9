"""The cable list, the labels and the bill of materials of one small hall, counted by hand.

Two cabinets of two servers under a leaf whose cages are all split in two. In each cabinet a server's two adapters
share a cage of the leaf, so their two links are one breakout cable. Cages 2 and 3 of both leaves are joined
by twin-port optics, two fibres a pair of cages.

Heights: server in unit 1 (2 RU): 100 + 44.45 = 144.45 mm; in unit 3: 233.35 mm; leaf in unit 42:
100 + 41 * 44.45 + 22.225 = 1944.675 mm. So copper needs 2800.225 and 2711.325 mm with slack, and fibre
2 * (2800 - 1944.675) + 600 + 1000 = 3310.65 mm.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from rackwright.backends._kit.csv import harmless
from rackwright.backends.cabling import Cabling, cables
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.dsl.diagnostics import Diagnostic, has_errors

PARTS = '''
optic twin {
    """Two DR4 ports.

    The second paragraph is not for the bill of materials.
    """
    model     = "2x400G DR4"
    vendor    = "=HYPERLINK(maker)"
    form      = osfp
    speed     = 800 Gbps
    ports     = 2
    media     = dr4_400g
    connector = mpo12_apc_x2
    fibers    = 8
    fiber     = smf
    reach     = 500 m
    power     = 15 W
    price     = 999.5 USD assumed
}

cable dac {
    """Copper, with a comma."""
    speed   = 400 Gbps
    ends    = [osfp]
    medium  = dac
    reach   = 3 m
    lengths = [1 m, 3 m, 2.75 m]
}

nic card {
    tdp = 20 W
    p : port { speed = 400 Gbps, cage = osfp, lanes = 4 }
}

server box {
    """A server."""
    model      = "box 2U"
    height     = 2 RU
    peak_power = 1 kW
    nic[2] : card
}

switch leaf {
    os         = sonic
    height     = 1 RU
    peak_power = 1 kW
    eth[4] : port {
        speed = 800 Gbps, cage = osfp, lanes = 8, max_split = 2
        names      { sonic = "Ethernet{8*eth}" }
        lane_names { sonic = "Ethernet{8*eth + 4*lane}" }
    }
    split eth[*] into 2 x 400 Gbps
}

rack cabinet {
    unit    = RU
    height  = 42 RU
    base    = 100 mm
    node[2] : box  at 1 RU, 3 RU
    tor     : leaf at 42 RU
    link node[n].nic[r] -> tor.eth[n, r]   using dac
}
'''

HALL = '''
hall room {
    floor { row_pitch = 3 m, bay_pitch = 600 mm, tray = 2.8 m, cross_aisle = 1.2 m, slack = 1 m }
    cab[2 of 4] : cabinet
    link cab[0].tor.eth[2..3, *] -> cab[1].tor.eth[2..3, *]  using twin  where true
    place cab[c] at row 0, bay c
}
'''
