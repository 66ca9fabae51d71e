from chalkgrad.api.solving import read
from chalkgrad.marking.binding import Binder
from chalkgrad.marking.course import Course, course_of
from chalkgrad.marking.naming import key_of
from chalkgrad.marking.page.written import Name


def called(binder: Binder, name: Name) -> list[tuple[str, int | None]]:
    return [(q.name, q.sample) for q in binder.called(name)]


class TestSamples:
    def test_the_number_above_is_that_of_the_sample(self, adam: Course) -> None:
        binder = Binder(adam)
        assert called(binder, Name(0, 1, "L", "", "(2)"))[0] == ("loss_n", 1)
        assert called(binder, Name(0, 1, "delta", "o", "(2)"))[0] == ("dloss/dz_o", 1)

    def test_all_samples_at_once(self, adam: Course) -> None:
        found = Binder(adam).called(Name(0, 1, "L", "", "(n)"))
        assert any(q.name == "loss_n" and not q.is_single for q in found)

    def test_a_name_stays_with_its_sample_once_it_was_said(self, adam: Course) -> None:
        binder = Binder(adam)
        name = Name(0, 1, "z", "o", "(2)")
        second = next(q for q in binder.called(name) if q.sample == 1)
        binder.prefer(name, second)
        assert binder.meanings(name)[0].quantity is second

    def test_a_whole_layer_comes_right_behind_the_likeliest_sample(self) -> None:
        binder = Binder(course_of(read("equal-weights")))
        found = binder.meanings(Name(0, 1, "z", "yhat"))
        assert found[1].quantity is not None
        assert not found[1].quantity.is_single


def test_what_a_name_stands_for_is_looked_up_again_when_the_page_says_so(two_layers: Course) -> None:
    binder = Binder(two_layers)
    name = Name(0, 1, "u")
    assert binder.called(name) == []
    binder.prefer(name, binder.quantities[0])
    assert binder.called(name)[0] is binder.quantities[0]


def test_n_counts_the_predictions(two_layers: Course) -> None:
    assert [meaning.number for meaning in Binder(two_layers).meanings(Name(0, 1, "n"))] == [2.0, 1.0]


def test_a_column_has_a_subscript_where_nothing_else_is_called_so() -> None:
    (found,) = Binder(course_of(read("softmax-logistic"))).meanings(Name(0, 1, "W", "2"))
    assert found.quantity is not None
    assert [node.name for node in found.quantity.flat] == ["w_12", "w_22"]


def test_inside_its_own_formula_a_memory_is_the_one_before(adam: Course) -> None:
    binder = Binder(adam)
    name = Name(0, 1, "m", "w3")
    assert binder.meanings(name)[0].quantity is binder.called(name)[0]
    binder.before_of = key_of(name)
    (before, *_) = binder.meanings(name)
    assert before.quantity is not None
    assert before.quantity.name == "m(w3) before"
