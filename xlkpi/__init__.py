"""Appraisal forms in Excel whose scoring rules are tested Python."""

from xlkpi.receipt import explain
from xlkpi.rules.rule import Rule, RuleError
from xlkpi.scoring import ScoreError, kpi_score, step_deduct, weighted_total

__all__ = ["Rule", "RuleError", "ScoreError", "explain", "kpi_score", "step_deduct", "weighted_total"]
