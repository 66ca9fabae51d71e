import pytest

from chalkgrad.marking.page.outline import outline
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.sayings import Saying, sayings_of


def said(text: str) -> list[Saying]:
    return list(sayings_of(read_page(text, "page", ("out", "loss"))))


def shown(saying: Saying) -> tuple[str, list[str]]:
    return outline(saying.subject) if saying.subject is not None else "", [outline(part) for part in saying.parts]


class TestWhatIsSaid:
    def test_has_a_subject_and_parts(self) -> None:
        (one,) = said("z = 0.3 + 0.1 = 0.4\n")
        assert shown(one) == ("z", ["(0.3 + 0.1)", "0.4"])

    def test_an_arrow_begins_something_new(self) -> None:
        first, second = said(r"$z = w x \rightarrow \frac{\partial z}{\partial w} = x$")
        assert shown(first)[0] == "z"
        assert shown(second)[0].startswith("d(z)/d(w)")

    def test_a_number_behind_an_arrow_is_what_the_arrow_gives(self) -> None:
        (one,) = said(r"$z = 0.3 + 0.1 \Rightarrow 0.4$")
        assert shown(one) == ("z", ["(0.3 + 0.1)", "0.4"])

    def test_a_line_that_begins_with_a_sign_goes_on(self) -> None:
        first, second = said("$$z = 0.3 + 0.1$$\n\n$$= 0.4$$\n")
        assert (second.goes_on, shown(second)) == (True, ("z", ["(0.3 + 0.1)", "0.4"]))
        assert not first.goes_on

    def test_a_name_alone_is_what_the_next_line_goes_on_with(self) -> None:
        _, second = said("$$z$$\n\n$$= 0.4$$\n")
        assert shown(second) == ("z", ["0.4"])

    def test_a_comparison_says_nothing_of_the_subject(self) -> None:
        first, second = said(r"$z = 0.3 + 0.1 = 0.4 > 0$")
        assert shown(first) == ("z", ["(0.3 + 0.1)", "0.4"])
        assert (second.subject, len(second.parts)) == (None, 1)

    def test_numbers_alone_have_no_subject(self) -> None:
        (one,) = said("$$0.3 + 0.1 = 0.4$$\n")
        assert one.subject is None
        assert len(one.parts) == 2

    @pytest.mark.parametrize("text", [r"$w \leftarrow 0.3$", "w := 0.3", "w <- 0.3"])
    def test_a_new_value_is_assigned(self, text: str) -> None:
        (one,) = said(text)
        assert one.assigns

    def test_the_second_half_of_a_broken_formula_belongs_to_the_first(self) -> None:
        _, second = said("$$out = 0.1 + (0.3$$\n\n$$\\times 2) = 0.7$$\n")[:2]
        assert second.goes_on or second.subject is not None
