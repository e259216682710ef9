"""The workflow of docs/guide/ci.md does what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml


def steps(root: Path) -> dict[str, str]:
    page = (root / "docs" / "guide" / "ci.md").read_text("utf-8")
    block = re.search(r"```yaml\n(.*?)```", page, re.S)
    assert block is not None
    workflow = yaml.safe_load(block[1])
    return {step["name"]: step["run"] for step in workflow["jobs"]["specs"]["steps"] if "run" in step}


def shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """As a runner does: bash, and out at the first failure."""
    path = sysconfig.get_path("scripts") + os.pathsep + os.environ["PATH"]
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def repository(root: Path, tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    shutil.copy(root / "specs" / "lab_4x2.rack", tmp_path / "specs")
    done = shell("rackwright compile specs/lab_4x2.rack -o artifacts/lab_4x2", tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_the_steps(root: Path) -> None:
    assert list(steps(root)) == ["Install", "Format", "Check", "Compile", "Artifacts are up to date"]


def test_a_sound_repository_passes(root: Path, repository: Path) -> None:
    for name, script in steps(root).items():
        if name != "Install":
            done = shell(script, repository)
            assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
    assert (repository / "build" / "lab_4x2" / "manifest.json").is_file()


def test_stale_artifacts_fail(root: Path, repository: Path) -> None:
    spec = repository / "specs" / "lab_4x2.rack"
    spec.write_text(spec.read_text().replace("base_asn = 4200000000", "base_asn = 4200001000"))
    before = {p: p.read_bytes() for p in (repository / "artifacts").rglob("*") if p.is_file()}
    done = shell(steps(root)["Artifacts are up to date"], repository)
    assert done.returncode == 1
    assert "changed" in done.stdout
    assert before == {p: p.read_bytes() for p in (repository / "artifacts").rglob("*") if p.is_file()}


def test_a_missing_artifact_fails(root: Path, repository: Path) -> None:
    (repository / "artifacts" / "lab_4x2" / "cabling" / "cables.csv").unlink()
    done = shell(steps(root)["Artifacts are up to date"], repository)
    assert done.returncode == 1
    assert "missing  cabling/cables.csv" in done.stdout


def test_an_error_is_annotated(root: Path, repository: Path) -> None:
    spec = repository / "specs" / "lab_4x2.rack"
    spec.write_text(spec.read_text().replace("dac_100g", "dac_10g"))
    done = shell(steps(root)["Check"], repository)
    assert done.returncode == 1
    assert "::error file=specs/lab_4x2.rack,line=" in done.stdout
    assert shell(steps(root)["Compile"], repository).returncode == 1


def test_an_unformatted_spec_fails(root: Path, repository: Path) -> None:
    spec = repository / "specs" / "lab_4x2.rack"
    spec.write_text(spec.read_text().replace(" = ", "="))
    assert shell(steps(root)["Format"], repository).returncode == 1
