"""Numbers that are meant as they stand, and numbers that are not."""

from pathlib import Path

import chalkgrad

ADAM = """
title: One step of Adam
network:
  input: [x1]
  layers:
    - {units: [h1, h2], activation: tanh, weights: [[w1], [w2]], bias: none}
    - {units: [o], activation: linear, weights: [[w3, w4]], bias: none}
loss: half_sse
data:
  - {x: [1.2], y: 0.9}
given: {w1: 0.43, w2: -0.67, w3: 0.58, w4: -0.31}
optimizer: {name: adam, learning_rate: 0.05, beta1: 0.9, beta2: 0.99, epsilon: 0.01}
"""


def problem_in(folder: Path) -> Path:
    path = folder / "adam.yaml"
    path.write_text(ADAM, encoding="utf-8")
    return path


def gradients(path: Path) -> dict[str, float]:
    page = "\n".join(f"dL/dw{n} = 9.9999" for n in range(1, 5))
    return {c.quantity[-2:]: float(c.expected) for c in chalkgrad.mark(path, page).claims if c.expected is not None}


def said(path: Path, text: str) -> list[tuple[str, str, str]]:
    return [(c.quantity, c.verdict.value, c.cause) for c in chalkgrad.mark(path, text).claims]


class TestAMissingBiasCorrectionIsTenTimesTooSmall:
    def test_one_alone_looks_like_a_moved_point(self, tmp_path: Path) -> None:
        path = problem_in(tmp_path)
        slope = gradients(path)["w3"]
        assert said(path, f"m_hat_w3 = {slope / 10:.5f}") == [("m_hat(w3)", "unread", "")]

    def test_several_bear_it_out(self, tmp_path: Path) -> None:
        path = problem_in(tmp_path)
        page = "\n".join(f"m_hat_{name} = {slope / 10:.5f}" for name, slope in gradients(path).items())
        found = said(path, page)
        assert found[0][1:] == ("wrong", "no-bias-correction")
        assert not [verdict for _, verdict, _ in found if verdict == "unread"]

    def test_the_letters_of_the_line_bear_it_out(self, tmp_path: Path) -> None:
        path = problem_in(tmp_path)
        slope = gradients(path)["w3"]
        found = said(path, f"m_hat_w3 = m_w3 = {slope / 10:.5f}")
        assert found == [("m_hat(w3)", "wrong", "no-bias-correction")]

    def test_two_points_that_moved_otherwise_are_no_slip(self, tmp_path: Path) -> None:
        path = problem_in(tmp_path)
        slopes = gradients(path)
        page = f"m_hat_w3 = {slopes['w3'] * 10:.4f}\nm_hat_w4 = {slopes['w4'] / 100:.6f}"
        assert [verdict for _, verdict, _ in said(path, page)] == ["unread", "unread"]


class TestANumberThatOneOfSeveralCarriesOn:
    PAGE = "out_1 = 0.7514\nout_2 = 0.7729\ndL/dout_1 = 0.7474\ndL/dnet_o1 = {}\ndL/dw5 = {}\ndL/dw6 = {}\n"

    def test_is_meant_as_printed(self) -> None:
        claims = chalkgrad.mark("sigmoid-2-2-2", self.PAGE.format("0.13962", "0.08283", "0.08334")).claims
        assert [claim.verdict.value for claim in claims[2:]] == ["wrong", "carried", "carried", "carried"]

    def test_is_misread_where_none_does(self) -> None:
        claims = chalkgrad.mark("sigmoid-2-2-2", self.PAGE.format("0.13850", "0.08217", "0.08267")).claims
        assert claims[2].verdict.value == "unread"
        assert {claim.verdict.value for claim in claims[3:]} <= {"right", "rounded"}
