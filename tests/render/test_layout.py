"""Long formulas break where a reader would break them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.render.boxes import Box, Fenced, Identifier, MatrixBox, NumberBox, Script, Sign, row
from chalkgrad.render.document import Formula, Part
from chalkgrad.render.layout import Line, lay_out
from chalkgrad.render.numbers import show_number
from chalkgrad.render.textmath import box_text, text_block

PLUS, DOT = Sign("+", "binary"), Sign("·", "binary")


def columns(box: Box) -> float:
    return text_block(box).width


def lines_of(formula: Formula, width: float) -> list[tuple[str, str, str, int]]:
    """Each line as text: left, relation, box, indent."""
    lines = lay_out(formula, width, columns, 1)
    return [
        (box_text(line.left) if line.left else "", line.relation, box_text(line.box), line.indent) for line in lines
    ]


def total(*names: str) -> Box:
    parts: list[Box] = []
    for name in names:
        parts += [PLUS, Identifier(name)] if parts else [Identifier(name)]
    return row(*parts)


def test_what_fits_stands_on_one_line():
    formula = Formula(Identifier("y"), (Part("=", total("a", "b")), Part("≈", NumberBox("2"))))
    assert lines_of(formula, 13) == [("", "", "y = a + b ≈ 2", 0)]


def test_else_each_part_has_its_line():
    formula = Formula(Identifier("y"), (Part("=", total("a", "b")), Part("≈", NumberBox("2"))))
    assert lines_of(formula, 12) == [("y", "=", "a + b", 0), ("", "≈", "2", 0)]


def test_a_long_sum_breaks_before_its_signs():
    formula = Formula(Identifier("y"), (Part("=", total("aaaa", "bbbb", "cccc", "dddd")),))
    assert lines_of(formula, 19) == [("y", "=", "aaaa + bbbb", 0), ("", "", "+ cccc + dddd", 2)]
    assert lines_of(formula, 18) == [("y", "=", "aaaa + bbbb", 0), ("", "", "+ cccc", 2), ("", "", "+ dddd", 2)]


def test_a_broken_product_shares_no_line_with_its_neighbours():
    product = [part for name in ("aaaa", "bbbb", "cccc") for part in (DOT, Identifier(name))][1:]
    formula = Formula(None, (Part("", row(Identifier("x"), PLUS, *product, PLUS, Identifier("y"))),))
    assert lines_of(formula, 16) == [
        ("", "", "x", 0),
        ("", "", "+ aaaa · bbbb", 2),
        ("", "", "· cccc", 2),
        ("", "", "+ y", 2),
    ]


def test_the_only_bracket_is_opened():
    squared = Script(Fenced(total("aaaa", "bbbb", "cccc")), sup=NumberBox("2"))
    formula = Formula(None, (Part("", row(NumberBox("2"), squared)),))
    assert [text for _, _, text, _ in lines_of(formula, 16)] == ["2 (aaaa + bbbb", "+ cccc)²"]


def test_a_power_of_ten_is_never_torn():
    long = row(*[part for _ in range(4) for part in (Sign("×", "binary"), show_number(2.931e-5).box)][1:])
    for _, _, text, _ in lines_of(Formula(Identifier("y"), (Part("=", long),)), 20):
        assert text.count("10⁻⁵") == text.count("2.931×")


def test_a_wide_left_side_has_a_line_of_its_own():
    formula = Formula(Identifier("derivative"), (Part("=", total("aaaa", "bbbb")),))
    assert lines_of(formula, 20) == [("", "", "derivative", 0), ("", "=", "aaaa + bbbb", 2)]


def test_a_wide_matrix_loses_its_middle():
    matrix = MatrixBox((tuple(NumberBox(str(1000 + i)) for i in range(30)),))
    assert [text for _, _, text, _ in lines_of(Formula(None, (Part("", matrix),)), 30)] == ["[[1000, 1001, ⋯, 1029]]"]


def test_a_very_tall_matrix_loses_its_middle():
    matrix = MatrixBox(tuple((NumberBox(str(i)),) for i in range(64)))
    assert lines_of(Formula(None, (Part("", matrix),)), 80)[0][2] == "[[0], [1], [2], [3], [4], [5], [⋮], [63]]"


def test_what_cannot_be_broken_stays_whole():
    assert lay_out(Formula(None, (Part("", Identifier("a" * 90)),)), 10) == [Line(Identifier("a" * 90))]


@settings(max_examples=60)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(16, 80))
def test_no_line_is_wider_than_the_room_and_nothing_is_lost(lengths, width):
    names = [chr(ord("a") + i % 26) * length for i, length in enumerate(lengths)]
    lines = lay_out(Formula(Identifier("y"), (Part("=", total(*names)),)), width, columns, 1)
    for line in lines:
        assert columns(row(*([Sign(line.relation, "relation")] if line.relation else []), line.box)) <= width
    shown = " ".join(box_text(line.box) for line in lines).removeprefix("y = ")
    assert shown.split(" + ") == names
