"""How a switch is reached, in the words of EOS: all of it in a VRF of its own, apart from the fabric.

Source: Arista, EOS User Manual, "Switch Management" and "Command-Line Interface"; the words are those that arista.avd
6.4 prints for the same settings.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._kit.device_model import SwitchModel
from .._kit.placeholders import secret
from .ports import management_port

VRF = "MGMT"

FEWEST_PACKETS = 16384
"""EOS wants the word `dangerous` before a sampling rate below one packet of so many (EOS User Manual, "sFlow")."""


@dataclass(frozen=True, slots=True)
class ManagementLines:
    """What is not in the model's own words. `address` has a length, or is `dhcp`.

    `users` are names and what stands for the hash of their password; `rate` is what `sflow sample` takes.
    """

    vrf: str
    port: str
    address: str
    users: tuple[tuple[str, str], ...]
    rate: str


def management_lines(switch: SwitchModel) -> ManagementLines:
    """All of it, for one switch."""
    services = switch.network.services
    rate = services.sflow.rate if services.sflow is not None else 0
    return ManagementLines(
        vrf=VRF,
        port=management_port(switch),
        address=switch.management or "dhcp",
        users=tuple((user, secret(user)) for user in sorted(services.users)),
        rate=f"{'dangerous ' if rate < FEWEST_PACKETS else ''}{rate}",
    )
