"""The folder of a run."""

import errno
import json
import os
import re
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chalkgrad.errors import ProblemError, UsageError
from chalkgrad.training.keeping.checkpoint import Checkpoint
from chalkgrad.training.keeping.folder import RunFolder, safe_name
from chalkgrad.training.keeping.weights import save_weights

PROBLEM = "network: {input: 2, layers: [{units: 1}]}\nloss: mse\noptimizer: {name: adam, learning_rate: 0.01}\n"


def checkpoint(epoch: int) -> Checkpoint:
    names = ("parameter:W1", "m:W1", "best:W1")
    arrays = {name: np.full((2, 1), epoch + place / 10) for place, name in enumerate(names)}
    return Checkpoint(arrays, {"epoch": epoch})


def history(epochs: int) -> dict[str, list[Any]]:
    return {"epoch": list(range(1, epochs + 1)), "loss": [1 / epoch for epoch in range(1, epochs + 1)]}


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder.choose(tmp_path / "runs", "Digits")
    with folder.held():
        folder.create(PROBLEM, {"engine": "numpy"})
        folder.save(checkpoint(2), history(2))
    return folder


def fault(error: pytest.ExceptionInfo[Any]) -> tuple[str, str, str]:
    first = error.value.faults[0]
    return first.code, first.message, first.hint


class TestChoosing:
    def test_new_numbers_and_never_one_that_is_there(self, tmp_path: Path) -> None:
        for name in ("moons-7", "moons-two", "moons", "other-9"):
            (tmp_path / name).mkdir()
        (tmp_path / "moons-8").touch()
        names = [RunFolder.choose(tmp_path, "Moons").path.name for _ in range(2)]
        assert names == ["moons-9", "moons-10"]

    def test_many_at_once(self, tmp_path: Path) -> None:
        chosen: list[str] = []
        threads = [
            threading.Thread(target=lambda: chosen.append(RunFolder.choose(tmp_path / "runs", "a").path.name))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(chosen) == [f"a-{number}" for number in range(1, 9)]

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("Digits", "digits"),
            ("../../etc/passwd", "etc-passwd"),
            ("C:\\Windows\\a.txt", "c-windows-a-txt"),
            ("a\0b\nc\x1b[2J", "a-b-c-2j"),
            ("-rf *", "rf"),
            (".hidden.", "hidden"),
            ("Größe σ²", "grösse-σ2"),
            ("", "run"),
            ("///", "run"),
            ("\u202egnp", "gnp"),
            ("σ" * 300, "σ" * 30),
        ],
    )
    def test_any_title_gives_a_name_in_the_folder(self, text: str, name: str, tmp_path: Path) -> None:
        assert safe_name(text) == name
        folder = RunFolder.choose(tmp_path, text)
        assert folder.path.parent == tmp_path
        assert folder.path.name == f"{name}-1"

    def test_a_parent_that_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "runs").touch()
        with pytest.raises(UsageError) as caught:
            RunFolder.choose(tmp_path / "runs", "a")
        assert fault(caught)[0] == "cannot-write"
        assert fault(caught)[2] == "something of that name is there already: choose another name"


class TestKeeping:
    def test_what_stands_in_the_folder(self, run: RunFolder) -> None:
        with run.held():
            run.save_weights({"W1": np.ones((2, 1))}, {"W1": np.zeros((2, 1))}, {"title": "Digits"})
        assert sorted(os.listdir(run.path)) == [
            "best.safetensors",
            "checkpoint.safetensors",
            "environment.json",
            "history.csv",
            "history.jsonl",
            "problem.yaml",
            "weights.safetensors",
        ]
        assert run.report == run.path / "report.html"

    def test_all_of_it_comes_back(self, run: RunFolder) -> None:
        again = RunFolder(str(run.path))
        found = again.load_checkpoint()
        assert found.progress == {"epoch": 2}
        assert found.rows == 2
        np.testing.assert_array_equal(found.group("m")["W1"], np.full((2, 1), 2.1))
        assert again.load_history(found.rows) == history(2)
        assert again.problem_text() == PROBLEM
        assert again.environment() == {"engine": "numpy"}

    def test_line_ends_of_the_problem_stay(self, tmp_path: Path) -> None:
        folder = RunFolder(tmp_path / "a")
        with folder.held():
            folder.create("loss: mse\r\n", {})
        assert folder.problem_text() == "loss: mse\r\n"

    def test_a_crash_between_history_and_checkpoint(self, run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
        def crash(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("chalkgrad.training.keeping.folder.save_checkpoint", crash)
            with run.held(), pytest.raises(KeyboardInterrupt):
                run.save(checkpoint(3), history(3))
        again = RunFolder(run.path)
        found = again.load_checkpoint()
        assert found.progress == {"epoch": 2}
        assert again.load_history(found.rows) == history(2)
        with again.held():
            again.save(checkpoint(4), history(4))
        assert RunFolder(run.path).load_history() == history(4)

    @pytest.mark.parametrize("fails_at", range(6))
    def test_a_disk_that_fills_up(self, run: RunFolder, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
        left = [fails_at]
        sync = os.fsync

        def full(number: int) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            sync(number)

        with monkeypatch.context() as patch, run.held():
            patch.setattr(os, "fsync", full)
            with suppress(UsageError):  # the last of them comes when everything is written
                run.save(checkpoint(3), history(3))
        found = RunFolder(run.path).load_checkpoint()
        epoch = found.progress["epoch"]
        assert found.arrays["parameter:W1"].tolist() == [[epoch], [epoch]]
        assert RunFolder(run.path).load_history(found.rows) == history(epoch)
        assert not [name for name in os.listdir(run.path) if name.endswith(".part")]

    def test_what_a_killed_process_left_is_removed(self, run: RunFolder) -> None:
        (run.path / ".checkpoint.safetensors.123-abc.part").touch()
        (run.path / ".somebody.elses.part").touch()
        with run.held():
            assert [name for name in os.listdir(run.path) if name.startswith(".")] == [".somebody.elses.part"]

    def test_two_at_once_are_refused(self, run: RunFolder) -> None:
        with run.held(), pytest.raises(UsageError) as caught, RunFolder(run.path).held():
            pass
        assert caught.value.code == "folder-in-use"

    def test_a_run_is_never_begun_over_another(self, run: RunFolder) -> None:
        with run.held(), pytest.raises(UsageError) as caught:
            run.create(PROBLEM, {})
        assert fault(caught) == (
            "run-exists",
            f'"{run.path}" holds a run already (problem.yaml, environment.json, checkpoint.safetensors, history.jsonl)',
            "resume it, or choose another folder",
        )

    def test_ten_thousand_epochs_are_written_once(self, run: RunFolder) -> None:
        # One row more costs as much behind 10,000 rows as behind 10: the bytes that are written are counted.
        long = history(10_000)
        with run.held():
            run.save(checkpoint(9_999), {name: column[:-1] for name, column in long.items()})
            before = (run.path / "history.jsonl").stat()
            run.save(checkpoint(10_000), long)
            after = (run.path / "history.jsonl").stat()
        assert (before.st_ino, after.st_size - before.st_size) == (
            after.st_ino,
            len('{"epoch": 10000, "loss": 0.0001}\n'),
        )


class TestWeightsOfARun:
    def test_the_best_of_the_checkpoint_or_the_last(self, run: RunFolder) -> None:
        save_weights(run.path / "best.safetensors", {"W1": np.zeros((2, 1))}, {})  # of a part of the run before
        assert run.load_weights({"W1": (2, 1)}).arrays["W1"].tolist() == [[2.2], [2.2]]
        assert run.load_weights(best=False).arrays["W1"].tolist() == [[2.0], [2.0]]

    def test_a_checkpoint_without_a_best(self, tmp_path: Path) -> None:
        folder = RunFolder(tmp_path / "a")
        with folder.held():
            folder.save(Checkpoint({"parameter:W1": np.ones(2)}), {})
        assert folder.load_weights().arrays["W1"].tolist() == [1, 1]

    def test_without_a_checkpoint_the_files(self, run: RunFolder) -> None:
        (run.path / "checkpoint.safetensors").unlink()
        with run.held():
            run.save_weights({"W1": np.ones((2, 1))}, None, {})
        assert run.load_weights().arrays["W1"].tolist() == [[1], [1]]
        with run.held():
            run.save_weights({"W1": np.ones((2, 1))}, {"W1": np.zeros((2, 1))}, {})
        assert run.load_weights().arrays["W1"].tolist() == [[0], [0]]
        assert run.load_weights(best=False).arrays["W1"].tolist() == [[1], [1]]

    def test_of_another_shape(self, run: RunFolder) -> None:
        with pytest.raises(ProblemError, match="W1 is 2 x 1 here, the problem has 3 x 1"):
            run.load_weights({"W1": (3, 1)})

    def test_that_diverged(self, run: RunFolder) -> None:
        with run.held():
            run.save(Checkpoint({"parameter:W1": np.array([1, np.nan])}), history(2))
        with pytest.raises(ProblemError, match='"W1" holds NaN at entry 2'):
            run.load_weights()


class TestAnotherProblem:
    def test_the_same_problem_typed_otherwise(self, run: RunFolder) -> None:
        typed = """# a comment
optimizer: {learning_rate: 1e-2, name: "adam"}
loss: mse
network:
  input: 2
  layers:
    - units: 1
"""
        assert run.problem_differs(typed) == ""
        run.refuse_other_problem(typed)

    @pytest.mark.parametrize(
        ("old", "new", "keys"),
        [
            ("0.01", "0.02", "optimizer.learning_rate"),
            ("loss: mse", "loss: mae\nseed: 1", "loss, seed"),
            ("units: 1", "units: 2", "network.layers"),
            ("input: 2", "input: true", "network.input"),
            ("input: 2", "input: '2'", "network.input"),
        ],
    )
    def test_the_keys_that_differ_are_named(self, run: RunFolder, old: str, new: str, keys: str) -> None:
        assert run.problem_differs(PROBLEM.replace(old, new)) == keys
        with pytest.raises(UsageError) as caught:
            run.refuse_other_problem(PROBLEM.replace(old, new))
        assert fault(caught) == (
            "another-problem",
            f'the run in "{run.path}" is of another problem: {keys} differ',
            "resume with the problem of its folder, or train this one in a new folder",
        )

    def test_what_makes_no_difference_may_differ(self, run: RunFolder) -> None:
        other = f"{PROBLEM}title: mine\nshow: {{round: 3}}\nepochs: 7\n"
        assert run.problem_differs(other) == "epochs, show, title"
        run.refuse_other_problem(other, may_differ=("title", "show", "epochs"))
        with pytest.raises(UsageError, match="another problem: epochs differ"):
            run.refuse_other_problem(other)
        run.refuse_other_problem(PROBLEM.replace("0.01", "0.02"), may_differ=("optimizer.learning_rate",))


class TestWhatIsNoRun:
    def test_a_folder_without_one(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        for path in (tmp_path, tmp_path / "no", tmp_path / "file"):
            for read in ("problem_text", "load_checkpoint", "load_weights"):
                with pytest.raises(UsageError) as caught:
                    getattr(RunFolder(path), read)()
                assert fault(caught) == (
                    "no-run",
                    f'there is no run in "{path}": it has no problem.yaml',
                    "name the folder that `train` wrote to, such as runs/digits-1",
                )

    def test_a_run_that_was_never_saved(self, tmp_path: Path) -> None:
        folder = RunFolder(tmp_path / "a")
        with folder.held():
            folder.create(PROBLEM, {})
        with pytest.raises(UsageError, match=re.escape(f'the run in "{folder.path}" was never saved')) as caught:
            folder.load_checkpoint()
        assert caught.value.code == "nothing-to-resume"

    def test_a_damaged_checkpoint(self, run: RunFolder) -> None:
        path = run.path / "checkpoint.safetensors"
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(ProblemError) as caught:
            run.load_checkpoint()
        assert caught.value.code == "damaged-weights"

    @pytest.mark.parametrize("text", ["[]", "{", "\xff"])
    def test_a_damaged_environment(self, run: RunFolder, text: str) -> None:
        (run.path / "environment.json").write_text(text, encoding="latin-1")
        with pytest.raises(ProblemError) as caught:
            run.environment()
        assert caught.value.code == "file-not-readable"

    def test_the_environment_is_json(self, run: RunFolder) -> None:
        assert json.loads((run.path / "environment.json").read_text()) == {"engine": "numpy"}
