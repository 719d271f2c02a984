"""距下一档: what it promises comes true, and the form's formula says the same as Python."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.support.engines import CellContent, formualizer, libreoffice, write_cells
from tests.support.strategies import Case, cases, drawn
from xlkpi.analysis.next_step import Gain, NextEdge, next_step
from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import is_number
from xlkpi.rules.model import Full, Subject
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.rule import Rule
from xlkpi.scoring.scorer import ScoreError
from xlkpi.scoring.scores import evaluate
from xlkpi.writer.formulas.next_step import NextStepText, next_step_formula

Recalculate = Callable[[Sequence[Path], Path], list[Path]]


@pytest.mark.parametrize(
    ("rule", "unit", "actual", "target", "text"),
    [
        ("每低5个百分点扣3分", "%", 0.12, 0.2, ">15%，少扣3分；差3个百分点"),
        ("每低5个百分点扣3分", "%", 0.15, 0.2, ">15%，少扣3分"),
        ("每低5个百分点扣3分", "%", 0.1501, 0.2, None),
        ("每低5个百分点扣3分", "%", -9.0, 0.2, ">-150%，少扣1分；差750个百分点"),
        ("每低于目标值10%扣5分", "次", 3.6, 4.0, ">3.6，少扣5分"),
        ("每低于目标值10%扣5分", "元", 1e6, 2e6, ">100万，少扣5分"),
        ("每超1个百分点扣2分", "%", 0.1755, 0.15, "<17%，少扣2分；差0.55个百分点"),
        ("每低1个百分点扣1分，不足一档按一档", "%", 0.945, 0.95, "≥95%，少扣1分；差0.5个百分点"),
        ("每低1个百分点扣3分，最多扣10分", "%", 0.5, 0.95, ">91%，少扣1分；差41个百分点"),
        ("每低1个百分点扣3分，最多扣10分", "%", 0.92, 0.95, ">92%，少扣3分"),
        ("偏差5个百分点以内不扣，之后每偏离1个百分点扣2分", "%", 0.58, 0.5, "偏离<8%，少扣2分"),
        ("每超1个百分点加1分，最多加3分", "%", 0.815, 0.8, "≥82%，多加1分；差0.5个百分点"),
        ("每超1个百分点加1分，最多加3分", "%", 0.7, 0.8, "≥81%，多加1分；差11个百分点"),
        ("每超1个百分点加1分，最多加3分", "%", 0.83, 0.8, None),
        ("完成率≥120%得120分；80%≤完成率<120%按完成率得分；完成率<80%得0分", "元", 95e4, 1e6,
         "完成率≥120%，得120分；差25万"),
        ("完成率≥120%得120分；80%≤完成率<120%按完成率得分；完成率<80%得0分", "元", 7e4, 1e5,
         "完成率≥80%，按完成率得分；差10000"),
        ("完成率≥120%得120分；80%≤完成率<120%按完成率得分；完成率<80%得0分", "元", 12e5, 1e6, None),
        ("实际≤3得100分；实际>3得60分", "次", 5.0, None, "≤3，得100分；差2"),
        ("实际=0得100分；实际=1得50分；实际≥2得0分", "次", 1.0, None, None),
        ("达到目标得100分，否则得0分", "分", 7.0, 8.0, "≥8，得100分；差1"),
        ("不超过目标得100分，否则得0分", "分", 8.0, 8.0, None),
        ("以95%为基准，每低1个百分点扣1分；实际<85%得0分", "%", 0.84, 0.9, "≥85%，不再是0分；差1个百分点"),
        ("以95%为基准，每低1个百分点扣1分；实际<85%得0分", "%", 0.85, 0.9, ">85%，少扣1分"),
        ("每次扣5分", "次", 3.0, None, None),
        ("按完成率得分", "元", 3.0, 5.0, None),
        ("满分20分；每低1扣4分", "次", 3.0, 5.0, ">3，少扣4分"),
    ],
)  # fmt: skip
def test_the_next_step_reads_as_its_example(
    rule: str, unit: str, actual: float, target: float | None, text: str | None
) -> None:
    found = next_step(parse(rule), 0, actual, target)
    origin = parse(rule).origin(0)
    aim = float(origin.value) if origin else target or 0.0
    assert (NextStepText(unit, words()).text(found, actual, aim) if found else None) == text


def _usable(case: Case) -> bool:
    try:
        outcome = evaluate(case.rule, case.actuals, case.targets)
    except ScoreError:
        return False
    return outcome is not None and is_number(outcome.score)


def _reached(found: NextEdge, number: float, aim: float) -> float:
    """An actual just where it must be, on the side of `number`."""
    trifle = {"≥": 0.0, "≤": 0.0, ">": 1e-6, "<": -1e-6}[found.sign]
    edge = found.edge + trifle
    if found.subject is Subject.ACHIEVEMENT:
        return edge * aim
    return aim + math.copysign(edge, number - aim) if found.deviation else edge


def _says_one_thing(rule: Rule) -> bool:
    """Whether nothing else moves with the actual."""
    beside = len(rule.adjustments) + len(rule.cliffs) + len(rule.vetoes)
    return rule.measures == 1 and beside == (1 if isinstance(rule.base, Full) else 0)


@given(cases())
@settings(max_examples=400)
def test_what_is_ahead_is_worth_reaching(several: list[Case]) -> None:
    for case in several:
        if not (_says_one_thing(case.rule) and _usable(case) and is_number(case.actuals[0])):
            continue
        actual, target, origin = float(case.actuals[0]), case.targets[0], case.rule.origin(0)  # type: ignore[arg-type]
        aim = float(origin.value) if origin else float(target) if case.rule.reads_target(0) else 0.0  # type: ignore[arg-type]
        found = next_step(case.rule, 0, actual, aim)
        if found is None or abs(found.edge) > 1e9:
            continue
        now = evaluate(case.rule, [actual], [target])
        then = evaluate(case.rule, [_reached(found, actual, aim)], [target])
        assert now
        assert then
        assert float(then.score) >= float(now.score) - 1e-9
        if found.points is not None and found.gain is Gain.SCORE:
            assert float(then.score) == pytest.approx(_within(case.rule, found.points))


def _within(rule: Rule, points: float) -> float:
    """Points of the rule's own scale between its floor and cap, on the 100 scale."""
    capped = points if rule.cap is None else min(points, float(rule.cap))
    return max(float(rule.floor), capped) * 100 / float(rule.scale)


def test_the_formula_says_what_python_says(tmp_path: Path, recalculate: Recalculate) -> None:
    cells: dict[str, CellContent] = {}
    expected: dict[str, str] = {}
    said = words()
    usable = [case for several in drawn(cases(), 250) for case in several if _usable(case)]
    for row, case in enumerate(usable, start=1):
        measure = row % case.rule.measures
        if not is_number(case.actuals[measure]):
            continue
        actuals = [f"{chr(ord('A') + n)}{row}" for n in range(case.rule.measures)]
        targets = [f"{chr(ord('E') + n)}{row}" for n in range(case.rule.measures)]
        cells |= dict(zip([*actuals, *targets], [*case.actuals, *case.targets], strict=True))
        unit = ("%", "元", "次")[row % 3]
        if unit == "%" and any(is_number(v) and abs(v) >= 1e12 for v in (*case.actuals, *case.targets)):
            continue  # in points of a hundred it has more digits than the 15 that a spreadsheet shows
        cells[f"J{row}"] = "=" + next_step_formula(case.rule, measure, actuals, targets, unit, said)
        actual = float(case.actuals[measure])  # type: ignore[arg-type]
        aim = case.targets[measure] if case.rule.reads_target(measure) else None
        found = next_step(case.rule, measure, actual, aim)  # type: ignore[arg-type]
        origin = case.rule.origin(measure)
        base = float(origin.value) if origin else float(aim or 0.0)
        expected[f"J{row}"] = NextStepText(unit, said).text(found, actual, base) if found else ""
    assert len([text for text in expected.values() if text]) > 100
    path = tmp_path / "ahead.xlsx"
    write_cells(path, cells)
    (saved,) = recalculate([path], tmp_path / "saved")
    for shown in (formualizer.evaluate(path, expected), libreoffice.shown(saved, expected)):
        pairs = zip(expected.items(), shown, strict=True)
        assert not [(cell, text, value) for (cell, text), value in pairs if (value or "") != text]
