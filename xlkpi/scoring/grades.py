"""Grades: reads and writes a scale as one line of text, and gives the grade of a total on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from xlkpi.i18n.languages import EN, language_of
from xlkpi.rules.model import RuleError

DEFAULT_GRADES = "S 卓越≥95；A 优秀≥85；B 良好≥70；C 待改进≥60；D 不合格"


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and the lowest total that earns it; None for the last grade of a scale.

    share: the fraction (0 to 1) of the people that the company expects to have it; None where it expects nothing. The
    text of a scale does not hold it, nor what follows from a grade: the coefficient, by which pay is multiplied (None
    for none), and the reward, what the company does for people with the grade, or about them.
    """

    name: str
    at_least: Decimal | None
    share: float | None = field(default=None, compare=False)
    coefficient: float | None = field(default=None, compare=False, repr=False)
    reward: str = field(default="", compare=False, repr=False)


@lru_cache(maxsize=64)
def grade_scale(text: str) -> tuple[Grade, ...]:
    """Read a scale such as 「S 卓越≥95；A 优秀≥85；D 不合格」: from the best down, the last without a number.

    Raises `RuleError`.
    """
    grades = tuple(_read_grade(part) for part in text.replace(";", "；").split("；"))
    *edges, last = [grade.at_least for grade in grades]
    falling = all(a is not None and b is not None and a > b for a, b in pairwise(edges))
    if last is not None or None in edges or not falling or not all(grade.name for grade in grades):
        raise RuleError("等级须从高到低写，最后一级不写分数线", suggestions=(DEFAULT_GRADES,))
    return grades


def _read_grade(text: str) -> Grade:
    name, sign, number = text.replace(">=", "≥").partition("≥")
    try:
        at_least = Decimal(number.strip()) if sign else None
        if at_least is not None and not at_least.is_finite():
            raise ArithmeticError(number)
    except ArithmeticError:
        raise RuleError("等级“{text}”的分数线须是数字", suggestions=(DEFAULT_GRADES,), text=text) from None
    return Grade(name.strip(), at_least)


def write_grade_scale(grades: Sequence[Grade]) -> str:
    """The text that `grade_scale` reads, punctuated as the language of the names is."""
    english = all(language_of(grade.name) == EN for grade in grades)
    separator, sign = ("; ", " ≥") if english else ("；", "≥")
    return separator.join(
        grade.name + (f"{sign}{grade.at_least.normalize():f}" if grade.at_least is not None else "") for grade in grades
    )


def grade(total: float, scale: str = DEFAULT_GRADES) -> str:
    """The grade that a total earns. Raises `RuleError` for the scale."""
    for step in grade_scale(scale):
        if step.at_least is None or round(total - float(step.at_least), 9) >= 0:
            return step.name
    raise AssertionError("the last grade has no lower end")
