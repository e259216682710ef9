"""Emission: what ends up in the output directory, what stays in it, and what is refused."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path

import pytest
from unit.emitting import STAMP, Fake, check, identity, only, tree, work, write

from rackwright.compiler.emit import Stamp, emit
from rackwright.compiler.failure import Bug

FILES = {"configs/frr/a/frr.conf": b"a", "configs/frr/b/frr.conf": b"bb", "cabling/cables.csv": b""}


def code(diagnostics: object) -> list[str]:
    assert isinstance(diagnostics, tuple)
    return [diagnostic.code for diagnostic in diagnostics]


def test_a_new_directory(tmp_path: Path) -> None:
    done = write(tmp_path / "deep" / "build", FILES)
    assert (done.diagnostics, done.files, done.size, done.written) == ((), 3, 3, 3)
    assert tree(tmp_path / "deep" / "build") == FILES
    assert only(tmp_path / "deep") == ["build"]


def test_the_manifest(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(out, FILES)
    text = (out / "manifest.json").read_text()
    manifest = json.loads(text)
    artifacts = manifest.pop("artifacts")
    assert manifest == {"version": 1, "compiler": "0.1.0", "spec": {"digest": "abc"}, "parameters": {"pods": "2"}}
    assert [a["path"] for a in artifacts] == sorted(FILES)
    for a in artifacts:
        data = FILES[a["path"]]
        assert (a["sha256"], a["bytes"], a["backend"]) == (hashlib.sha256(data).hexdigest(), len(data), "fake")
    other = tmp_path / "elsewhere"
    write(other, dict(reversed(FILES.items())))
    assert (other / "manifest.json").read_text() == text
    assert str(tmp_path) not in text


def test_nothing_to_write(tmp_path: Path) -> None:
    assert write(tmp_path / "build", {}).files == 0
    assert json.loads((tmp_path / "build" / "manifest.json").read_text())["artifacts"] == []


def test_a_second_run_touches_nothing(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(out, FILES)
    before = {path: identity(path) for path in [out, *out.rglob("*")]}
    done = write(out, FILES)
    assert (done.written, done.kept) == (0, 3)
    assert {path: identity(path) for path in [out, *out.rglob("*")]} == before
    assert only(tmp_path) == ["build"]


def test_unchanged_files_stay_the_same_files(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(out, FILES)
    kept = {path: identity(out / path) for path in FILES if "/a/" not in path}
    changed = identity(out / "configs/frr/a/frr.conf")
    done = write(out, {**FILES, "configs/frr/a/frr.conf": b"A"})
    assert (done.written, done.kept) == (1, 2)
    assert {path: identity(out / path) for path in kept} == kept
    assert identity(out / "configs/frr/a/frr.conf") != changed
    assert (out / "configs/frr/a/frr.conf").read_bytes() == b"A"
    assert os.stat(out / "configs/frr/b/frr.conf").st_nlink == 1  # the old tree is gone


def test_files_no_longer_made_vanish_with_their_folders(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(out, FILES)
    done = write(out, {"cabling/cables.csv": b""})
    assert done.removed == 2
    assert only(out) == ["cabling", "manifest.json"]


def test_files_edited_by_hand_are_written_again(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(out, FILES)
    (out / "configs/frr/a/frr.conf").write_bytes(b"x")  # of the same size
    (out / "configs/frr/b/frr.conf").unlink()
    assert write(out, FILES).written == 2
    assert tree(out) == FILES


def test_other_parameters_alone_change_the_manifest(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(out, FILES)
    emit(str(out), work(Fake(FILES)), Stamp("0.1.0", "abc", {"pods": "3"}))
    assert json.loads((out / "manifest.json").read_text())["parameters"] == {"pods": "3"}
    assert tree(out) == FILES


def test_a_file_becomes_a_folder_and_back(tmp_path: Path) -> None:
    out = tmp_path / "build"
    for files in ({"a": b"1"}, {"a/b": b"2"}, {"a": b"3"}):
        assert write(out, files).diagnostics == ()
        assert tree(out) == files


@pytest.mark.parametrize("exchanges", [True, False])
def test_foreign_files_stay(tmp_path: Path, exchanges: bool) -> None:
    out = tmp_path / "build"
    write(out, FILES)
    (out / "notes.txt").write_text("mine")
    (out / "configs/frr/a/todo").write_text("mine too")
    (out / ".git/empty").mkdir(parents=True)
    (out / "link").symlink_to("/etc")
    before = {name: identity(out / name) for name in ("notes.txt", "configs/frr/a/todo")}
    rest = {} if exchanges else {"exchange": lambda a, b: False}
    done = write(out, {"power/budget.csv": b"1"}, **rest)
    assert (done.diagnostics, done.removed) == ((), 3)
    assert {name: identity(out / name) for name in before} == before
    assert (out / ".git/empty").is_dir()
    assert os.readlink(out / "link") == "/etc"
    assert {p: d for p, d in tree(out).items() if not p.startswith("link")} == {
        "notes.txt": b"mine", "configs/frr/a/todo": b"mine too", "power/budget.csv": b"1",
    }  # fmt: skip
    assert only(tmp_path) == ["build"]


@pytest.mark.parametrize("mine", ["report", "report/index.html"])
def test_a_foreign_file_in_the_way_is_not_overwritten(tmp_path: Path, mine: str) -> None:
    out = tmp_path / "build"
    write(out, FILES)
    (out / mine).parent.mkdir(exist_ok=True)
    (out / mine).write_text("mine")
    done = write(out, {**FILES, "report/index.html": b"<html>"})
    assert code(done.diagnostics) == ["RW0013"]
    assert tree(out) == {**FILES, mine: b"mine"}
    assert only(tmp_path) == ["build"]


def test_a_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "build"
    out.mkdir()
    assert write(out, FILES).diagnostics == ()  # an empty one is free
    other = tmp_path / "home"
    other.mkdir()
    (other / "thesis.tex").write_text("mine")
    assert code(write(other, FILES).diagnostics) == ["RW0012"]
    assert only(other) == ["thesis.tex"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 2, "compiler": "9", "artifacts": []}', "[" * 9999])
def test_an_unknown_manifest_is_refused(tmp_path: Path, text: str) -> None:
    out = tmp_path / "build"
    out.mkdir()
    (out / "manifest.json").write_text(text)
    assert code(write(out, FILES).diagnostics) == ["RW0014"]
    assert only(out) == ["manifest.json"]


def test_the_current_directory_and_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in (".", "..", "/", str(tmp_path)):
        assert code(emit(name, work(Fake(FILES)), STAMP).diagnostics) == ["RW0015"], name
    (tmp_path / "file").write_text("")
    assert code(write(tmp_path / "file", FILES).diagnostics) == ["RW0015"]
    assert only(tmp_path / "here") == []


def test_a_link_to_a_directory_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "build").symlink_to(tmp_path / "disk" / "build")
    write(tmp_path / "build", {"a": b"1"})
    write(tmp_path / "build", {"a": b"2"})
    assert (tmp_path / "build").is_symlink()
    assert tree(tmp_path / "disk" / "build") == {"a": b"2"}


def test_links_in_the_old_tree_lead_nowhere(tmp_path: Path) -> None:
    out, outside = tmp_path / "build", tmp_path / "outside"
    write(out, {"d/a": b"1", "b": b"2", "pipe": b""})
    outside.mkdir()
    (outside / "a").write_bytes(b"1")
    (outside / "b").write_bytes(b"2")
    (out / "d/a").unlink()
    (out / "d").rmdir()
    (out / "d").symlink_to(outside)
    (out / "b").unlink()
    (out / "b").symlink_to(outside / "b")
    (out / "pipe").unlink()
    os.mkfifo(out / "pipe")
    done = write(out, {"b": b"2", "pipe": b""})
    assert (done.diagnostics, done.written) == ((), 2)
    assert not (out / "b").is_symlink() and (out / "pipe").is_file()
    assert tree(outside) == {"a": b"1", "b": b"2"}
    assert [d.path for d in check(out, {"b": b"2", "pipe": b"", "d/a": b"1"}).differences if d.path == "d/a"] == ["d/a"]
    # The link at `d` is nobody's artifact, so it is kept, and in the way of `d/a`.
    assert code(write(out, {"d/a": b"1"}).diagnostics) == ["RW0013"]
    assert tree(outside) == {"a": b"1", "b": b"2"}


def test_a_full_disk_is_a_diagnostic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "build"
    write(out, FILES)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        done = write(out, {"a": b"1"})
    assert code(done.diagnostics) == ["RW0011"]
    assert done.diagnostics[0].detail == "a: no space left on device"
    assert tree(out) == FILES
    assert only(tmp_path) == ["build"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_directory_is_a_diagnostic(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert code(write(tmp_path / "build", FILES).diagnostics) == ["RW0011"]
    tmp_path.chmod(0o700)


def test_a_file_as_parent_is_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert code(write(tmp_path / "file" / "build", FILES).diagnostics) == ["RW0011"]


def test_the_mode_of_the_directory_stays(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(out, FILES)
    out.chmod(0o750)
    write(out, {"a": b"1"})
    assert out.stat().st_mode & 0o777 == 0o750


def test_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "build"
    write(out, FILES)
    (out / "notes.txt").write_text("mine")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    done = write(out, {**FILES, "new": b"1"})
    assert (done.diagnostics, done.kept) == ((), 3)
    assert tree(out) == {**FILES, "new": b"1", "notes.txt": b"mine"}


def test_check_writes_nothing_and_tells_all(tmp_path: Path) -> None:
    out = tmp_path / "build"
    assert [d.state for d in check(out, FILES).differences] == ["missing"] * 4
    assert only(tmp_path) == []
    write(out, FILES)
    before = {path: identity(path) for path in [out, *out.rglob("*")]}
    result = check(out, FILES)
    assert (result.files, result.differences) == (3, ())
    (out / "notes.txt").write_text("mine")
    result = check(out, {"configs/frr/a/frr.conf": b"A", "cabling/cables.csv": b"", "new": b""})
    assert [(d.path, d.state) for d in result.differences] == [
        ("configs/frr/a/frr.conf", "changed"),
        ("configs/frr/b/frr.conf", "extra"),
        ("manifest.json", "changed"),
        ("new", "missing"),
    ]
    (out / "notes.txt").unlink()
    assert {path: identity(path) for path in before if path != out} == {p: i for p, i in before.items() if p != out}
    assert only(tmp_path) == ["build"]


def test_a_failing_backend_is_a_bug_and_leaves_the_tree(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(out, FILES)

    def fail(number: int) -> None:
        if number:
            raise ValueError("boom")

    with pytest.raises(Bug, match="backend fake: ValueError: boom"):
        emit(str(out), work(Fake({"a": b"1", "b": b"2"}, hook=fail)), STAMP)
    assert tree(out) == FILES
    assert only(tmp_path) == ["build"]
