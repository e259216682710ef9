"""topology.txt and SimAI.conf."""

from __future__ import annotations

import numpy as np

from .._kit.hpcc import Servers, config, link_lines

OUTPUT = "simai_output"
"""Folder that the simulator writes to, below where it runs. It does not make it."""

_FILES = {
    "FLOW_FILE": "flow.txt",
    "TRACE_FILE": "trace.txt",
    "TRACE_OUTPUT_FILE": "mix.tr",
    "FCT_OUTPUT_FILE": "fct.txt",
    "PFC_OUTPUT_FILE": "pfc.txt",
    "QLEN_MON_FILE": "qlen.txt",
    "BW_MON_FILE": "bw.txt",
    "RATE_MON_FILE": "rate.txt",
    "CNP_MON_FILE": "cnp.txt",
}


def topology(found: Servers, gpu_type: str) -> bytes:
    """topology.txt: counts, then NVSwitches and switches, then the links."""
    switches = np.arange(found.gpus, found.gpus + found.servers + found.switches)
    total = found.gpus + len(switches)
    head = f"{total} {found.each} {found.servers} {found.switches} {len(found.a)} {gpu_type}"
    words = " ".join(map(str, switches.tolist()))
    return f"{head}\n{words}\n".encode() + link_lines(found.a, found.z, found.rate, found.delay)


def conf(found: Servers) -> bytes:
    """SimAI.conf. Packets are large ones, and adapters slow down as DCQCN has it, as in the stock file."""
    values = {key: f"{OUTPUT}/{name}" for key, name in _FILES.items()}
    values |= {"PACKET_PAYLOAD_SIZE": "9000", "CC_MODE": "1", "MON_START": "0", "MON_END": "20000"}
    values |= {"QP_MON_INTERVAL": "100", "QLEN_MON_INTERVAL": "10000", "BW_MON_INTERVAL": "10000"}
    return config(found.rate[found.inner :], values)
