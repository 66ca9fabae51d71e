"""The verbs that a Python user calls, and the pages that they give back."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy
import pytest

import chalkgrad
from chalkgrad.api import Page, Problem, bundled_problems, read, read_text, schema, solve, starter
from chalkgrad.errors import ChalkgradError, ProblemError, UsageError
from chalkgrad.problems import problem_names, problem_text

FORMATS = ["text", "md", "tex", "html", "typ", "json"]
KEYS: dict[str, Any] = {
    "formula": "p = x w",
    "loss": "half_sse",
    "data": [{"x": [2], "y": 1}],
    "given": {"w": 3},
    "optimizer": {"name": "sgd", "learning_rate": 0.1},
}


class TestSolve:
    def test_takes_a_name_a_path_keys_or_a_problem(self, tmp_path):
        path = tmp_path / "p.yaml"
        path.write_bytes(problem_text("parabola") or b"")
        expected = str(solve("parabola"))
        assert str(solve(path)) == str(solve(str(path))) == str(solve(read("parabola"))) == expected
        assert solve(KEYS).passed

    def test_by_hand(self):
        # p = 6, L = (6 − 1)²/2 = 12.5, ∂L/∂w = (6 − 1) · 2 = 10, w = 3 − 0.1 · 10 = 2, L after = 4.5
        (step,) = solve(KEYS).data()["steps"]
        assert step["loss"] == 12.5
        assert step["gradients"] == {"w": 10}
        assert step["parameters_after"] == {"w": 2}
        assert solve(KEYS).data()["loss_after"] == 4.5

    def test_one_sample_alone(self):
        # p = 3 · 3 = 9, L = (9 − 2)²/2 = 24.5, ∂L/∂w = 7 · 3 = 21
        problem = {**KEYS, "data": [{"x": [2], "y": 1}, {"x": [3], "y": 2}], "epochs": 7, "batch": 1}
        solution = solve(problem, sample=1)
        (step,) = solution.data()["steps"]
        assert (step["samples"], step["loss"], step["gradients"]) == ([1], 24.5, {"w": 21})
        assert "Step 1: sample 2" in str(solution)
        assert solve(problem, sample=[1, 0]).data()["steps"][0]["samples"] == [1, 0]

    @pytest.mark.parametrize("units", ["h1_1, w^(1)_{2,1}", ["h1_1", "w^(1)_21"], ["h1_1,w^(1)_21"]])
    def test_units_by_their_names(self, units):
        problem = Problem.from_layers(2, [{"units": 2}, {"units": 1}], loss="mse", data=[{"x": [1, 2], "y": 3}])
        (step,) = solve(problem, units=units).data()["steps"]
        assert list(step["forward"]) == ["z_h1_1", "h1_1"]
        assert list(step["gradients"]) == ["w^(1)_11", "w^(1)_21", "b^(1)_1"]

    @pytest.mark.parametrize("as_folder", [False, True])
    def test_weights_of_a_run(self, tmp_path, as_folder):
        from chalkgrad.training.keeping.weights import save_weights

        path = tmp_path / "weights.safetensors"
        save_weights(path, {"w": numpy.array(5.0)}, {})
        solution = solve(KEYS, weights=tmp_path if as_folder else path)
        # p = 10, ∂L/∂w = 9 · 2 = 18, w = 5 − 1.8
        assert solution.data()["steps"][0]["parameters_after"] == {"w": pytest.approx(3.2, rel=1e-15)}
        said = " ".join(str(solution).split())
        # A long path is broken where the line ends.
        assert f"thosein{tmp_path if as_folder else path},not".replace(" ", "") in said.replace(" ", "")
        assert "the optimizer starts anew, with nothing in its memory" in said

    def test_weights_from_memory(self):
        data = solve(KEYS, weights={"w": 5}).data()
        assert data["steps"][0]["forward"] == {"p": 10}
        assert data["remarks"] == [
            "The parameters are those handed over, not the starting values of the problem; the optimizer starts anew, "
            "with nothing in its memory."
        ]

    @pytest.mark.parametrize(
        ("options", "code", "message"),
        [
            ({"sample": 2}, "no-such-sample", "there is no sample 2: there is 1, counted from 0"),
            ({"sample": -1}, "no-such-sample", "there is no sample -1: there is 1, counted from 0"),
            ({"units": "q"}, "no-such-unit", 'there is no unit "q"'),
            (
                {"units": "p", "view": "matrix"},
                "units-by-matrix",
                "units are shown unit by unit, and not matrix by matrix",
            ),
            ({"weights": {}}, "wrong-values", "there are no values for w"),
        ],
    )
    def test_what_cannot_be_shown(self, options, code, message):
        with pytest.raises(UsageError) as caught:
            solve(KEYS, **options)
        assert (caught.value.code, caught.value.faults[0].message) == (code, message)

    def test_weights_of_another_network(self, tmp_path):
        from chalkgrad.training.keeping.weights import save_weights

        save_weights(tmp_path / "other.safetensors", {"W1": numpy.ones((2, 2))}, {})
        with pytest.raises(ProblemError) as caught:
            solve(KEYS, weights=tmp_path / "other.safetensors")
        assert [fault.code for fault in caught.value.faults] == ["parameter-missing", "parameter-unknown"]

    @pytest.mark.parametrize("view", ["matrix", "units", "both"])
    @pytest.mark.parametrize("detail", ["short", "normal", "full"])
    def test_views_and_details(self, view, detail):
        text = str(solve("sigmoid-2-2-2", view=view, detail=detail))
        assert ("in matrix form" in text) == (view == "both")
        assert ("δ_h1" in text) == (view != "matrix")
        assert ("Logistic sigmoid, values in (0, 1)." in text) == (detail != "short")
        assert ("What the problem leaves open" in text) == (detail != "short")

    def test_full_detail_works_out_the_terms_of_a_sum(self):
        text = " ".join(str(solve("sigmoid-2-2-2", view="units", detail="full")).split())
        assert "0.0075 + 0.02 + 0.35" in text
        assert "0.0075 + 0.02 + 0.35" not in " ".join(str(solve("sigmoid-2-2-2", view="units")).split())

    @pytest.mark.parametrize(
        ("round_to", "shown"),
        [
            (2, "1/(1 + e^{−0.38}) ≈ 0.59"),
            (6, "1/(1 + e^{−0.3775}) ≈ 0.593270"),
            ("3 significant", "1/(1 + e^{−0.378}) ≈ 0.593"),
        ],
    )
    def test_rounding(self, round_to, shown):
        assert shown in str(solve("sigmoid-2-2-2", round=round_to, view="units"))

    def test_carrying_rounded_numbers_says_so(self):
        text = " ".join(str(solve("sigmoid-2-2-2", carry="rounded")).split())
        assert "Every printed number is rounded, and the next line goes on with the printed number." in text

    @pytest.mark.parametrize(
        ("wrong", "code", "hint"),
        [
            ({"view": "matrx"}, "unknown-view", 'did you mean "matrix"?'),
            ({"view": ""}, "unknown-view", "one of matrix, units, both"),
            ({"detail": "ful"}, "unknown-detail", 'did you mean "full"?'),
            ({"carry": "round"}, "unknown-carry", 'did you mean "rounded"?'),
        ],
    )
    def test_what_it_does_not_do_is_refused(self, wrong, code, hint):
        with pytest.raises(UsageError) as caught:
            solve("parabola", **wrong)
        (fault,) = caught.value.faults
        assert (fault.code, fault.hint) == (code, hint)

    @pytest.mark.parametrize("wrong", [-1, 41, "0 significant", "four", True, 2.5])
    def test_impossible_rounding(self, wrong):
        with pytest.raises(ProblemError) as caught:
            solve("parabola", round=wrong)
        assert caught.value.code == "bad-rounding"

    def test_an_unknown_name(self):
        with pytest.raises(ChalkgradError) as caught:
            solve("parabol")
        assert "parabola" in caught.value.faults[0].hint

    def test_numpy_arrays_as_data(self):
        weights = numpy.array([[0.25, -0.5], [1, 2]])
        keys = {
            "formula": "p = tanh(x W)",
            "loss": "half_sse",
            "data": [{"x": numpy.array([1.0, 2.0]), "y": numpy.array([0, 1])}],
            "given": {"W": weights},
        }
        (step,) = solve(keys).data()["steps"]
        row = numpy.array([1.0, 2.0])
        p = numpy.tanh(row @ weights)
        expected = numpy.outer(row, (p - [0, 1]) * (1 - p**2))
        numpy.testing.assert_allclose(step["gradients"]["W"], expected, rtol=1e-13)

    def test_nodes(self):
        w, x = chalkgrad.variable("w"), chalkgrad.variable("x")
        solution = solve(Problem.from_nodes({"f": w * x + 1}, given={"w": 2, "x": 3}, differentiate={"f": ["w"]}))
        assert solution.data()["steps"][0]["gradients"] == {"w": 3}

    def test_repr(self):
        assert repr(solve("parabola")) == (
            "<solution of 'Gradient descent that only oscillates': 6 steps, checks passed>"
        )


class TestThreads:
    def test_eight_at_once_give_what_one_alone_does(self):
        names = [name for name in problem_names() if name != "digits"]
        alone = {name: solve(name).write("json") for name in names}
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda name: (name, solve(name).write("json")), names))
        assert dict(together) == alone


class TestPage:
    page = staticmethod(lambda: solve("parabola"))

    @pytest.mark.parametrize("format", FORMATS)
    def test_every_format(self, format):
        text = self.page().write(format)
        assert isinstance(text, str)
        assert "Gradient descent that only oscillates" in text

    def test_pdf(self):
        pytest.importorskip("typst")
        assert bytes(self.page().write("pdf")).startswith(b"%PDF")

    def test_json_is_the_data(self):
        assert json.loads(str(self.page().write("json"))) == self.page().data()

    def test_an_unknown_format(self):
        with pytest.raises(UsageError) as caught:
            self.page().write("docx")
        assert caught.value.code == "unknown-format"

    @pytest.mark.parametrize("ending", ["txt", "md", "tex", "html", "typ", "json", ""])
    def test_save_goes_by_the_ending(self, tmp_path, ending):
        path = tmp_path / f"solution.{ending}" if ending else tmp_path / "solution"
        assert self.page().save(path) == path
        expected = self.page().write({"txt": "text", "": "text"}.get(ending, ending))
        assert path.read_text(encoding="utf-8") == expected

    def test_save_takes_text_for_a_path(self, tmp_path):
        target = self.page().save(str(tmp_path / "a.md"))
        assert isinstance(target, Path)
        assert target.exists()

    def test_str_is_text(self):
        assert str(self.page()) == self.page().write("text")

    def test_show_prints(self, capsys):
        self.page().show(80)
        assert "J = w² = (−2)² = 4" in capsys.readouterr().out

    def test_in_a_notebook_it_is_a_frame_of_its_own(self):
        shown = self.page()._repr_html_()
        assert shown.startswith("<iframe srcdoc=")
        assert "sandbox" in shown
        assert "<script" not in shown
        assert self.page()._repr_markdown_() == self.page().write("md")

    def test_is_made_once(self):
        made: list[int] = []

        def make() -> Any:
            made.append(1)
            return solve("parabola").document()

        page = Page(make, dict)
        page.write("text")
        page.write("md")
        assert made == [1]


class TestLookingUp:
    def test_bundled_problems_have_titles(self):
        found = dict(bundled_problems())
        assert list(found) == list(problem_names())
        assert found["parabola"] == "Gradient descent that only oscillates"

    @pytest.mark.parametrize("kind", ["network", "formula"])
    def test_a_starter_solves(self, kind):
        assert solve(read_text(starter(kind))).passed

    def test_an_unknown_starter(self):
        with pytest.raises(UsageError) as caught:
            starter("netwrk")
        assert caught.value.code == "unknown-kind"
        assert caught.value.faults[0].hint == 'did you mean "network"?'

    def test_the_schema_is_one(self):
        jsonschema = pytest.importorskip("jsonschema")
        jsonschema.Draft202012Validator.check_schema(schema())

    def test_read_text_names_its_source_in_faults(self):
        with pytest.raises(ProblemError) as caught:
            read_text("network: 3\n", "homework.yaml")
        assert all(fault.place and fault.place.source == "homework.yaml" for fault in caught.value.faults)
