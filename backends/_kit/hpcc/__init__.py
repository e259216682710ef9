"""What simulators of the HPCC family share: ns-3 with lossless Ethernet, as SimAI and ASTRA-sim have it."""

from .config import config
from .servers import Servers, as_servers, link_lines, near, switchless, uneven

__all__ = ["Servers", "as_servers", "config", "link_lines", "near", "switchless", "uneven"]
