"""Pictures of runs: Matplotlib figures from plain arrays, and what becomes of them as files and in documents.

Matplotlib, which is an extra, is imported when the first picture is drawn.
"""

from chalkgrad.training.pictures.boundary import decision_boundary
from chalkgrad.training.pictures.classes import confusion_matrix
from chalkgrad.training.pictures.comparing import comparison_bars, comparison_curves, fold_curves, rate_curve
from chalkgrad.training.pictures.curves import curves
from chalkgrad.training.pictures.files import in_document, save_figure, to_pdf, to_png, to_svg
from chalkgrad.training.pictures.images import weight_images, worst_mistakes
from chalkgrad.training.pictures.landscape import landscape, plane_for, plane_in_words

__all__ = [
    "comparison_bars",
    "comparison_curves",
    "confusion_matrix",
    "curves",
    "decision_boundary",
    "fold_curves",
    "in_document",
    "landscape",
    "plane_for",
    "plane_in_words",
    "rate_curve",
    "save_figure",
    "to_pdf",
    "to_png",
    "to_svg",
    "weight_images",
    "worst_mistakes",
]
