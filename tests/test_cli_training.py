"""The commands that train: what they print, what they leave, and their exit codes."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy
import pytest

from chalkgrad.cli import ExitCode, main
from chalkgrad.training.keeping.folder import RunFolder

SOURCE = Path(__file__).parents[1] / "src"

MOONS = """\
title: Two kinds
network: {input: [a, b], layers: [{units: 6, activation: tanh}, {units: 1, activation: sigmoid}]}
loss: binary_cross_entropy
data: {csv: points.csv, target: kind}
scale: standard
split: {validation: 0.2, test: 0.2, stratify: true}
optimizer: {name: adam, learning_rate: 0.05}
batch: 16
epochs: 12
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a problem and its data, which is where the commands run."""
    chance = numpy.random.default_rng(0)
    rows = ["a,b,kind"]
    for _ in range(120):
        a, b = chance.normal(size=2)
        rows.append(f"{a:.4f},{b:.4f},{'=one' if a + b > 0 else 'other'}")
    (tmp_path / "points.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "points.yaml").write_text(MOONS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestTrain:
    def test_it_shows_each_epoch_and_keeps_the_run(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["train", "points.yaml"]) == ExitCode.DONE
        shown = capsys.readouterr()
        assert shown.err.count("epoch ") == 12
        assert "val_accuracy" in shown.err
        assert "runs/points-1/report.html" in shown.err
        assert "72 samples for training, 24 samples for validation and 24 samples for the test" in " ".join(
            shown.out.split()
        )
        folder = here / "runs" / "points-1"
        assert (folder / "problem.yaml").read_text() == MOONS
        assert len((folder / "history.jsonl").read_text().splitlines()) == 12
        report = (folder / "report.html").read_text()
        assert "<script" not in report
        assert "Two kinds: a training run" in report

    def test_json_is_the_contract(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["train", "points.yaml", "--json", "--quiet", "--no-keep", "--seed", "3"]) == ExitCode.DONE
        shown = capsys.readouterr()
        assert shown.err == ""
        data = json.loads(shown.out)
        assert list(data["epochs"][0])[:5] == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
        assert set(data["test"]) == {"loss", "accuracy"}
        assert data["stopped"] == "epochs"
        environment = data["environment"]
        assert (environment["engine"], environment["dtype"], environment["seed"]) == ("numpy", "float32", 3)
        assert not (here / "runs").exists()

    def test_a_picture_of_the_curves(self, here: Path) -> None:
        pytest.importorskip("matplotlib")
        assert main(["train", "points.yaml", "--plot", "curves.svg", "--epochs", "2", "-q"]) == ExitCode.DONE
        assert (here / "curves.svg").read_text().startswith("<?xml")
        assert (here / "runs" / "points-1" / "curves.png").read_bytes().startswith(b"\x89PNG")

    def test_a_trial_leaves_nothing_behind(self, here: Path) -> None:
        assert main(["train", "points.yaml", "--fast-dev-run", "-q"]) == ExitCode.DONE
        assert not (here / "runs").exists()

    def test_running_away_is_a_finding(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        text = MOONS.replace("sigmoid}]}", "linear}]}").replace("binary_cross_entropy", "mse").replace("0.05", "1e30")
        (here / "wild.yaml").write_text(text.replace("adam", "sgd"))
        assert main(["train", "wild.yaml"]) == ExitCode.FINDINGS
        assert "Training diverged" in capsys.readouterr().out

    def test_folds(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["train", "points.yaml", "--folds", "3", "-q", "--epochs", "3", "--json"]) == ExitCode.DONE
        assert len(json.loads(capsys.readouterr().out)["folds"]) == 3

    def test_folds_are_drawn_and_kept(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        pytest.importorskip("matplotlib")
        options = ["--folds", "2", "--epochs", "2", "--threads", "1", "--folder", "kept", "--plot", "folds.svg"]
        assert main(["train", "points.yaml", *options]) == ExitCode.DONE
        assert (here / "folds.svg").read_text().startswith("<?xml")
        assert [len(RunFolder(here / "kept" / f"fold-{k}").load_history()["epoch"]) for k in (1, 2)] == [2, 2]
        said = capsys.readouterr().err
        assert "wrote folds.svg" in said
        assert "the run of each fold is in a folder of its own in kept" in said

    def test_a_trial_of_folds(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        options = ["--folds", "2", "--fast-dev-run", "--no-keep", "--json"]
        assert main(["train", "points.yaml", *options]) == ExitCode.DONE
        folds = json.loads(capsys.readouterr().out)["folds"]
        assert [(fold["train"], fold["held_out"], fold["epochs"]) for fold in folds] == [(16, 16, 1), (16, 16, 1)]
        assert not (here / "runs").exists()

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            (["--resume"], ExitCode.MISUSE, "nothing to resume without a folder"),
            (["--folder", "nowhere", "--resume"], ExitCode.MISUSE, 'there is no run in "nowhere"'),
            (["--folds", "3", "--resume"], ExitCode.MISUSE, "--resume goes on with one run, and folds are several"),
            (["--folds", "3", "--tensorboard", "logs"], ExitCode.MISUSE, "with --folder each fold keeps a history.csv"),
            (["--engine", "numpy", "--epochs", "0"], ExitCode.MISUSE, "--epochs"),
        ],
    )
    def test_misuse(
        self, arguments: list[str], code: int, words: str, here: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["train", "points.yaml", *arguments]) == code
        assert words in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("x,1.0,other", "points.csv:5:1: expected a number in column `a`, read `x`"),
            ("1.0,other", "points.csv:5"),
            ("1.0,,other", "points.csv:5:5"),
        ],
    )
    def test_wrong_data_are_named_by_file_line_and_column(
        self, line: str, words: str, here: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lines = (here / "points.csv").read_text().splitlines()
        (here / "points.csv").write_text("\n".join([*lines[:4], line, *lines[5:]]))
        assert main(["train", "points.yaml"]) == ExitCode.UNREADABLE
        assert words in capsys.readouterr().err
        assert not (here / "runs").exists()


def started(arguments: list[str], where: Path) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "chalkgrad", *arguments]
    return subprocess.Popen(
        command, cwd=where, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def wait_for_epochs(process: subprocess.Popen[str], count: int) -> bool:
    """Until so many epochs were told of; the answer is whether the run goes on behind them."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("epoch"):
            count -= 1
        if count <= 0:
            return True
    return False


def final(folder: Path) -> dict[str, bytes]:
    """The weights and the memory of the optimizer that a run ended with."""
    return {name: array.tobytes() for name, array in RunFolder(folder).load_checkpoint().arrays.items()}


def losses(folder: Path) -> list[float]:
    with (folder / "history.csv").open() as file:
        return [float(row["loss"]) for row in csv.DictReader(file)]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
class TestBreakingOff:
    LONG = ("--epochs", "3000", "--engine", "numpy")

    def test_control_c_saves_and_says_how_to_go_on(self, here: Path) -> None:
        whole = started(["train", "points.yaml", "--folder", "whole", *self.LONG], here)
        process = started(["train", "points.yaml", "--folder", "broken", *self.LONG], here)
        assert wait_for_epochs(process, 5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
        assert process.returncode == ExitCode.INTERRUPTED
        assert "go on with: chalkgrad train points.yaml --folder broken --resume" in err
        assert main(["train", "points.yaml", "--folder", "broken", "--resume", "-q", *self.LONG]) == ExitCode.DONE
        whole.communicate()
        assert final(here / "broken") == final(here / "whole")
        assert losses(here / "broken") == losses(here / "whole")

    def test_a_killed_run_goes_on_to_the_same_bits(self, here: Path) -> None:
        whole = started(["train", "points.yaml", "--folder", "whole", *self.LONG], here)
        waits = random.Random(0)
        arguments = ["train", "points.yaml", "--folder", "broken", *self.LONG]
        for _ in range(3):
            resume = ["--resume"] if (here / "broken" / "checkpoint.safetensors").exists() else []
            process = started([*arguments, *resume], here)
            if wait_for_epochs(process, 1):
                time.sleep(waits.uniform(0, 2.5))
            process.kill()
            process.communicate()
        assert main([*arguments, "--resume", "-q"]) == ExitCode.DONE
        whole.communicate()
        assert final(here / "broken") == final(here / "whole")
        assert losses(here / "broken") == losses(here / "whole")


class TestCompare:
    def test_a_table_and_a_sentence(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        arguments = ["compare", "points.yaml", "--over", "activation=relu,tanh", "--seeds", "2", "--epochs", "2"]
        assert main([*arguments, "--parallel", "1", "-q"]) == ExitCode.DONE
        out = capsys.readouterr().out
        assert "overlap" in out or "is better than" in " ".join(out.split())
        assert "tanh" in out

    def test_a_slip(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["compare", "points.yaml", "--over", "activation"]) == ExitCode.MISUSE
        assert main(["compare", "points.yaml", "--over", "activatoin=relu"]) == ExitCode.MISUSE
        assert "activation" in capsys.readouterr().err


class TestTheOthers:
    def test_describe(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["describe", "points.yaml"]) == ExitCode.DONE
        assert "25 parameters" in capsys.readouterr().out

    def test_find_rate(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["find-rate", "points.yaml", "--steps", "30", "--json", "-q"]) == ExitCode.DONE
        assert json.loads(capsys.readouterr().out)["suggested"] > 0

    def test_landscape(self, here: Path) -> None:
        pytest.importorskip("matplotlib")
        arguments = ["landscape", "points.yaml", "--epochs", "2", "--points", "7", "--plot", "l.png", "-q"]
        assert main(arguments) == ExitCode.DONE
        assert (here / "l.png").read_bytes().startswith(b"\x89PNG")

    def test_an_exported_script_prints_the_first_losses_of_the_run(
        self, here: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert (
            main(["export", "points.yaml", "--to", "numpy", "--out", "scripts", "--steps", "5", "-q"]) == ExitCode.DONE
        )
        script = here / "scripts" / "points_numpy.py"
        done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
        printed = [float(line.split()[-1]) for line in done.stdout.splitlines() if line.startswith("step")]
        assert main(["train", "points.yaml", "--epochs", "1", "--json", "-q", "--dtype", "float64", "--no-keep"]) == 0
        first = json.loads(capsys.readouterr().out)["epochs"][0]["loss"]
        # 72 samples are four batches of 16 and one of 8; the loss of an epoch is their weighted mean.
        assert first == pytest.approx(numpy.average(printed, weights=[16, 16, 16, 16, 8]), rel=1e-9)


class TestNewSamples:
    @pytest.fixture
    def run(self, here: Path) -> Path:
        assert main(["train", "points.yaml", "-q", "--folder", "run"]) == ExitCode.DONE
        return here

    def test_predictions_as_a_table_that_no_spreadsheet_runs(
        self, run: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        capsys.readouterr()
        (run / "new.csv").write_text("b,a\n3,3\n-3,-3\n")
        assert main(["predict", "run", "new.csv"]) == ExitCode.DONE
        rows = list(csv.reader(capsys.readouterr().out.splitlines()))
        assert [row[0] for row in rows] == ["prediction", "'=one", "other"]

    def test_a_file_is_replaced_only_with_force(self, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (run / "new.csv").write_text("a,b\n3,3\n")
        assert main(["predict", "run", "new.csv", "--out", "said.json", "-q"]) == ExitCode.DONE
        assert json.loads((run / "said.json").read_text())[0]["prediction"] == "=one"
        assert main(["predict", "run", "new.csv", "--out", "said.json"]) == ExitCode.MISUSE
        assert main(["predict", "run", "new.csv", "--out", "said.json", "--force"]) == ExitCode.DONE

    def test_scores(self, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
        capsys.readouterr()
        assert main(["evaluate", "run", "points.csv", "--json"]) == ExitCode.DONE
        found = json.loads(capsys.readouterr().out)
        assert found["accuracy"] > 0.9

    def test_a_label_never_seen_is_named(self, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (run / "new.csv").write_text("a,b,kind\n1,2,blue\n")
        assert main(["evaluate", "run", "new.csv"]) == ExitCode.UNREADABLE
        assert (
            "new.csv:2:5: `blue` in column `kind` is none of the classes that were learned" in capsys.readouterr().err
        )

    def test_a_run_is_exported(self, run: Path) -> None:
        pytest.importorskip("onnx")
        assert main(["export", "run", "--to", "onnx", "--out", "models", "-q"]) == ExitCode.DONE
        assert (run / "models" / "run.onnx").stat().st_size > 0
