"""Estimators for scikit-learn, which train through the same graph as everything else.

Nothing imports this module before an estimator is asked for, for it needs scikit-learn.
"""

from __future__ import annotations

from chalkgrad.errors import Fault, UsageError

try:
    from chalkgrad.training.estimators.classifier import ChalkClassifier
    from chalkgrad.training.estimators.regressor import ChalkRegressor
except ImportError as error:
    if (error.name or "").split(".")[0] != "sklearn":
        raise
    _message = "the estimators need scikit-learn 1.6 or newer, which is not installed"
    raise UsageError(Fault("missing-extra", _message, hint="pip install 'chalkgrad[sklearn]'")) from None

__all__ = ["ChalkClassifier", "ChalkRegressor"]
