"""Lines whose numbers were read in a way that is not plain."""

from chalkgrad.marking.other_readings import unsure_in
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.sayings import sayings_of


def unsure(text: str) -> str:
    page = read_page(text, "page")
    return unsure_in(next(iter(sayings_of(page))), page)


def test_a_letter_for_a_digit_is_said_with_what_it_was_taken_for() -> None:
    assert unsure("z = 0.S5") == "0.55 for 0.S5"


def test_a_plain_line_is_sure() -> None:
    assert unsure("z = 0.55") == ""


def test_a_slash_is_plain_on_a_page_of_slashes() -> None:
    assert unsure("z = 0/35\n\nu = 0/57\n\nv = 1/253") == ""
