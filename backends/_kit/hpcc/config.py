"""The configuration file of the family: how switches and adapters behave.

The simulators refuse a link speed that the maps of marking thresholds do not have, and the stock files know few; so the
maps here have every speed of the fabric. Thresholds grow with the speed from those of the stock files at 400 Gbps:
marking begins at 800 KB of queue, and from 3,200 KB on a fifth of the packets is marked. The other values are the stock
files' of SimAI and of ASTRA-sim's ns-3, which agree but for what the caller gives.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ....compiler.plant import Ints

_KMIN, _KMAX, _PMAX = 800, 3200, "0.2"
"""Queue in KB and share, at 400 Gbps."""

_STOCK = {
    "ENABLE_QCN": "1",
    "USE_DYNAMIC_PFC_THRESHOLD": "1",
    "SIMULATOR_STOP_TIME": "40000000000000.00",
    "ALPHA_RESUME_INTERVAL": "1",
    "RATE_DECREASE_INTERVAL": "4",
    "CLAMP_TARGET_RATE": "0",
    "RP_TIMER": "900",
    "EWMA_GAIN": "0.00390625",
    "FAST_RECOVERY_TIMES": "1",
    "RATE_AI": "50Mb/s",
    "RATE_HAI": "100Mb/s",
    "MIN_RATE": "100Mb/s",
    "DCTCP_RATE_AI": "1000Mb/s",
    "ERROR_RATE_PER_LINK": "0.0000",
    "L2_CHUNK_SIZE": "4000",
    "L2_ACK_INTERVAL": "1",
    "L2_BACK_TO_ZERO": "0",
    "HAS_WIN": "1",
    "GLOBAL_T": "0",
    "VAR_WIN": "1",
    "FAST_REACT": "1",
    "U_TARGET": "0.95",
    "MI_THRESH": "0",
    "INT_MULTI": "1",
    "MULTI_RATE": "0",
    "SAMPLE_FEEDBACK": "0",
    "PINT_LOG_BASE": "1.05",
    "PINT_PROB": "1.0",
    "RATE_BOUND": "1",
    "ACK_HIGH_PRIO": "0",
    "LINK_DOWN": "0 0 0",
    "ENABLE_TRACE": "0",
    "BUFFER_SIZE": "32",
}


def config(rates: Ints, values: Mapping[str, str]) -> bytes:
    """The file for links of these bit/s, with what differs from one simulator to the next."""
    lines = [f"{key} {value}" for key, value in {**_STOCK, **values}.items()]
    return ("\n".join([*lines, *_maps(rates)]) + "\n").encode()


def _maps(rates: Ints) -> list[str]:
    speeds = np.unique(rates).tolist()

    def line(name: str, words: list[str]) -> str:
        pairs = (f"{speed} {word}" for speed, word in zip(speeds, words, strict=True))
        return " ".join([name, str(len(speeds)), *pairs])

    def grown(at_400: int) -> list[str]:
        return [str(max(1, at_400 * speed // (400 * 10**9))) for speed in speeds]

    return [
        line("KMAX_MAP", grown(_KMAX)),
        line("KMIN_MAP", grown(_KMIN)),
        line("PMAX_MAP", [_PMAX] * len(speeds)),
    ]
