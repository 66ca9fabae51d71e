"""Pages as handwriting readers give them, in several hands: nobody is accused, and all is read."""

from __future__ import annotations

from pathlib import Path

import pytest

import chalkgrad
from chalkgrad.api.solving import read_text

SAMPLES = """
network:
  input: [x1, x2]
  layers:
    - {units: [h1, h2], activation: relu, weights: [[w11, w12], [w21, w22]], bias: [b1, b2]}
    - {units: [y_hat], activation: linear, weights: [[v1, v2]], bias: c}
loss: mse
data: [{x: [1, 2], y: 2}, {x: [0.5, -1], y: -1}]
given: {w11: 0.2, w12: 0.6, w21: -0.5, w22: -0.7, b1: 0.1, b2: -0.2, v1: 0.7, v2: -0.4, c: 0.05}
optimizer: {name: sgd, learning_rate: 0.1}
"""
SOFTMAX = """
network:
  input: 2
  layers:
    - {units: 2, activation: sigmoid, weights: W1, bias: b1}
    - {units: 2, activation: softmax, weights: W2, bias: none}
loss: cross_entropy
data: [{x: [0.6, -0.4], y: [1, 0]}]
given: {W1: [[0.1, -0.2], [0.5, 0.3]], b1: [0.1, 0], W2: [[0.3, -0.6], [0.2, 0.5]]}
optimizer: {name: sgd, learning_rate: 0.2}
"""
CHAIN = """
network:
  input: [x]
  layers:
    - {units: [a1], activation: sigmoid, weights: [[w1]], bias: b1}
    - {units: [a2], activation: sigmoid, weights: [[w2]], bias: b2}
loss: half_sse
data: [{x: 0.9, y: 0.2}]
given: {w1: 0.8, w2: -1.2, b1: 0.1, b2: 0.3}
optimizer: {name: sgd, learning_rate: 1}
"""
MOMENTUM = """
network: {input: [x1, x2], layers: [{units: [y_hat], activation: linear, weights: [[w1, w2]], bias: b}]}
loss: half_sse
data: [{x: [2, -1], y: 3}]
given: {w1: 0.5, w2: 1, b: 0}
optimizer: {name: momentum, learning_rate: 0.05, momentum: 0.9}
epochs: 2
"""
CODER = """
network:
  input: [x1, x2]
  layers:
    - {units: [h], activation: tanh, weights: [[u1, u2]], bias: b}
    - {units: [r1, r2], activation: tanh, weights: [[v1], [v2]], bias: [c1, c2]}
loss: half_sse
data: [{x: [0.8, -0.4], y: [0.8, -0.4]}]
given: {u1: 0.5, u2: -0.3, b: 0.1, v1: 0.6, v2: -0.9, c1: 0, c2: 0.2}
optimizer: {name: sgd, learning_rate: 0.5}
"""

PARTS = r"""
Forward pass of the first exercise

$$net_{H_1} = 0/15 \times 0/05 + 0/20 \times 0/1 + 0/35 = 0/3775 \Rightarrow out_{H_1} = 0/5933$$

$$out_{O_1} = 0/7514 \quad , \quad out_{O_2} = 0/7729$$

$$E_{O_1} = \frac{1}{2}(0/01 - 0/7514)^2 = 0/2748$$

$$E_{O_2} = 0/2834$$

$$E_{total} = E_{O_1} + E_{O_2} = 0/2748 + 0/2834 = 0/5582$$

$$\frac{\partial E_{O_1}}{\partial out_{H_1}} = 0/1385 \times 0/4 = 0/0554$$

$$\frac{\partial E_{O_2}}{\partial out_{H_1}} = 0/1321 \times 0/5 = 0/0661$$

$$\frac{\partial E_{total}}{\partial out_{H_1}} = 0/0554 + 0/0661 = 0/1215$$

$$\frac{\partial out_{H_1}}{\partial net_{H_1}} = 0/5933(1 - 0/5933) = 0/2413$$
"""
DESCENT = r"""
$$\delta_{o_1} = (t_1 - o_1) o_1 (1 - o_1) = (0.01 - 0.7514) \times 0.7514 \times 0.2486 = -0.1385$$

$$\delta_{o_2} = (t_2 - o_2) o_2 (1 - o_2) = -0.1321$$

$$\Delta w_5 = \eta \delta_{o_1} h_1 = 0.5 \times (-0.1385) \times 0.5933 = -0.0411$$

$$w_5(new) = 0.4 - 0.0411 = 0.3589$$

$$w_7 = 0.5 + 0.5 \times (-0.1321) \times 0.5933 = 0.4608$$

$$\delta_{h_1} = (-0.1385 \times 0.4 - 0.1321 \times 0.5) \times 0.2413 = -0.0293$$

$$w_1 = 0.15 + 0.5 \times (-0.0293) \times 0.05 = 0.1493$$
"""
LAYERS = r"""
$$W^{[2]} = \begin{pmatrix} 0.4 & 0.45 \\ 0.5 & 0.55 \end{pmatrix}$$

$$A^{[1]} = \begin{pmatrix} 0.5933 \\ 0.5969 \end{pmatrix}$$

$$A^{[2]} = \begin{pmatrix} 0.7514 \\ 0.7729 \end{pmatrix}$$

$$dW^{[2]} = \begin{pmatrix} 0.0822 & 0.0827 \\ 0.0784 & 0.0789 \end{pmatrix}$$

$$W^{[2]} = W^{[2]} - 0.5 dW^{[2]} = \begin{pmatrix} 0.3589 & 0.4087 \\ 0.4608 & 0.5106 \end{pmatrix}$$

$$w_{11}^{(1)} = 0.15 - 0.5 \times 0.0015 = 0.1493$$
"""
VECTORS = r"""
$$W = \begin{bmatrix} 0.2 & 0.6 \\ -0.5 & -0.7 \end{bmatrix}$$

$$b = \begin{bmatrix} 0.1 \\ -0.2 \end{bmatrix}, \quad v = \begin{bmatrix} 0.7 & -0.4 \end{bmatrix}$$

$$z^{(1)} = W x^{(1)} + b = \begin{bmatrix} 1.5 \\ -2.1 \end{bmatrix}$$

$$h^{(1)} = \begin{bmatrix} 1.5 \\ 0 \end{bmatrix}$$

$$\hat{y}^{(1)} = v h^{(1)} + c = 1.05 + 0.05 = 1.1$$

$$z^{(2)} = \begin{bmatrix} -0.4 \\ 0.25 \end{bmatrix}, \quad h^{(2)} = \begin{bmatrix} 0 \\ 0.25 \end{bmatrix}$$

$$\hat{y}^{(2)} = -0.1 + 0.05 = -0.05$$

$$MSE = \frac{1}{2}(0.81 + 0.9025) = 0.856$$

$$\delta^{(1)} = -0.9 \begin{bmatrix} 0.7 \\ -0.4 \end{bmatrix} \odot \begin{bmatrix} 1 \\ 0 \end{bmatrix}$$

$$= \begin{bmatrix} -0.63 \\ 0 \end{bmatrix}$$

$$\frac{\partial L}{\partial v} = \begin{bmatrix} -1.35 & 0.2375 \end{bmatrix}$$

$$v \leftarrow v - 0.1 \frac{\partial L}{\partial v} = \begin{bmatrix} 0.835 & -0.4238 \end{bmatrix}$$
"""
COLUMNS = r"""
$V = W_1^T$, $U = W_2^T$

$x = \begin{pmatrix} 2 \\ -1 \end{pmatrix}$, $d = \begin{pmatrix} 1 \\ 0 \end{pmatrix}$

$$net_1 = V x = \begin{pmatrix} 14 \\ -4 \end{pmatrix}, \quad o = \begin{pmatrix} 0.7319 \\ 0.1230 \end{pmatrix}$$

$$e = d - o = \begin{pmatrix} 0.2681 \\ -0.1230 \end{pmatrix}$$

$$\delta_2 = e \odot o \odot (1 - o) = \begin{pmatrix} 0.0526 \\ -0.0133 \end{pmatrix}$$

$$U = U + 0.1 \delta_2 h^T = \begin{pmatrix} 1.0053 & 0.2501 \\ -2.0013 & 2 \end{pmatrix}$$

$x = \begin{pmatrix} -1 \\ 2 \end{pmatrix}$, $d = \begin{pmatrix} 0 \\ 1 \end{pmatrix}$

$$net_1 = \begin{pmatrix} -10 \\ 5.0001 \end{pmatrix}, \quad o = \begin{pmatrix} 0.5618 \\ 0.8794 \end{pmatrix}$$
"""
UNITS = r"""
نام: ______

$$z_1 = 0/6 \times 0/1 - 0/4 \times 0/5 + 0/1 = -0/04$$

$$h_1 = 0/49 \quad h_2 = 0/4403$$

$$u_1 = 0/49 \times 0/3 + 0/4403 \times 0/2 = 0/147 + 0/0881$$

$$= 0/2351$$

PAPCO

$$p_1 = 0/5766$$

$$p_1 = 0/5766$$

$$CE = -\ln 0/5766 = 0/5506$$

$$\frac{\partial L}{\partial W_{2,11}} = -0/4234 \times 0/49 = -0/2075$$

$$\frac{\partial L}{\partial h_1} = -0/4234 \times 0/3 + 0/4234 \times (-0/6) = -0/3811$$
"""
COUNTED = """J = w^2
dJ/dw = 2w

w_0 = -2
w_1 = w_0 - 1 * 2 * w_0 = -2 + 4 = 2
w_2 = 2 - 4 = -2
"""
LETTERS = r"""
$u^T x + b = \begin{bmatrix} 0.5 & -0.3 \end{bmatrix} \begin{bmatrix} 0.8 \\ -0.4 \end{bmatrix} + 0.1 = 0.62 > 0$

$h = 0.551$, $\hat{x} = \begin{bmatrix} 0.319 \\ -0.288 \end{bmatrix}$

$\delta_2 = \begin{bmatrix} -0.432 \\ 0.103 \end{bmatrix}$

$\nabla_v L = \delta_2 h = \begin{bmatrix} -0.238 \\ 0.057 \end{bmatrix}$

$v \leftarrow v - 0.5 \nabla_v L = \begin{bmatrix} 0.719 \\ -0.929 \end{bmatrix}$
"""
RIGHT = {
    "parts of the loss": ("sigmoid-2-2-2", PARTS, 11),
    "minus the gradient": ("sigmoid-2-2-2", DESCENT, 7),
    "layers of named weights": ("sigmoid-2-2-2", LAYERS, 6),
    "vectors of one sample": (SAMPLES, VECTORS, 14),
    "columns": ("sigmoid-two-samples", COLUMNS, 11),
    "units of unnamed layers": (SOFTMAX, UNITS, 10),
    "values counted below": ("parabola", COUNTED, 5),
    "vectors by a letter": (CODER, LETTERS, 6),
}

SUM_OF_SLOPES = r"""
$$a_1 = 0.694, \quad a_2 = 0.37$$

$$\delta_2 = (y - a_2) a_2 (1 - a_2) = -0.17 \times 0.37 \times 0.63 = -0.0396$$

$$w_2 = -1.2 + \delta_2 a_1 = -1.2 - 0.0275 = -1.2275$$

$$\delta_1 = \delta_2 w_2 = -0.0396 \times (-1.2) = 0.0475$$

$$\Delta w_1 = \delta_1 x = 0.0475 \times 0.9 = 0.0428$$

$$w_1 = 0.8 + 0.0428 = 0.8428$$
"""
WRONG_SIGN = r"""
$$a_1 = 0.694, \quad a_2 = 0.37$$

$$\delta_2 = (y - a_2) a_2 (1 - a_2) = -0.17 \times 0.37 \times 0.63 = -0.0396$$

$$\frac{\partial L}{\partial w_2} = \delta_2 a_1 = -0.0275$$

$$w_2' = -1.2 + 0.0275 = -1.1725$$
"""
MEAN = """
g_{w1} = -6, g_{w2} = 3, g_b = -3
v_{w1} = 0.9 * 0 + 0.1 * (-6) = -0.6
v_{w2} = 0.3
v_b = -0.3
w_1 = 0.5 - 0.05 * (-0.6) = 0.53
w_2 = 1 - 0.05 * 0.3 = 0.985
b = 0.015
y_hat = 0.53 * 2 - 0.985 + 0.015 = 0.09
"""
WRONG = {
    "a slope left out": (CHAIN, SUM_OF_SLOPES, 8, "missing-slope"),
    "the sign of the difference": (CHAIN, WRONG_SIGN, 4, "sign-of-error"),
    "momentum as a mean": (MOMENTUM, MEAN, 3, "momentum-as-mean"),
}


def marked(problem: str, text: str) -> chalkgrad.Marking:
    return chalkgrad.mark(read_text(problem) if "\n" in problem else problem, text)


def told(found: chalkgrad.Marking, *verdicts: str) -> list[tuple[int, str, str]]:
    return [(c.line, c.text, c.words) for c in found.report.claims if c.verdict in verdicts]


@pytest.mark.parametrize(("problem", "page", "count"), RIGHT.values(), ids=RIGHT)
class TestRightPages:
    def test_nothing_is_called_wrong_and_all_is_read(self, problem: str, page: str, count: int) -> None:
        found = marked(problem, page)
        assert told(found, "wrong", "carried", "unread", "undecided") == []
        assert len(told(found, "right", "rounded")) == count

    def test_with_a_glyph_confused_nobody_is_accused(self, problem: str, page: str, count: int) -> None:
        lines = page.split("\n")
        places = [number for number, line in enumerate(lines) if "1" in line.rpartition("=")[2]]
        for number in places[::3]:
            before, sign, result = lines[number].rpartition("=")
            damaged = [*lines[:number], before + sign + result[::-1].replace("1", "7", 1)[::-1], *lines[number + 1 :]]
            assert told(marked(problem, "\n".join(damaged)), "wrong") == []


@pytest.mark.parametrize(("problem", "page", "line", "cause"), WRONG.values(), ids=WRONG)
def test_the_first_mistake_is_found_and_what_follows_is_carried(problem: str, page: str, line: int, cause: str) -> None:
    found = marked(problem, page)
    assert found.first_mistake is not None
    assert (found.first_mistake.line, found.first_mistake.cause) == (line, cause)
    later = [claim for claim in found.report.claims if claim.line > line and claim.verdict == "wrong"]
    assert all(claim.cause == cause for claim in later)
    assert told(found, "carried") != []


def test_pages_are_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(COUNTED, encoding="utf-8")
    assert chalkgrad.mark("parabola", tmp_path / "page.md").first_mistake is None
