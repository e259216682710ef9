"""How a switch is reached, in the words of MLNX-OS.

Source: NVIDIA MLNX-OS User Manual, pages "Management Interfaces" (static addresses and DHCP), "Management Interface
Commands" (`ip address`, `ip default-gateway`), "User Management and Security Commands" (`username`: a new user is an
administrator, and cannot log in before it has a password; `7` is a hash).
"""

from __future__ import annotations

from dataclasses import dataclass

from ...compiler.network.addresses import Prefix, dotted
from ...compiler.network.subnet import Subnet
from ...compiler.schema.routing import Management
from .._kit.placeholders import secret

PORT = "mgmt0"
"""The first out-of-band port."""


@dataclass(frozen=True, slots=True)
class ManagementLines:
    """`address`, `mask` and `gateway` are empty with DHCP. `users` are names and what stands for a password's hash."""

    port: str
    address: str
    mask: str
    gateway: str
    users: tuple[tuple[str, str], ...]


def management_lines(subnet: Subnet, row: int, given: Management) -> ManagementLines:
    """All of it, for the switch in one row of a subnet."""
    pool, address = subnet.pool, int(subnet.management[row])
    return ManagementLines(
        port=PORT,
        address=dotted(address) if pool is not None else "",
        mask=_mask(pool) if pool is not None else "",
        gateway=dotted(subnet.gateway) if pool is not None else "",
        users=tuple((user, secret(user)) for user in sorted(given.users)),
    )


def _mask(pool: Prefix) -> str:
    return dotted(2**32 - pool.size)
