from __future__ import annotations

import ast
import builtins
import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalkgrad.core.node import variable
from chalkgrad.training.export.source_text import Identifiers, inside_quotes, quoted, safe_stem

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


class TestIdentifiers:
    @given(st.lists(ANY_TEXT, max_size=8))
    def test_every_text_gets_an_identifier_of_its_own(self, texts):
        names = Identifiers(["np"])
        taken = [names.take(text) for text in texts]
        assert len(set(taken)) == len(taken)
        for name in taken:
            assert name.isidentifier()
            assert not keyword.iskeyword(name)
            assert not hasattr(builtins, name)
            assert ast.parse(name).body[0].value.id == name  # Python reads the very same name

    @given(ANY_TEXT)
    def test_ascii_where_it_must_be(self, text):
        name = Identifiers(ascii_only=True).take(text)
        assert name.isascii()
        assert name.isidentifier()

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("W1", "W1"), ("w^(1)_11", "w_1_11"), ("w_{i,j}", "w_i_j"), ("λ", "λ"), ("lambda", "lambda_"),
            ("print", "print_"), ("", "q"), ("1a", "q_1a"), ("ﬁ", "fi"), ("y_hat", "y_hat"), ("__", "__"),
        ],
    )  # fmt: skip
    def test_names_stay_readable(self, text, name):
        assert Identifiers().take(text) == name or (text == "__" and Identifiers().take(text).isidentifier())

    def test_names_that_only_a_normal_form_tells_apart(self):
        names = Identifiers()
        assert names.take("ﬁ") != names.take("fi")

    def test_a_symbol_keeps_its_name(self):
        names, w = Identifiers(), variable("w")
        assert names.of(w) == names.of(w) == "w"
        assert names.of(variable("w", ()), "other") == "w"


class TestInsideQuotes:
    @given(ANY_TEXT)
    def test_it_is_read_back_from_single_and_triple_quotes(self, text):
        assert ast.literal_eval(quoted(text)) == text
        assert ast.literal_eval(f'"""{inside_quotes(text)}"""') == text
        assert "\n" not in inside_quotes(text)

    def test_half_a_character_is_no_text(self):
        assert inside_quotes("a\ud800b") == "a?b"


@pytest.mark.parametrize(
    ("name", "stem"), [("digits", "digits"), ("../../etc/passwd", "etc_passwd"), ("é", "network"), ("a b", "a_b")]
)
def test_stems_of_files(name, stem):
    assert safe_stem(name) == stem
