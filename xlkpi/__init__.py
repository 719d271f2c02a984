"""Appraisal forms in Excel whose scoring rules are tested Python."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlkpi.rules.model import RuleError
    from xlkpi.rules.rule import Rule
    from xlkpi.scoring.frame import score_frame
    from xlkpi.scoring.receipt import explain
    from xlkpi.scoring.scorer import ScoreError
    from xlkpi.scoring.scores import kpi_score, step_deduct, weighted_total

__all__ = ["Rule", "RuleError", "ScoreError", "explain", "kpi_score", "score_frame", "step_deduct", "weighted_total"]

_HOMES = {
    "Rule": "rules.rule",
    "RuleError": "rules.rule",
    "ScoreError": "scoring.scores",
    "explain": "scoring.receipt",
    "kpi_score": "scoring.scores",
    "score_frame": "scoring.frame",
    "step_deduct": "scoring.scores",
    "weighted_total": "scoring.scores",
}


def __getattr__(name: str) -> Any:
    """A name of the library, loaded when it is asked for: scoring a cell needs no NumPy, and a command no scoring."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
