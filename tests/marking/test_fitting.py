import numpy
import pytest

from chalkgrad.marking.binding import Binder
from chalkgrad.marking.course import Course
from chalkgrad.marking.fitting import Fit, How, fit_of, rests_on_wrong
from chalkgrad.marking.ledger import Ledger, Said
from chalkgrad.marking.worlds import TrueWorld


def fitted(course: Course, name: str, value: object, unit: float, ledger: Ledger | None = None) -> Fit:
    quantity = next(q for q in Binder(course).quantities if q.name == name)
    shown = numpy.asarray(value, dtype=numpy.float64)
    return fit_of(quantity, shown, numpy.full(shown.shape, unit), TrueWorld(course), ledger or Ledger(course))


class TestHowANumberFits:
    def test_by_itself(self, two_layers: Course) -> None:
        assert fitted(two_layers, "h1", 0.593, 0.001).how is How.TRUE
        assert fitted(two_layers, "h1", 0.612, 0.001).how is How.NOT

    def test_one_zero_stands_for_several(self, adam: Course) -> None:
        assert fitted(adam, "dloss/dz_h", 0.0, 0.0).how is How.OTHER_SIZE
        assert fitted(adam, "z_h1", 0.0, 0.0).how is How.TRUE

    def test_by_what_the_writer_said_before(self, two_layers: Course) -> None:
        ledger = Ledger(two_layers)
        z = next(node for node in two_layers.stage(1).true if node.name == "z_h1")
        ledger.say(1, z, Said(1.0, 0.0, 3, is_wrong=True))
        found = fitted(two_layers, "h1", 0.731, 0.001, ledger)
        assert found.how is How.FOLLOWS
        assert found.follows == pytest.approx(0.731, abs=1e-3)
        assert found.expected == pytest.approx(0.593, abs=1e-3)
        assert rests_on_wrong(found.quantity, ledger)

    def test_loosely_where_rounding_may_lead_there(self, two_layers: Course) -> None:
        ledger = Ledger(two_layers)
        z = next(node for node in two_layers.stage(1).true if node.name == "z_h1")
        ledger.say(1, z, Said(0.4, 0.1, 3))
        assert fitted(two_layers, "h1", 0.612, 0.001, ledger).how is How.LOOSELY

    def test_a_matrix_fits_transposed(self, skip: Course) -> None:
        weights = [[1.3, 0.2], [-0.03, -1.3], [0, 0.03]]
        assert fitted(skip, "W1", weights, 0.01).how is How.TRUE

    def test_another_number_of_entries_is_told(self, skip: Course) -> None:
        assert fitted(skip, "W1", [1.3, 0.2], 0.01).how is How.OTHER_SIZE
