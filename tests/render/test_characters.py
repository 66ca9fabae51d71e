"""Characters that must not reach a page, and how wide the others are."""

from chalkgrad.render.characters import cell_width, clean, combined, lowered, raised


def test_what_could_steer_a_terminal_is_shown_as_unknown():
    assert clean("a\x1b[2Jb\x00\u202ec\ud800") == "a�[2Jb��c�"


def test_line_breaks_become_spaces():
    assert clean("a\nb\tc\r") == "a b c "


def test_letters_of_every_script_stay():
    assert clean("größe שלום 重み 🙂") == "größe שלום 重み 🙂"


def test_small_characters_only_where_all_have_one():
    assert (raised("(2)"), raised("[2]"), raised("-5"), lowered("11"), lowered("h1"), lowered("b")) == (
        "⁽²⁾",
        None,
        "⁻⁵",
        "₁₁",
        "ₕ₁",
        None,
    )


def test_widths_count_columns():
    assert [cell_width(text) for text in ("abc", "重み", "y\u0302", "")] == [3, 4, 1, 0]


def test_an_accent_joins_its_letter():
    assert [combined("y", accent) for accent in ("hat", "bar", "tilde")] == ["ŷ", "ȳ", "ỹ"]
