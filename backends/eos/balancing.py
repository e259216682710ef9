"""How flows are spread over equal paths, in the words of EOS, as far as its commands are public.

- E-ECMP on Jericho: the hash takes bytes of the UDP payload. A RoCEv2 packet is a UDP datagram to port 4791 (IANA)
  whose payload begins with the base transport header; its bytes 5 to 7 are the destination queue pair (InfiniBand
  Architecture Specification 1, section 9.2). `load-balance sand profile … fields udp dst-port … payload bytes …`, EOS
  4.33.1F and later (arista.avd 6.4, schema of `load_balance`); the profile `default` holds where none is named.
- Dynamic load balancing on Tomahawk: `ip hardware fib load-balance distribution dynamic` (Arista, "Dynamic Load
  Balancing (DLB) on ECMP groups", EOS 4.30.0F; arista.avd 6.4, schema of `ip_hardware`).
"""

from __future__ import annotations

from dataclasses import dataclass

from .._kit.device_model import SwitchModel
from .qos import one_kind_of_queue

ROCE_PORT = 4791
QUEUE_PAIR_BYTES = "5-7"


@dataclass(frozen=True, slots=True)
class BalancingLines:
    """`hash_bytes`: which bytes of the payload of UDP datagrams to `port` are hashed besides; empty: none."""

    port: int
    hash_bytes: str
    dynamic: bool


def known(way: str, asic: str) -> bool:
    """Whether EOS's command for a way to spread flows is known on this silicon."""
    if way == "qp":
        return one_kind_of_queue(asic)
    return way == "ecmp" or (way == "dynamic" and asic.startswith("Tomahawk"))


def balancing_lines(switch: SwitchModel) -> BalancingLines:
    """What a network asks for; `ecmp` is what EOS does by itself."""
    qos = switch.network.qos
    way = qos.load_balance if qos is not None else "ecmp"
    return BalancingLines(ROCE_PORT, QUEUE_PAIR_BYTES if way == "qp" else "", way == "dynamic")
