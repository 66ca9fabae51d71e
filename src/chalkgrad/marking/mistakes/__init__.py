"""Known mistakes: each is an edit of one step of the working, with its words and the rule that it breaks."""

from __future__ import annotations

from chalkgrad.marking.mistakes.copying import COPYING
from chalkgrad.marking.mistakes.factors import FACTORS
from chalkgrad.marking.mistakes.forward import FORWARD
from chalkgrad.marking.mistakes.losses import LOSSES
from chalkgrad.marking.mistakes.mistake import Edit, Mistake
from chalkgrad.marking.mistakes.optimizers import OPTIMIZERS
from chalkgrad.marking.mistakes.regularizers import REGULARIZERS
from chalkgrad.marking.mistakes.site import Site
from chalkgrad.marking.mistakes.slopes import SLOPES
from chalkgrad.marking.mistakes.sums import SUMS
from chalkgrad.marking.mistakes.surroundings import Surroundings
from chalkgrad.marking.mistakes.weights import WEIGHTS

__all__ = ["MISTAKES", "Edit", "Mistake", "Site", "Surroundings", "mistake_of"]

MISTAKES: tuple[Mistake, ...] = (
    *FACTORS,
    *SLOPES,
    *FORWARD,
    *SUMS,
    *WEIGHTS,
    *LOSSES,
    *OPTIMIZERS,
    *REGULARIZERS,
    *COPYING,
)


def mistake_of(code: str) -> Mistake:
    """The mistake of a code.

    >>> mistake_of("missing-slope").title
    'slope left out'
    """
    return next(mistake for mistake in MISTAKES if mistake.code == code)
