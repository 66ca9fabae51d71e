"""The tables of commands."""

from itertools import combinations

from chalkgrad.marking.page import commands


def test_no_command_has_two_meanings() -> None:
    tables = {
        "letters": set(commands.LETTERS),
        "functions": set(commands.FUNCTIONS),
        "words": set(commands.WORDS),
        "accents": set(commands.ACCENTS),
        "relations": set(commands.RELATIONS),
        "arrows": set(commands.ARROWS_WITH_TEXT),
        "operations": set(commands.OPERATIONS),
        "notes": set(commands.NOTES),
        "stacks": set(commands.STACKS),
        "spaces": set(commands.SPACES),
        "gaps": set(commands.GAPS),
        "sizes": set(commands.SIZES),
        "switches": set(commands.SWITCHES),
        "transparent": set(commands.TRANSPARENT),
        "passed": set(commands.PASSED_WITH_ARGUMENT),
        "definitions": set(commands.DEFINITIONS),
    }
    for (one, first), (other, second) in combinations(tables.items(), 2):
        assert not first & second, (one, other)


def test_no_environment_has_two_meanings() -> None:
    kinds = (
        commands.MATRICES,
        commands.LINE_ENVIRONMENTS,
        commands.FORMULA_ENVIRONMENTS,
        commands.BREAKING_ENVIRONMENTS,
    )
    for first, second in combinations(kinds, 2):
        assert not first & second
