"""SimAI.conf: how switches and adapters behave.

SimAI refuses a link speed that its maps of marking thresholds do not have, and the stock file ends at 400 Gbps but for
one; so the maps here have every speed of the fabric. Thresholds grow with the speed from those of the stock file at 400
Gbps: marking begins at 800 KB of queue, every packet is a candidate from 3,200 KB on, a fifth of them marked. The other
values are the stock file's.
"""

from __future__ import annotations

import numpy as np

from ...compiler.plant import Ints

_KMIN, _KMAX, _PMAX = 800, 3200, "0.2"
"""Queue in KB and share, at 400 Gbps."""

OUTPUT = "simai_output"
"""Folder that the simulator writes to, below where it runs. It does not make it."""

_STOCK = """\
ENABLE_QCN 1
USE_DYNAMIC_PFC_THRESHOLD 1
PACKET_PAYLOAD_SIZE 9000
FLOW_FILE {out}/flow.txt
TRACE_FILE {out}/trace.txt
TRACE_OUTPUT_FILE {out}/mix.tr
FCT_OUTPUT_FILE {out}/fct.txt
PFC_OUTPUT_FILE {out}/pfc.txt
SIMULATOR_STOP_TIME 40000000000000.00
CC_MODE 1
ALPHA_RESUME_INTERVAL 1
RATE_DECREASE_INTERVAL 4
CLAMP_TARGET_RATE 0
RP_TIMER 900
EWMA_GAIN 0.00390625
FAST_RECOVERY_TIMES 1
RATE_AI 50Mb/s
RATE_HAI 100Mb/s
MIN_RATE 100Mb/s
DCTCP_RATE_AI 1000Mb/s
ERROR_RATE_PER_LINK 0.0000
L2_CHUNK_SIZE 4000
L2_ACK_INTERVAL 1
L2_BACK_TO_ZERO 0
HAS_WIN 1
GLOBAL_T 0
VAR_WIN 1
FAST_REACT 1
U_TARGET 0.95
MI_THRESH 0
INT_MULTI 1
MULTI_RATE 0
SAMPLE_FEEDBACK 0
PINT_LOG_BASE 1.05
PINT_PROB 1.0
RATE_BOUND 1
ACK_HIGH_PRIO 0
LINK_DOWN 0 0 0
ENABLE_TRACE 0
{maps}
BUFFER_SIZE 32
QLEN_MON_FILE {out}/qlen.txt
BW_MON_FILE {out}/bw.txt
RATE_MON_FILE {out}/rate.txt
CNP_MON_FILE {out}/cnp.txt
MON_START 0
MON_END 20000
QP_MON_INTERVAL 100
QLEN_MON_INTERVAL 10000
BW_MON_INTERVAL 10000
"""


def conf(rates: Ints) -> bytes:
    """The file for links of these bit/s."""
    return _STOCK.format(out=OUTPUT, maps=maps(rates)).encode()


def maps(rates: Ints) -> str:
    """KMAX_MAP, KMIN_MAP and PMAX_MAP with every speed that occurs."""
    speeds = np.unique(rates).tolist()

    def line(name: str, words: list[str]) -> str:
        return " ".join(
            [name, str(len(speeds)), *(f"{speed} {word}" for speed, word in zip(speeds, words, strict=True))]
        )

    def grown(at_400: int) -> list[str]:
        return [str(max(1, at_400 * speed // (400 * 10**9))) for speed in speeds]

    return "\n".join(
        [line("KMAX_MAP", grown(_KMAX)), line("KMIN_MAP", grown(_KMIN)), line("PMAX_MAP", [_PMAX] * len(speeds))]
    )
