"""Work in processes of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chalkgrad.errors import Fault, UsageError
from chalkgrad.processes import NoProcessError, core_count, in_processes

FOREVER, KILLED, REFUSED = "forever", "killed", "refused"


def work(job: int | str | Path) -> object:
    """What the processes of these tests do."""
    if isinstance(job, Path):
        job.write_text(str(os.getpid()))
        time.sleep(600)
    if job == KILLED:
        os.kill(os.getpid(), signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    if job == REFUSED:
        raise UsageError([Fault("cannot-write", "it is full", hint="empty it"), Fault("other", "and more")])
    if job == "threads":
        return os.environ["OMP_NUM_THREADS"]
    if job == "said":
        print("to nobody", flush=True)
    return job


def lost(job: object) -> str:
    return f"{job} was lost"


def asked(jobs: list[object], count: int = 2) -> dict[int, object]:
    found: dict[int, object] = {}
    assert in_processes(work, jobs, found.__setitem__, lost, count)
    return found


def test_each_job_has_its_answer() -> None:
    assert asked(list(range(9))) == {place: place for place in range(9)}


def test_no_jobs_no_processes() -> None:
    assert asked([]) == {}


def test_it_is_another_process_with_one_thread_that_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    assert asked(["threads", "said"]) == {0: "1", 1: "said"}
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("count", [1, 2])
def test_a_job_that_ends_its_process_costs_no_other(count: int) -> None:
    assert asked([0, KILLED, 2, 3, KILLED, 5], count) == {
        0: 0,
        1: "killed was lost",
        2: 2,
        3: 3,
        4: "killed was lost",
        5: 5,
    }


def test_an_error_arrives_with_its_faults() -> None:
    with pytest.raises(UsageError, match="it is full") as caught:
        asked([1, REFUSED])
    assert [fault.code for fault in caught.value.faults] == ["cannot-write", "other"]
    assert caught.value.faults[0].hint == "empty it"


def test_an_interruption_ends_with_what_is_done() -> None:
    found: list[object] = []

    def done(place: int, answer: object) -> None:
        found.append(answer)
        raise KeyboardInterrupt

    assert not in_processes(work, [1, 2, 3, 4], done, lost, 2)
    assert len(found) == 1


def test_none_can_be_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-such-python"))
    with pytest.raises(NoProcessError):
        asked([1, 2])


def test_nothing_is_imported_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("loky", "numpy", "pickle", "random", "threading"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    code = "import chalkgrad.processes as p; p.in_processes(abs, [-1, 2], print, abs, 2)"
    run = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=surroundings(), capture_output=True, text=True
    )
    assert sorted(run.stdout.split("\n")) == ["", "0 1", "1 2"]
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there, nothing tells of the end of a parent")
def test_they_end_with_the_process_that_asked(tmp_path: Path) -> None:
    note = tmp_path / "worker"
    code = f"""
import os, signal, threading, time
from pathlib import Path
from chalkgrad.processes import in_processes
from tests.test_processes import work
def end():
    while not Path({str(note)!r}).exists():
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGKILL)
threading.Thread(target=end).start()
in_processes(work, [Path({str(note)!r})], print, work, 1)
"""
    ended = subprocess.run([sys.executable, "-c", code], env=surroundings(), check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    until = time.monotonic() + 60
    while is_there(int(note.read_text())) and time.monotonic() < until:
        time.sleep(0.1)
    assert not is_there(int(note.read_text()))


def surroundings() -> dict[str, str]:
    root = str(Path(__file__).parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, *(path for path in sys.path if path)])}


def is_there(process: int) -> bool:
    """Whether a process runs; one that ended and was not yet asked for by its parent does not."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip()) and not done.stdout.startswith("Z")


def test_there_is_a_core() -> None:
    assert core_count() >= 1
