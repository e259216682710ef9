"""RoCE settings of NVIDIA's adapters in the words of their tools.

Sources as of 2026-11, of which the ECN page could be read in excerpts and the RoCE page not at all (public scripts
that set hosts up use its two files in the same way):
- `mlnx_qos` (options, and that bandwidths of classes with ETS add up to 100 while all others have 0): NVIDIA MLNX_EN
  24.10, "Quality of Service (QoS)", https://docs.nvidia.com/networking/display/mlnxenv24101140lts/quality+of+service+(qos)
  and "mlnx_qos", https://community.mellanox.com/docs/DOC-2792
- ECN of RoCE by priority in sysfs: NVIDIA MLNX_OFED 24.10, "Explicit Congestion Notification (ECN)",
  https://docs.nvidia.com/networking/display/mlnxofedv24103250lts/explicit+congestion+notification+(ecn)
- `cma_roce_tos` and `traffic_class`: NVIDIA MLNX_OFED, "RDMA over Converged Ethernet (RoCE)",
  https://docs.nvidia.com/networking/display/mlnxofedv24103250lts/rdma+over+converged+ethernet+(roce)
- A traffic class with ETS and no bandwidth is taken; a cable is shorter than 1000 m: Linux,
  drivers/net/ethernet/mellanox/mlx5/core/en_dcbnl.c (`mlx5e_dbcnl_validate_ets`, `MLX5E_MAX_CABLE_LENGTH`)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...compiler.network.classes import CONTROL_DSCP, PRIORITIES, QosClass, tos

LONGEST = 999
"""Longest cable in metres for which the driver computes its buffers."""

CNP = "cnp"
"""A class of this name carries the notifications of congestion; else the class of CS6 does, their usual DSCP."""


@dataclass(frozen=True, slots=True)
class RoceLines:
    """What a template prints. Lists are joined by commas, with an entry a priority or a traffic class, from 0.

    `pairs` are each DSCP with its priority, joined by a comma and parted by blanks. `tos` is the traffic class byte of
    the lossless class of the lowest priority; `only` says that there is no other. `marked` are the priorities with
    marking, `unmarked` all others, parted by blanks.
    """

    pairs: str
    prio_tc: str
    tsa: str
    tcbw: str
    pfc: str
    tos: int
    only: bool
    marked: str
    unmarked: str
    cnp_dscp: int
    cnp_priority: int


def roce_lines(classes: tuple[QosClass, ...]) -> RoceLines:
    """The settings of every adapter port of a lossless network."""
    lossless = [c for c in classes if c.lossless]
    marked = [c.priority for c in classes if c.ecn_percent]
    cnp = next((c for c in classes if c.name == CNP), None)
    cnp_dscp = cnp.dscps[0] if cnp is not None and cnp.dscps else CONTROL_DSCP
    to_priority = {dscp: c.priority for c in classes for dscp in c.dscps}
    rest = next((c.priority for c in classes if c.name == "default"), 0)
    by_priority = {c.priority: c for c in classes}
    # What is paused or shared goes by the priority, so a traffic class has its number; the others carry nothing.
    idle = "ets" if any(not c.strict for c in classes) else "strict"
    return RoceLines(
        pairs=" ".join(f"{dscp},{priority}" for dscp, priority in sorted(to_priority.items())),
        prio_tc=_list(p if p in by_priority else rest for p in PRIORITIES),
        tsa=_list(_algorithm(by_priority.get(p), idle) for p in PRIORITIES),
        tcbw=_list(by_priority[p].share if p in by_priority else 0 for p in PRIORITIES),
        pfc=_list(int(p in {c.priority for c in lossless}) for p in PRIORITIES),
        tos=tos(lossless[0]),
        only=len(lossless) == 1,
        marked=" ".join(map(str, marked)),
        unmarked=" ".join(str(p) for p in PRIORITIES if p not in marked),
        cnp_dscp=cnp_dscp,
        cnp_priority=to_priority[cnp_dscp],
    )


def _algorithm(c: QosClass | None, idle: str) -> str:
    if c is None:
        return idle
    return "strict" if c.strict else "ets"


def _list(values: Iterable[object]) -> str:
    return ",".join(map(str, values))
