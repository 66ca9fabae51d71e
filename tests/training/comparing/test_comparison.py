"""What a comparison says of its runs: the measure, the table, the notes, the document."""

import json
import math
from typing import Any

import pytest

from chalkgrad.render import write
from chalkgrad.render.document import Table
from chalkgrad.training.comparing.comparison import Comparison, Measure, Row
from chalkgrad.training.comparing.outcome import Outcome
from chalkgrad.training.comparing.settings import grid


def outcome(accuracy: float | None, loss: float = 0.5, part: str = "test") -> Outcome:
    scores = {"loss": loss} | ({} if accuracy is None else {"accuracy": accuracy})
    history = {"epoch": [1, 2], "loss": [1.0, loss], "val_loss": [1.1, loss], "seconds": [0.5, 0.5]}
    return Outcome("epochs", {"train": scores, part: scores}, history, epochs=2, best_epoch=2, seconds=1.0)


def compared(over: dict[str, list[Any]], results: dict[str, list[Outcome]], is_done: bool = True) -> Comparison:
    """A comparison of known results, by the name of the setting."""
    settings = grid(over)
    rows = [Row(s, seed, each) for s in settings for seed, each in enumerate(results[s.name])]
    seeds = range(max(len(found) for found in results.values()))
    texts = {key: [setting.texts[key] for setting in settings] for key in over}
    return Comparison(
        "Digits", {k: list(dict.fromkeys(v)) for k, v in texts.items()}, settings, list(seeds), rows, is_done
    )


GOOD = [outcome(0.973, 0.1), outcome(0.978, 0.12)]
BAD = [outcome(0.951, 0.2), outcome(0.960, 0.21)]
FAILED = [Outcome("diverged", code="diverged", reason="the loss became nan in step 1 of epoch 1")] * 2


class TestTheMeasure:
    def test_test_goes_before_validation_and_validation_before_training(self) -> None:
        for part, words in (("test", "test"), ("validation", "validation"), ("train", "training")):
            found = compared({"batch": [1]}, {"1": [outcome(0.9, part=part)]})
            assert str(found.measure) == f"{words} accuracy"

    def test_accuracy_counts_only_where_every_run_has_one(self) -> None:
        found = compared({"loss": ["mse", "mae"]}, {"mse": [outcome(0.9)], "mae": [outcome(None)]})
        assert found.measure == Measure("test", "loss")

    def test_failed_runs_do_not_decide(self) -> None:
        found = compared({"batch": [1, 2]}, {"1": GOOD, "2": FAILED})
        assert found.measure == Measure("test", "accuracy")

    def test_different_losses_are_not_held_against_one_another(self) -> None:
        found = compared({"loss": ["mse", "mae"]}, {"mse": [outcome(None)] * 2, "mae": [outcome(None, 0.1)] * 2})
        assert (
            found.conclusion == "The settings have different losses, whose values cannot be held against one another."
        )
        assert found.data()["better"] == []
        assert {row["standing"] for row in found.table()} == {""}

    def test_different_losses_are_judged_by_accuracy(self) -> None:
        found = compared({"loss": ["cross_entropy", "mse"]}, {"cross_entropy": GOOD, "mse": BAD})
        assert "cross_entropy (0.973 to 0.978) is better than mse" in found.conclusion

    def test_a_value_that_is_not_finite_is_a_failed_run(self) -> None:
        found = compared({"batch": [1, 2]}, {"1": [outcome(None, math.inf)] * 2, "2": [outcome(None)] * 2})
        row = next(row for row in found.table() if row["name"] == "1")
        assert (row["failed"], row["reasons"]) == (2, ["its result is not finite"])


class TestTheTable:
    def test_settings_stand_in_their_order_with_mean_and_spread(self) -> None:
        found = compared({"activation": ["sigmoid", "big", "relu"]}, {"sigmoid": BAD, "big": FAILED, "relu": GOOD})
        rows = found.table()
        assert [(row["name"], row["standing"]) for row in rows] == [
            ("relu", "best"),
            ("sigmoid", "worse"),
            ("big", "failed"),
        ]
        best = rows[0]
        assert best["mean"] == pytest.approx(0.9755)
        assert (best["lowest"], best["highest"]) == (0.973, 0.978)
        assert best["deviation"] == pytest.approx(0.0035355, abs=1e-6)
        assert best["loss"] == pytest.approx(0.11)
        assert (best["epochs"], best["seconds"], best["runs"], best["failed"]) == (2, 1.0, 2, 0)

    def test_one_seed_gives_no_standing(self) -> None:
        found = compared({"activation": ["sigmoid", "relu"]}, {"sigmoid": BAD[:1], "relu": GOOD[:1]})
        assert {row["standing"] for row in found.table()} == {""}

    def test_seeds_that_change_nothing_are_no_spread(self) -> None:
        same = [outcome(0.9, 0.1)] * 3
        found = compared({"activation": ["sigmoid", "relu"]}, {"sigmoid": [outcome(0.8, 0.2)] * 3, "relu": same})
        assert found.seeds_change_nothing
        assert found.conclusion.startswith("The seeds change nothing in these runs")
        assert found.conclusion.endswith("relu has the highest test accuracy (0.900).")
        assert {row["standing"] for row in found.table()} == {""}
        assert not compared({"activation": ["sigmoid", "relu"]}, {"sigmoid": BAD, "relu": same}).seeds_change_nothing

    def test_data_are_plain_json(self) -> None:
        found = compared({"activation": ["sigmoid", "big", "relu"]}, {"sigmoid": BAD, "big": FAILED, "relu": GOOD})
        data = json.loads(json.dumps(found.data(), allow_nan=False))
        assert data["better"] == [["relu", "sigmoid"]]
        assert data["measure"] == {"part": "test", "name": "accuracy"}
        assert len(data["runs"]) == 6
        assert data["runs"][0]["setting"] == {"activation": "sigmoid"}
        assert data["runs"][0]["history"]["loss"] == [1.0, 0.2]

    def test_curves_are_the_histories(self) -> None:
        found = compared({"activation": ["sigmoid", "relu"]}, {"sigmoid": BAD, "relu": GOOD})
        assert [history["loss"] for history in found.curves["relu"]] == [[1.0, 0.1], [1.0, 0.12]]
        assert found.curve_key == "val_loss"


class TestTheNotes:
    def notes(self, over: dict[str, list[Any]], results: dict[str, list[Outcome]]) -> str:
        return " ".join(compared(over, results).notes)

    def test_they_say_what_was_the_same_and_how_it_was_judged(self) -> None:
        notes = self.notes({"activation": ["sigmoid", "relu"]}, {"sigmoid": BAD, "relu": GOOD})
        assert "the same 2 seeds" in notes
        assert "the same samples train and test in all runs" in notes
        assert "where the ranges overlap, no difference is shown" in notes
        assert "2 seeds are few" in notes
        assert "scale that fits the activation" in notes

    def test_the_test_part_was_used_up(self) -> None:
        over, results = {"batch": [1, 2]}, {"1": GOOD, "2": BAD}
        assert "a little too good" in self.notes(over, results)
        by_validation = {name: [outcome(0.9, part="validation")] * 2 for name in "12"}
        assert "a little too good" not in self.notes(over, by_validation)

    def test_what_differs_beside_the_key_is_said(self) -> None:
        results = {"adam": GOOD, "sgd": BAD}
        assert "at one learning rate" in self.notes({"optimizer": ["adam", "sgd"]}, results)
        assert "smaller batches take more steps" in self.notes({"batch": [1, 2]}, {"1": GOOD, "2": BAD})

    def test_enough_seeds_are_not_called_few(self) -> None:
        assert "are few" not in self.notes({"batch": [1, 2]}, {"1": GOOD * 3, "2": BAD * 3})


class TestTwoKeys:
    def test_each_is_judged_within_the_other(self) -> None:
        results = {
            "activation relu with batch 1": GOOD,
            "activation relu with batch 8": GOOD,
            "activation sigmoid with batch 1": BAD,
            "activation sigmoid with batch 8": BAD,
        }
        found = compared({"activation": ["relu", "sigmoid"], "batch": [1, 8]}, results)
        assert found.effects == [
            "activation: relu is better than sigmoid with every batch.",
            "batch: no difference between 1 and 8 is shown with any activation.",
        ]

    def test_one_key_has_no_effects_of_its_own(self) -> None:
        assert compared({"batch": [1, 2]}, {"1": GOOD, "2": BAD}).effects == []


class TestTheDocument:
    def found(self, **keys: Any) -> Comparison:
        return compared(
            {"activation": ["sigmoid", "big", "relu"]}, {"sigmoid": BAD, "big": FAILED, "relu": GOOD}, **keys
        )

    def test_the_conclusion_stands_first(self) -> None:
        text = write(self.found().document(pictures=False), "text")
        assert isinstance(text, str)
        assert text.index("is better than") < text.index("0.976") < text.index("the loss became nan")
        assert "failed in 2 of 2" in " ".join(text.split())
        assert "0.973–0.978" in text

    def test_the_columns_that_matter_stand_first(self) -> None:
        table = next(block for block in self.found().document(pictures=False).blocks if isinstance(block, Table))
        titles = [str(*title) for title in table.header]
        assert titles == ["activation", "test accuracy", "range", "standing", "sd", "loss", "epochs", "seconds"]
        assert [str(*row[3]) for row in table.rows] == ["best", "worse", "failed in 2 of 2"]

    def test_a_range_below_zero_has_no_dash_before_its_minus(self) -> None:
        losses = {str(k): [outcome(None, k - 1.5), outcome(None, k - 1.25)] for k in (1, 2)}
        text = write(compared({"batch": [1, 2]}, losses).document(pictures=False), "text")
        assert "-0.5 to -0.25" in text.replace("−", "-")
        assert "0.5–0.75" in text

    def test_keys_are_code_in_the_document_and_plain_in_data(self) -> None:
        page = write(self.found().document(pictures=False), "html")
        assert "Unless <code>initial</code> is written" in page
        assert any(note.startswith("Unless `initial` is written") for note in self.found().data()["notes"])

    def test_an_interruption_is_said(self) -> None:
        assert "Interrupted: 6 of 6 runs are done." in write(self.found(is_done=False).document(pictures=False), "md")

    def test_without_any_result_there_is_still_a_page(self) -> None:
        found = compared({"batch": [1]}, {"1": FAILED})
        assert "nothing can be concluded" in write(found.document(), "md")
        nothing = Comparison("Digits", {"batch": ["1"]}, grid({"batch": [1]}), [0], [], is_done=False)
        assert "nothing can be concluded" in write(nothing.document(), "md")

    def test_it_has_pictures(self) -> None:
        pytest.importorskip("matplotlib")
        page = write(self.found().document(), "html")
        assert isinstance(page, str)
        assert page.count("<img") == 2

    def test_many_settings_are_drawn_in_part_and_listed_in_full(self) -> None:
        pytest.importorskip("matplotlib")
        results = {str(k): [outcome(0.9 - k / 100), outcome(0.905 - k / 100)] for k in range(12)}
        found = compared({"units": list(range(12))}, results)
        assert len(found.plot().axes[0].lines) == 8
        assert "Only the best 8 of 12 settings are drawn." in write(found.document(), "html")
        assert len(found.table()) == 12
