"""pre-commit itself, with this repository as the source of the hooks, on a scratch repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.real

GOOD = """use generic.lab as parts

rack r {
    leaf : parts.lab_switch
    host : parts.lab_host

    link host.nic[0] -> leaf.eth[0]
}
"""
BAD = GOOD.replace("host.nic[0]", "host.nik[0]")
UGLY = GOOD.replace("leaf : parts", "leaf:parts")


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"]
    who += ["-c", "safe.directory=*", "-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def hooks(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This tree as a repository with one commit, whatever is committed here."""
    folder = tmp_path_factory.mktemp("hooks")
    listed = (
        subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            check=True,
        )
        .stdout.decode()
        .split("\0")
    )
    for name in listed:
        if name and not name.startswith("tests/") and (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((root / name).read_bytes())
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "all")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def pre_commit(folder: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PRE_COMMIT_HOME": str(home),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    command = [sys.executable, "-P", "-m", "pre_commit", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)


@pytest.fixture
def scratch(tmp_path: Path, hooks: Path) -> Path:
    (tmp_path / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks}\n  rev: {git(hooks, 'rev-parse', 'HEAD')}\n"
        "  hooks:\n  - id: rackwright-fmt\n  - id: rackwright-check\n"
    )
    git(tmp_path, "init", "-q")
    return tmp_path


def run(scratch: Path, home: Path, text: str) -> subprocess.CompletedProcess[str]:
    (scratch / "lab.rack").write_text(text)
    git(scratch, "add", "-A")
    return pre_commit(scratch, home, "run", "--all-files")


def test_a_good_spec_passes(scratch: Path, home: Path) -> None:
    done = run(scratch, home, GOOD)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed") == 2


def test_a_mistake_stops_the_commit(scratch: Path, home: Path) -> None:
    done = run(scratch, home, BAD)
    assert done.returncode == 1
    assert "error[RW2001]" in done.stdout and "lab.rack:7" in done.stdout


def test_the_formatter_writes_the_style(scratch: Path, home: Path) -> None:
    done = run(scratch, home, UGLY)
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert (scratch / "lab.rack").read_text() == GOOD
