"""Guides and the overview do not count as lost what did not count, and do not ask for steps in it."""

from __future__ import annotations

import pytest

from tests.support import exceptions as made
from xlkpi.appraisal.appraise import appraise
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import people
from xlkpi.collect.overview.records import lost_points
from xlkpi.guide.content import FormGuide, guides


def guide(*lines: made.Line, **given: object) -> FormGuide:
    appraisal = appraise(made.role(), made.inputs(*lines, **given))  # type: ignore[arg-type]
    (one,) = guides(people([FilledForm("表1", appraisal)], made.QUARTER), made.QUARTER)
    return one.forms[0]


@pytest.mark.parametrize("situation", ["不适用", "本期没有此事"])
def test_what_does_not_count_is_no_loss(situation: str) -> None:
    shown = guide(("Training 培训效率", situation, "本季没有培训", "考核员丙"))
    assert "training" not in {loss.result.id for loss in shown.losses}
    assert "Training 培训效率" not in {step.label for step in shown.steps}
    assert "training" not in lost_points(shown.appraisal)
    assert lost_points(guide().appraisal)["training"] == pytest.approx(2)


def test_there_is_no_next_step_where_the_rule_does_not_score() -> None:
    assert "开店率" in {step.label for step in guide().steps}
    kept = guide(("开店率", "数据缺失", "换系统", "考核员丙"), carried={"opening": 80})
    assert "开店率" not in {step.label for step in kept.steps}
    assert {loss.result.id: loss.lost for loss in kept.losses}["opening"] == pytest.approx(4)


def test_missing_data_is_listed_as_missing() -> None:
    shown = guide(("销售达成率", "数据缺失", "系统故障", "考核员丙"))
    assert [(one.label, one.what) for one in shown.missing] == [("销售达成率", "数据缺失：补齐数据后才有总分")]
