"""One process at a time writes to a folder."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from chalkgrad.errors import UsageError
from chalkgrad.training.keeping.folder_lock import held

SOURCE = Path(__file__).parents[3] / "src"
HOLD = """
import sys, time
from pathlib import Path
from chalkgrad.training.keeping.folder_lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-c", HOLD, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_another_process_is_named_and_its_end_frees_the_folder(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        with pytest.raises(UsageError) as caught, held(tmp_path):
            pass
        process.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        process.wait()
    assert str(caught.value) == (
        f'process {process.pid} is writing to "{tmp_path}" [folder-in-use]\n'
        "    hint: wait until it has finished, or choose another folder"
    )
    with held(tmp_path):  # the file of the killed process is still there, and its lock is not
        assert os.listdir(tmp_path) == ["run.lock"]
    assert os.listdir(tmp_path) == []


def test_the_same_process_twice(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(UsageError, match=f"process {os.getpid()} is writing"), held(tmp_path):
        pass
    with held(tmp_path):
        pass


def test_an_error_inside_frees_the_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyError), held(tmp_path):
        raise KeyError
    assert os.listdir(tmp_path) == []


def test_of_many_at_once_one_at_a_time(tmp_path: Path) -> None:
    inside, most, done = [0], [0], [0]

    def work() -> None:
        for _ in range(200):
            try:
                with held(tmp_path):
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                    done[0] += 1
                    inside[0] -= 1
            except UsageError:
                pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert done[0] > 0


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught, held(tmp_path / "no"):
        pass
    assert caught.value.code == "cannot-write"
