import pytest

from chalkgrad.marking.binding import Binder
from chalkgrad.marking.course import Course
from chalkgrad.marking.naming import Key, key_of, key_of_text, layers_of
from chalkgrad.marking.page.written import Derivative, Name


def name(base: str, below: str = "", above: str = "", accent: str = "", primes: int = 0) -> Name:
    return Name(0, 1, base, below, above, accent, primes)


class TestKeys:
    def test_of_the_file_and_of_the_page_are_the_same(self) -> None:
        assert key_of_text("w^(1)_11") == key_of(name("w", "11", "(1)")) == key_of(name("w", "1,1", "[1]"))
        assert key_of_text("y_hat_1") == key_of(name("y", "1", accent="hat"))
        assert key_of_text("h1") == key_of_text("h_1") == key_of(name("h", "1")) == Key("h", "1")

    def test_a_whole_name_below_keeps_what_it_has_above(self) -> None:
        assert key_of(name("z", "a^[1]")) == key_of_text("z_a^[1]") == Key("z", "a", "1")
        assert key_of(name("z", "a1^[1]")) == key_of(name("z", "a^[1]1")) == key_of_text("z_a^[1]_1")


class TestLayers:
    def test_are_pairs_of_what_stands_before_and_after_an_activation(self, two_layers: Course) -> None:
        hidden, last = layers_of(two_layers.stages[0])
        assert [node.name for node in hidden.before + last.after] == ["z_h1", "z_h2", "o1", "o2"]
        assert last.is_last
        assert not hidden.is_last


class TestWhatANameMayBe:
    @pytest.mark.parametrize(
        ("written", "quantity"),
        [
            (name("z", "h1"), "z_h1"),
            (name("net", "h1"), "z_h1"),
            (name("out", "h2"), "h2"),
            (name("z", "1", "[1]"), "z_h1"),
            (name("a", "2", "(2)"), "o2"),
            (name("y", "1", accent="hat"), "o1"),
            (name("L"), "loss"),
            (name("E", "total"), "loss"),
            (name("w", "5", primes=1), "w5'"),
            (name("w", "5", "new"), "w5'"),
            (name("w", "5", "+"), "w5'"),
            (name("w", "5", "(2)"), "w5'"),
            (name("dw", "5"), "dloss/dw5"),
            (name("dZ", "o1"), "dloss/dz_o1"),
            (name("delta", "h1"), "dloss/dz_h1"),
            (name("eta"), "learning_rate"),
            (name("x", "1"), "x1"),
            (name("y", "2"), "y_2"),
        ],
        ids=lambda found: found.text if isinstance(found, Name) else found,
    )
    def test_is_found_first(self, two_layers: Course, written: Name, quantity: str) -> None:
        assert Binder(two_layers).called(written)[0].name == quantity

    def test_a_derivative_of_the_loss_is_a_gradient(self, two_layers: Course) -> None:
        binder = Binder(two_layers)
        (found, *_) = binder.subjects(Derivative(0, 9, name("L"), name("w", "7")))
        assert found.name == "dloss/dw7"
        assert binder.subjects(Derivative(0, 9, name("o", "1"), name("w", "7"))) == []

    def test_a_number_above_is_a_stage_or_a_power(self, skip: Course) -> None:
        binder = Binder(skip)
        assert next(q.stage for q in binder.called(name("out", above="2"))) == 2
        assert binder.called(name("w", "3", "2"))[0].name == "w3'"
        assert next(m.power for m in binder.meanings(name("t", above="2"))) == 2

    def test_what_the_page_showed_comes_first(self, two_layers: Course) -> None:
        binder = Binder(two_layers)
        before = next(q for q in binder.quantities if q.name == "z_o1")
        binder.prefer(name("o", "1"), before)
        assert binder.called(name("o", "1"))[0].name == "z_o1"

    def test_memory_is_found_by_parameter(self, adam: Course) -> None:
        assert Binder(adam).called(name("m", "w3"))[0].name == "m(w3)"
        assert Binder(adam).called(name("v", "w3", accent="hat"))[0].name == "v_hat(w3)"
