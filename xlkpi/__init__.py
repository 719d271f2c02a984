"""Appraisal forms in Excel whose scoring rules run as tested Python: `from xlkpi import kpi_score, explain, …`."""

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

_MODULES = {
    "Rule": "rules.rule",
    "RuleError": "rules.model",
    "ScoreError": "scoring.scorer",
    "explain": "scoring.receipt",
    "kpi_score": "scoring.scores",
    "score_frame": "scoring.frame",
    "step_deduct": "scoring.scores",
    "weighted_total": "scoring.scores",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: scoring a cell needs no NumPy, and most commands need no scoring."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
