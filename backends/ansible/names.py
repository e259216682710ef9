"""Names that Ansible takes: of hosts as they are but for three, of groups from letters, digits and underscores.

Source: Ansible community documentation, "How to build your inventory" (`all`, `ungrouped`), "Implicit localhost" and
"Creating valid variable names" (which holds for groups: others are warned of, `TRANSFORM_INVALID_GROUP_CHARS`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NOT_IN_GROUP = re.compile(r"[^A-Za-z0-9_]")

KEPT = frozenset({"all", "ungrouped", "localhost"})
"""Two groups that are always there, and the machine that Ansible itself runs on."""


def host_names(names: list[str]) -> list[str]:
    """A name for each host: its own, or with an underscore in front, with which none of ours begins."""
    return [f"_{name}" if name.lower() in KEPT else name for name in names]


class Groups:
    """Names of groups, all different, and different from those of hosts."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._taken = set(hosts)

    def name(self, kind: str, text: str) -> str:
        """A name such as `rack_pod0_gpu3`, with a number behind it if something else is called so."""
        name = _NOT_IN_GROUP.sub("_", f"{kind}_{text}")
        found, number = name, 1
        while found in self._taken:
            number += 1
            found = f"{name}_{number}"
        self._taken.add(found)
        return found
