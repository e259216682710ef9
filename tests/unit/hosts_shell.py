"""Runs the scripts of a server with programs that only write down what they are told."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("mlnx_qos", "cma_roce_tos", "ethtool", "ip")

RECORDER = """#!/bin/sh
echo "${0##*/} $*" >>"$LOG"
case "${0##*/} $*" in
    "ethtool -a "*) cat "$STATE/pause" 2>/dev/null ;;
    "ethtool -A "*) printf 'Autonegotiate:\\toff\\nRX:\\t\\toff\\nTX:\\t\\toff\\n' >"$STATE/pause" ;;
    "ip "*" rule list "*) grep -x -- "$(echo "$*" | sed 's/ list / add /')" "$STATE/rules" 2>/dev/null ;;
    "ip "*" rule add "*) echo "$*" | sed 's/ priority .*//' >>"$STATE/rules" ;;
esac
exit 0
"""
"""Stands for all of them. `ethtool` knows whether there is pause, `ip` which rules there are."""


@dataclass
class Machine:
    """A server with nothing but adapters: its folders, and what its programs were told."""

    place: Path
    variables: dict[str, str]

    def __post_init__(self) -> None:
        (self.place / "bin").mkdir()
        (self.place / "state").mkdir()
        for name in PROGRAMS:
            program = self.place / "bin" / name
            program.write_text(RECORDER)
            program.chmod(0o755)
        (self.place / "state" / "pause").write_text("Autonegotiate:\toff\nRX:\t\ton\nTX:\t\toff\n")

    def add(self, interface: str, rdma: str) -> None:
        """An adapter's port as sysfs shows it, all switched off."""
        net = self.place / "sys" / "class" / "net" / interface
        for side in ("roce_np", "roce_rp"):
            (net / "ecn" / side / "enable").mkdir(parents=True)
            for priority in range(8):
                (net / "ecn" / side / "enable" / str(priority)).write_text("0\n")
        for name in ("cnp_dscp", "cnp_802p_prio"):
            (net / "ecn" / "roce_np" / name).write_text("0\n")
        (net / "device" / "infiniband" / rdma).mkdir(parents=True)
        (self.place / "sys" / "class" / "infiniband" / rdma / "tc" / "1").mkdir(parents=True)

    def run(self, script: str) -> tuple[int, str, list[str]]:
        """Exit status, what it said of errors, and what it told its programs."""
        log = self.place / "log"
        log.write_text("")
        file = self.place / "script.sh"
        file.write_text(script)
        environment = {
            "PATH": f"{self.place / 'bin'}:{os.environ['PATH']}",
            "LOG": str(log),
            "STATE": str(self.place / "state"),
            "SYSFS": str(self.place / "sys"),
            "INTERFACES": str(self.place / "interfaces"),
        } | self.variables
        done = subprocess.run(["sh", str(file)], env=environment, capture_output=True, text=True)
        return done.returncode, done.stderr, log.read_text().splitlines()

    def value(self, path: str) -> str:
        """A file of sysfs."""
        return (self.place / "sys" / "class" / path).read_text().strip()
