"""Reports made by hand: what is said of a page is known before anything marks it."""

from collections.abc import Sequence
from typing import Any

from chalkgrad.marking.marks import Asked, marks_of
from chalkgrad.marking.report import Claim, FirstMistake, MarkedLine, Report, Verdict

# Numbers that stand nowhere on the page: whoever reads them was given the answer away.
SECRETS = ("0.138499", "0.082167", "0.593270", "0.4S9 as 0.439", "0.358917", "1 - a^2")
HOSTILE = "<script>alert(1)</script> =cmd() $\\input{/etc/passwd}$ \u202e"


def claim(line: int, text: str, verdict: Verdict, words: str = "", **more: Any) -> Claim:
    return Claim(line, 0, len(text), text, verdict, words, **more)


def report_of(
    lines: Sequence[tuple[str, Sequence[dict[str, Any]]]], first: FirstMistake | None = None, **more: Any
) -> Report:
    """A report of lines, each with what is said of it."""
    marked = tuple(
        MarkedLine(number, text, "math" if said else "prose", tuple(claim(number, text, **each) for each in said))
        for number, (text, said) in enumerate(lines, start=1)
    )
    claims = [each for line in marked for each in line.claims]
    names = dict.fromkeys((each.quantity, each.title) for each in claims if each.quantity)
    asked = [Asked(quantity, title, 1) for quantity, title in names]
    return Report("Backpropagation", "anna.md", marked, first, marks_of(claims, asked), **more)


def a_page() -> Report:
    """A page with every verdict, a mistake in line 4, and lines that would do something if they could."""
    rounded = "Right with your rounded numbers; without rounding it is 0.593270."
    slope = "The gradient went through sigmoid without its slope. It should be 0.138499."
    return report_of(
        [
            ("# حل تمرین", []),
            (
                "$$z_{h_1} = 0.0075 + 0.02 + 0.35 = 0.3775$$",
                [_said("right", "Right.", "z_h1", "the pre-activation of h1")],
            ),
            ("$$h_1 = 0.593$$", [_said("rounded", rounded, "h1", "h1", expected=0.593270, claimed=0.593)]),
            (
                "$\\delta_{o1} = 0.741$",
                [
                    _said(
                        "wrong",
                        slope,
                        "dloss/dz_o1",
                        "the gradient of z_o1",
                        named="delta_o1",
                        cause="missing-slope",
                        claimed=0.741,
                        expected=0.138499,
                        follows=0.138499,
                        correct="0.138499 = 0.741 · 0.187",
                    )
                ],
            ),
            (
                "پس مشتق نسبت به $w_5$ می‌شود $0.439$",
                [
                    _said(
                        "carried",
                        "This follows from an earlier wrong number; the right value is 0.082167.",
                        "dloss/dw5",
                        "the gradient of w5",
                        claimed=0.439,
                        expected=0.082167,
                        sources=(4,),
                    )
                ],
            ),
            (
                "$w_5' = 0.4 - 0.5 * 0.4S9$",
                [
                    _said(
                        "unread",
                        "Not sure that this was read rightly.",
                        "w5'",
                        "the new value of w5",
                        expected=0.358917,
                        suggestion="0.4S9 as 0.439",
                    )
                ],
            ),
            (HOSTILE, [_said("not_about_this", "This says nothing about the numbers of the problem.")]),
            (
                "$x = y$, $a = 3$",
                [
                    _said("undecided", "Whether this formula holds could not be told."),
                    _said("wrong", "It should be 1 - a^2.", "a", "a", expected=7.25, claimed=3.0),
                ],
            ),
        ],
        FirstMistake(
            4,
            "dloss/dz_o1",
            "missing-slope",
            slope,
            "Every function that the gradient passes multiplies it with its slope.",
            "0.138499 = 0.741 · 0.187",
        ),
        naming={"dloss/dz_o1": "delta_o1", "h1": "h1"},
        quantities=41,
        notes=("1 claim could not be read for sure; it may be 0.358917.",),
    )


def a_right_page() -> Report:
    """A page without a mistake."""
    said = _said("right", "Right.", "z_h1", "the pre-activation of h1", claimed=0.3775, expected=0.3775)
    return report_of([("z = 0.3775", [said])], quantities=1)


def _said(verdict: str, words: str, quantity: str = "", title: str = "", **more: Any) -> dict[str, Any]:
    step = {"step": 1} if quantity else {}
    return {"verdict": Verdict(verdict), "words": words, "quantity": quantity, "title": title, **step, **more}
