"""A slurmctld of one's own: on loopback, with state, ports and names that nobody else sees."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("slurmctld", "scontrol", "unshare")


def missing() -> list[str]:
    """Programs that are not there."""
    found = [program for program in PROGRAMS if shutil.which(program) is None]
    return found if found or os.geteuid() == 0 else ["root"]


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Controller:
    """One that runs. `log` is what it has said."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text()

    def ask(self, *words: str) -> str:
        """What scontrol answers, a line an object."""
        return _scontrol(self._folder, *words).stdout


def _scontrol(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"SLURM_CONF": str(folder / "slurm.conf")}
    return subprocess.run(["scontrol", "-o", *words], env=env, capture_output=True, text=True, timeout=60)


def hostnames(folder: Path, expression: str) -> list[str]:
    """What Slurm's own parser makes of a list of hosts; only a configuration is needed, nobody who runs."""
    done = _scontrol(folder, "show", "hostnames", expression)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def prepare(folder: Path, files: Mapping[str, str], nodes: Sequence[str]) -> None:
    """The files as they were emitted, with what a site adds: here a machine, ports and no secrets."""
    for name, text in files.items():
        (folder / name).write_text(text)
    conf = folder / "slurm.conf"
    text = conf.read_text()
    assert "%server:slurmctld%" in text
    # `include` of a relative path is looked up beside the file.
    text = text.replace("%server:slurmctld%", "localhost(127.0.0.1)")
    own = {
        "SlurmctldPort": _free_port(),
        "SlurmdPort": _free_port(),
        "AuthType": "auth/none",
        "CredType": "cred/none",
        "SlurmUser": "root",
        "StateSaveLocation": folder / "state",
        "SlurmctldPidFile": folder / "pid",
        "ProctrackType": "proctrack/linuxproc",
        "MailProg": "/bin/true",
        "MpiDefault": "none",
    }
    conf.write_text(text + "".join(f"{key}={value}\n" for key, value in own.items()))
    (folder / "state").mkdir(exist_ok=True)
    # slurmctld looks every node up, as a site's DNS would tell.
    lines = [f"127.{1 + n // 65536}.{n // 256 % 256}.{n % 256} {name}" for n, name in enumerate(nodes)]
    (folder / "hosts").write_text("\n".join(["127.0.0.1 localhost", *lines, ""]))


@contextmanager
def controller(folder: Path, patience: float = 60) -> Iterator[Controller]:
    """slurmctld on files that `prepare` wrote, for as long as it is needed."""
    script = 'mount --bind "$1" /etc/hosts && exec slurmctld -D -i -f "$2"'
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", script, "sh", str(folder / "hosts"), str(folder / "slurm.conf")],
            stdout=log,
            stderr=log,
        )
    found = Controller(folder)
    try:
        deadline = time.monotonic() + patience
        while "UP" not in found.ask("ping"):
            assert process.poll() is None, found.log
            assert time.monotonic() < deadline, found.log
            time.sleep(0.2)
        yield found
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
