"""What a table becomes scores as its people score: tolerances count once, points are of the points of the item."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.tables import CASES, table_file
from xlkpi.adopt.adoption import adopt
from xlkpi.catalogue.workbooks.draft import RoleDraft
from xlkpi.common.quarter import Quarter
from xlkpi.scoring.rule_in_row import read_in_row, row_of
from xlkpi.scoring.scorer import Scorer


def _draft(name: str, folder: Path) -> RoleDraft:
    return adopt(table_file(CASES / f"{name}.toml", folder), Quarter(2026, 4)).tables[0].draft


def _score(entry: dict[str, Any], sentence: str, actual: float) -> float | str:
    row = row_of(entry["unit"], entry.get("target"), None, entry.get("lower_is_better"), 1)
    outcome = Scorer(read_in_row(sentence, row).rule).outcome([actual], [entry.get("target")])
    assert outcome is not None
    return outcome[0]


SCORES = {
    "预算偏差率": {0.05: 100, -0.05: 100, 0.0601: 99, -0.0701: 98, 0.1001: 95},
    "盘点误差率": {0.02: 100, 0.0301: 95, 0.0401: 90},
    "预测偏差率": {0.05: 100, 0.0701: 96},
    "交期偏差": {3: 100, -3: 100, 5: 98, -4: 99},
    "预算执行率": {1.05: 100, 0.95: 100, 0.9299: 96},
}
"""Indicator → actual → score."""


def test_a_tolerance_that_is_target_and_rule_counts_once(tmp_path: Path) -> None:
    entries = {entry["label"]: entry for entry in _draft("tolerances", tmp_path).data["indicators"]}
    found = {
        label: {actual: _score(entries[label], entries[label]["rule"], actual) for actual in scores}
        for label, scores in SCORES.items()
    }
    assert found == {label: pytest.approx(scores) for label, scores in SCORES.items()}


def test_answers_to_copy_are_on_the_scale_of_the_item(tmp_path: Path) -> None:
    """Of 10 points, 2 for each of two per cent over are 40 of 100, 1 for each are 20."""
    draft = _draft("asked_points", tmp_path)
    entries = {entry["label"]: entry for entry in draft.data["indicators"]}
    returned = entries["退货率"]
    choices = next(q.choices for q in draft.questions if q.key == f"indicators[{returned['id']}].rule")
    assert [_score(returned, choice, 0.0701) for choice in choices] == [pytest.approx(80), pytest.approx(60)]
    sent = entries["错发次数"]
    assert _score(sent, sent["rule"], 2) == pytest.approx(60)
    scales = {
        read_in_row(choice, row_of(entry["unit"], entry.get("target"))).rule.scale / Decimal(str(entry["weight"]))
        for entry in entries.values()
        for question in draft.questions
        if question.key == f"indicators[{entry['id']}].rule"
        for choice in question.choices
    }
    assert scales == {1}
