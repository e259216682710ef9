"""The tutorial, followed to the letter in an empty folder (see `reader.py` for how its blocks are marked)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from reader import Reader, insert

FOLDER = Path(__file__).parents[2] / "docs" / "tutorial"
PAGES = ("first-racks.md", "every-day.md")

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="the commands are a shell's")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("tutorial"))


@pytest.mark.parametrize("name", PAGES)
def test_page(reader: Reader, name: str, update: bool) -> None:
    """Each page shows what its commands print. The pages follow each other."""
    reader.check(FOLDER / name, update)


def test_ends_clean(reader: Reader) -> None:
    """What a reader has at the end is formatted and without errors, and the workflow's steps pass."""
    workflow = yaml.safe_load((reader.folder / ".github/workflows/rackwright.yaml").read_text("utf-8"))
    steps = [step["run"] for step in workflow["jobs"]["spec"]["steps"] if "run" in step]
    assert steps[0].startswith("pip install")
    reader.run("rackwright fmt . && rackwright compile -q lab.rack -o build")
    for step in steps[1:]:
        code, printed = reader.run(step)
        assert code == 0, f"{step}: {printed}"
    hooks = yaml.safe_load((reader.folder / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    for hook in hooks:
        files = " lab.rack" if hook.get("pass_filenames", True) else ""
        code, printed = reader.run(hook["entry"] + files)
        assert code == 0, f"{hook['entry']}: {printed}"


def test_insert() -> None:
    """The stand-in for a reader's editor replaces by name and adds at the end."""
    text = '"""Doc."""\n\nrack a {\n    x : nic\n}\n'
    changed = insert(text, "rack a {\n}\n\nparam n = 1\n")
    assert changed == '"""Doc."""\n\nrack a {\n}\n\nparam n = 1\n'
    assert insert(changed, "param n = 2\n") == '"""Doc."""\n\nrack a {\n}\n\nparam n = 2\n'
