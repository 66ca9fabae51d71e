"""Measures what is left of a run when its process is killed: `kill -9` at random moments while it saves.

A process saves one checkpoint after the other, and tells of each that is done. It is killed, the folder is read, and
the next process goes on from there. Each time the checkpoint must be whole, arrays, progress and history must be of one
epoch, and that must be the last epoch that was told of, or the one after it. `--plain` writes in the plain way instead,
to show what that would lose. `--runs` kills `chalkgrad train` instead, resumes it after each kill, and compares the
bits that it ends with. The exit code is 1 if anything was broken or lost.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from chalkgrad.errors import ChalkgradError
from chalkgrad.training.keeping import checkpoint as checkpoint_file
from chalkgrad.training.keeping.checkpoint import Checkpoint
from chalkgrad.training.keeping.folder import RunFolder

KINDS = ("parameter:W1", "m:W1", "v:W1", "best:W1")
LONGEST_WAIT = 0.06  # seconds; a save takes some thousandths, so that every moment of it is met


def main() -> int:
    """Kill again and again, and print what was found."""
    asked = arguments()
    if asked.save is not None:
        return save_without_end(asked.save, asked.plain)
    kills = asked.kills or (6 if asked.quick else 50)
    if asked.runs:
        return kill_runs(kills, asked.seed)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "run")
        waits = random.Random(asked.seed)
        epochs, faults = 0, []
        for _ in range(kills):
            told = killed_after(folder, waits.uniform(0, LONGEST_WAIT), asked.plain)
            if fault := what_is_wrong(folder, told):
                faults.append(fault)
                for path in folder.iterdir():  # begin again from nothing
                    path.unlink()
            epochs += len(told)
    way = "in the plain way" if asked.plain else "whole or not at all"
    print(f"{kills} kills while saving {way}: {epochs} saves, {len(faults)} times broken or lost")
    for fault in faults:
        print(f"    {fault}")
    return bool(faults)


def arguments() -> argparse.Namespace:
    """The options."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--kills", type=int, help="how many (50)")
    reader.add_argument("--quick", action="store_true", help="few kills: to see that it runs, not to quote")
    reader.add_argument("--seed", type=int, default=0, help="fixes how long each process may live")
    reader.add_argument("--plain", action="store_true", help="write in the plain way, to see what that loses")
    reader.add_argument("--runs", action="store_true", help="kill real runs, resume them, and compare their last bits")
    reader.add_argument("--save", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    return reader.parse_args()


def killed_after(folder: Path, seconds: float, plain: bool) -> list[int]:
    """Start a process that saves, kill it so long after its first save, and give the epochs it told of."""
    command = [sys.executable, __file__, "--save", str(folder), *(["--plain"] if plain else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        lines = [first, *process.stdout.read().splitlines(keepends=True)]
    return [int(line) for line in lines if line.endswith("\n")]


PROBLEM = """\
title: Killed again and again
network: {input: 2, layers: [{units: 16, activation: tanh, dropout: 0.2}, {units: 1, activation: sigmoid}]}
loss: binary_cross_entropy
data: {npz: points.npz}
split: {validation: 0.2}
optimizer: {name: adam, learning_rate: 0.01}
batch: 16
"""
# A process trains for up to three seconds before it is killed, and saves every two; the run must last for all of them.
EPOCHS_A_KILL = 250


def kill_runs(kills: int, seed: int) -> int:
    """Kill a run of training at random moments, go on with it each time, and compare it with one left alone."""
    waits = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        chance = np.random.default_rng(0)
        x = chance.normal(size=(400, 2))
        np.savez(home / "points.npz", x=x, y=(x[:, :1] * x[:, 1:] > 0).astype(float))
        (home / "points.yaml").write_text(PROBLEM)
        epochs = ["--epochs", str(EPOCHS_A_KILL * kills)]
        train = [sys.executable, "-m", "chalkgrad", "train", "points.yaml", "--engine", "numpy", *epochs]
        done = killed = 0
        while killed < kills and done != EPOCHS_A_KILL * kills:
            resume = ["--resume"] if RunFolder(home / "broken").has_checkpoint else []
            command = [*train, "--folder", "broken", *resume]
            with subprocess.Popen(command, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
                assert process.stderr is not None
                process.stderr.readline()  # the first epoch that is told of: now it trains
                time.sleep(waits.uniform(0, 3))
                process.kill()
            killed += 1
            if RunFolder(home / "broken").has_checkpoint:
                done = RunFolder(home / "broken").load_checkpoint().progress["epoch"]
        for folder in ("broken", "whole"):
            resume = ["--resume"] if RunFolder(home / folder).has_checkpoint else []
            command = [*train, "--quiet", "--folder", folder, *resume]
            subprocess.run(command, cwd=home, stdout=subprocess.DEVNULL, check=True)
        one, other = (RunFolder(home / folder).load_checkpoint() for folder in ("broken", "whole"))
        same = all(one.arrays[name].tobytes() == array.tobytes() for name, array in other.arrays.items())
    print(f"{killed} kills of a run, up to epoch {done} of {EPOCHS_A_KILL * kills}; then taken to its end")
    print(
        "its last bits are those of a run that was left alone"
        if same
        else "its last bits DIFFER from those of a run left alone"
    )
    return not same


def what_is_wrong(folder: Path, told: list[int]) -> str:
    """What is broken or lost in a folder, in words; empty where all is well.

    Args:
        folder: the folder of the run.
        told: the epochs that were told to be saved.
    """
    run = RunFolder(folder)
    if not told:
        return "the process saved nothing"
    try:
        found = run.load_checkpoint()
        history = run.load_history(found.rows)
    except ChalkgradError as error:
        return error.faults[0].message
    epoch = found.progress["epoch"]
    if epoch not in (told[-1], told[-1] + 1):
        return f"epoch {told[-1]} was saved, and epoch {epoch} is there"
    wanted = state(epoch)
    if found.progress != wanted.progress or history != history_of(epoch):
        return f"progress or history are not those of epoch {epoch}"
    if any(found.arrays[name].tobytes() != wanted.arrays[name].tobytes() for name in KINDS):
        return f"the arrays are not those of epoch {epoch}"
    return ""


def state(epoch: int) -> Checkpoint:
    """A checkpoint in which every number tells of its epoch; about 800 kB, as of a network for digits."""
    arrays = {name: np.full((200, 256), epoch + 0.1 * place, np.float32) for place, name in enumerate(KINDS)}
    return Checkpoint(arrays, {"epoch": epoch, "loss": 1 / epoch})


def history_of(epochs: int) -> dict[str, list[Any]]:
    """The history that belongs to it."""
    return {"epoch": list(range(1, epochs + 1)), "loss": [1 / epoch for epoch in range(1, epochs + 1)]}


def save_without_end(folder: Path, plain: bool) -> int:
    """Save one epoch after the other, going on from what is there, and tell of each."""
    run = RunFolder(folder)
    if plain:
        checkpoint_file.write_whole = lambda path, content: Path(path).write_bytes(content)  # type: ignore[assignment]
    with run.held():
        epoch = run.load_checkpoint().progress["epoch"] if run.has_checkpoint else 0
        while True:
            epoch += 1
            run.save(state(epoch), history_of(epoch))
            print(epoch, flush=True)


if __name__ == "__main__":
    sys.exit(main())
