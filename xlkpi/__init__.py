"""Appraisal forms in Excel whose scoring rules are tested Python."""

from typing import TYPE_CHECKING, Any

from xlkpi.receipt import explain
from xlkpi.rules.rule import Rule, RuleError
from xlkpi.scoring import ScoreError, kpi_score, step_deduct, weighted_total

if TYPE_CHECKING:
    from xlkpi.frame import score_frame

__all__ = ["Rule", "RuleError", "ScoreError", "explain", "kpi_score", "score_frame", "step_deduct", "weighted_total"]


def __getattr__(name: str) -> Any:
    """`score_frame` where it is asked for: it needs NumPy and pandas, which scoring cells does not."""
    if name != "score_frame":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from xlkpi.frame import score_frame

    return score_frame
