"""Emission in several processes, and runs that die in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from unit.emitting import STAMP, Fake, check, only, tree, work, write

from rackwright.compiler.backend import Artifact, Request
from rackwright.compiler.design import Design
from rackwright.compiler.emit import emit
from rackwright.compiler.emit.swap import exchange
from rackwright.compiler.failure import Bug, Problem
from rackwright.compiler.plant import Plant
from rackwright.dsl.diagnostics import Diagnostic

MANY = {f"configs/frr/sw{i}/frr.conf": b"%d" % i for i in range(700)}
WHOLE = {"cabling/cables.csv": b"1,2,3\n", "power/budget.csv": b"4\n"}
OLD = {"a": b"old", "b": b"old"}


@pytest.mark.parametrize("spec", [["lab_4x2"], ["superpod_h100", "--set", "su=1"]], ids=["lab_4x2", "superpod_h100"])
def test_every_backend_leaves_workers_able_to_work(tmp_path: Path, root: Path, spec: list[str]) -> None:
    """A library with threads that is used while backends accept would hang every worker that is forked afterwards."""
    name, *setting = spec
    program = str(Path(sys.executable).with_name("rackwright"))
    command = [program, "compile", str(root / f"specs/{name}.rack"), "-o", str(tmp_path / "out"), *setting]
    assert subprocess.run([*command, "--jobs", "2", "-q"], timeout=120).returncode == 0


def test_jobs_do_not_change_the_output(tmp_path: Path) -> None:
    done = 0

    def progress(files: int) -> None:
        nonlocal done
        done += files

    backends = Fake(MANY, "frr", per_device=True), Fake(WHOLE, "cabling")
    emit(str(tmp_path / "one"), work(*backends), STAMP)
    emit(str(tmp_path / "three"), work(*backends), STAMP, jobs=3, progress=progress)
    assert tree(tmp_path / "three") == {**MANY, **WHOLE}
    assert (tmp_path / "one/manifest.json").read_bytes() == (tmp_path / "three/manifest.json").read_bytes()
    assert done == len(MANY) + len(WHOLE)


def test_work_is_done_in_workers(tmp_path: Path) -> None:
    class Pids(Fake):
        def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
            for artifact in super().render(design, plant, request):
                yield Artifact(artifact.path, b"%d" % os.getpid())

    emit(str(tmp_path / "x"), work(Pids(MANY, "frr", per_device=True), Pids(WHOLE, "cabling")), STAMP, jobs=2)
    found = tree(tmp_path / "x")
    here = b"%d" % os.getpid()
    assert here not in {found[path] for path in MANY}
    assert {found[path] for path in WHOLE} == {here}  # libraries with threads are used in the parent alone


@pytest.mark.parametrize("jobs", [1, 2])
def test_shards_add_up(tmp_path: Path, jobs: int) -> None:
    backends = Fake(MANY, "frr", per_device=True), Fake(WHOLE, "cabling")
    whole: dict[str, bytes] = {}
    for shard in range(3):
        out = tmp_path / str(shard)
        emit(str(out), work(*backends, request=Request(shard=shard, shards=3)), STAMP, jobs=jobs)
        part = tree(out)
        assert not whole.keys() & part.keys()
        whole |= part
    assert whole == {**MANY, **WHOLE}


def fails(tmp_path: Path, hook: Callable[[int], object]) -> None:
    out = tmp_path / "build"
    write(out, OLD)
    try:
        emit(str(out), work(Fake(MANY, per_device=True, hook=hook)), STAMP, jobs=2)
    finally:
        assert tree(out) == OLD
        assert only(tmp_path) == ["build"]


def test_an_exception_in_a_worker_surfaces(tmp_path: Path) -> None:
    def hook(number: int) -> None:
        if number == 300:
            raise KeyError("lost")

    with pytest.raises(Bug, match="backend fake: KeyError: 'lost'") as caught:
        fails(tmp_path, hook)
    assert "in hook" in caught.value.trace


def test_a_killed_worker_surfaces(tmp_path: Path) -> None:
    def hook(number: int) -> None:
        if number == 300:
            os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(Bug, match=r"a worker died \(SIGKILL"):
        fails(tmp_path, hook)


def test_a_problem_in_a_worker_is_a_diagnostic(tmp_path: Path) -> None:
    def hook(number: int) -> None:
        if number == 300:
            raise Problem(Diagnostic("RW0011", "full"))

    write(tmp_path / "build", OLD)
    done = emit(str(tmp_path / "build"), work(Fake(MANY, per_device=True, hook=hook)), STAMP, jobs=2)
    assert done.diagnostics == (Diagnostic("RW0011", "full"),)
    assert tree(tmp_path / "build") == OLD


def in_child(run: Callable[[], object]) -> int:
    """Run in a process of its own, which ends without cleaning up after pytest."""
    pid = os.fork()
    if pid:
        return pid
    # A shell's background jobs ignore interrupts, and their children do.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run()
        os._exit(0)
    except SystemExit as error:
        os._exit(int(str(error.code)))
    except BaseException:
        os._exit(99)


def wait_for(condition: Callable[[], object]) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("it did not happen in time")


def slow(flag: Path) -> Callable[[int], None]:
    """Raise the flag in the middle, then take for ever."""

    def hook(number: int) -> None:
        if number == 100:
            flag.touch()
            time.sleep(60)

    return hook


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("jobs", [1, 2])
def test_kill_9_in_the_middle(tmp_path: Path, jobs: int) -> None:
    out, flag = tmp_path / "build", tmp_path / "flag"
    write(out, OLD)
    dying = work(Fake(MANY, per_device=True, hook=slow(flag)))

    def run() -> None:
        os.setpgid(0, 0)
        emit(str(out), dying, STAMP, jobs=jobs)

    pid = in_child(run)
    wait_for(flag.exists)
    (staging,) = (path for path in tmp_path.iterdir() if path.name.startswith(".build.rackwright-"))
    assert list(staging.rglob("frr.conf"))  # it had begun to write
    assert check(out, OLD).differences == ()
    # A run beside a living one leaves its directory alone.
    write(tmp_path / "build", OLD)
    assert staging.exists()
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert check(out, OLD).differences == ()
    flag.unlink()
    wait_for(lambda: write(out, {"new": b"1"}).diagnostics == () and not staging.exists())
    assert tree(out) == {"new": b"1"}
    assert only(tmp_path) == ["build"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupted_run_cleans_up(tmp_path: Path, number: int, jobs: int) -> None:
    out, flag = tmp_path / "build", tmp_path / "flag"
    write(out, OLD)
    backend = Fake(MANY, per_device=True, hook=slow(flag))
    pid = in_child(lambda: emit(str(out), work(backend), STAMP, jobs=jobs))
    wait_for(flag.exists)
    os.kill(pid, number)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == (143 if number == signal.SIGTERM else 99)
    flag.unlink()
    assert tree(out) == OLD
    assert only(tmp_path) == ["build"]


def die(*_: object) -> bool:
    os._exit(77)


def test_death_just_before_the_exchange(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(out, OLD)
    (out / "notes").write_text("mine")
    pid = in_child(lambda: write(out, {"a": b"new"}, exchange=die))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 77
    assert tree(out) == {**OLD, "notes": b"mine"}
    write(out, OLD)
    assert tree(out) == {**OLD, "notes": b"mine"}
    assert only(tmp_path) == ["build"]


def test_death_just_after_the_exchange(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(out, OLD)
    (out / "notes").write_text("mine")

    def last_moment(a: str, b: str) -> bool:
        (out / "late").write_text("saved at the last moment")
        if not exchange(a, b):
            pytest.skip("this system cannot exchange")
        die()
        return True

    pid = in_child(lambda: write(out, {"a": b"new"}, exchange=last_moment))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 77
    assert tree(out) == {"a": b"new", "notes": b"mine"}
    assert check(out, {"a": b"new"}).differences == ()
    write(out, {"a": b"new"})  # finishes what the dead run left
    assert tree(out) == {"a": b"new", "notes": b"mine", "late": b"saved at the last moment"}
    assert only(tmp_path) == ["build"]


def test_death_between_two_renames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "build"
    write(out, OLD)
    rename = os.rename

    def dying(a: str, b: str) -> None:
        rename(a, b)
        if str(b).endswith("/old"):
            die()

    def run() -> None:
        monkeypatch.setattr(os, "rename", dying)
        write(out, {"a": b"new"}, exchange=lambda a, b: False)

    pid = in_child(run)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 77
    assert not out.exists()
    done = write(out, {"a": b"newer"})  # puts the old tree back first
    assert (done.removed, tree(out)) == (1, {"a": b"newer"})
    assert only(tmp_path) == ["build"]


POLARS_FIRST = """
import sys
import polars as pl
pl.Series(["a", "b"]).unique()
from rackwright.compiler.cli import main
sys.argv[0] = "rackwright"
main()
"""


@pytest.mark.parametrize(("spec", "named"), [("lab_4x2", "frr,hosts,device-model"), ("dsf_18k", "fboss")])
def test_workers_need_no_polars(tmp_path: Path, root: Path, spec: str, named: str) -> None:
    """Another package's backend may use it before they are forked."""
    command = [sys.executable, "-P", "-c", POLARS_FIRST, "compile", "-q", str(root / f"specs/{spec}.rack")]
    subprocess.run([*command, "-o", str(tmp_path / "out"), "--jobs", "2", "--only", named], timeout=120, check=True)
