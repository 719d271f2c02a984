"""How the sentences of a role file are read, where they do not say it in canonical words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlkpi.i18n.languages import language_of
from xlkpi.i18n.problems import ADVICE, WARNING
from xlkpi.lint.findings import Finding, IndicatorCase
from xlkpi.lint.units import check_shares_of_further
from xlkpi.rules.model import Bands, Linear, RuleError, Subject
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule
from xlkpi.rules.spelling import normalise
from xlkpi.scoring.rule_in_row import read_in_row, reading_of, row_of


def check_wording(case: IndicatorCase) -> Iterator[Finding]:
    """Sentences in other words than the canonical ones, and those that the form says otherwise than the file."""
    indicator = case.indicator
    sentence = indicator.rule_in_file or indicator.rule_text
    reading = reading_of(sentence, case.rule)
    if reading is None or any(check_shares_of_further(case)):
        return
    if sentence != indicator.rule_text:
        said = "表上照这样写" if indicator.rule_text == reading else f"表上写成“{indicator.rule_text}”"
        message = f"这一行的单位、目标值、权重或方向才说清它的意思：读作“{reading}”，{said}"
        yield case.finding("rule", "settled", ADVICE, sentence, message, f"请核对；可以写：{indicator.rule_text}")
    else:
        message = f"表上照写，附注里写明读作：{reading}"
        yield case.finding("rule", "wording", ADVICE, sentence, message, f"可以写：{reading}")


def check_read_before(case: IndicatorCase) -> Iterator[Finding]:
    """Sentences that earlier versions read otherwise: per cent of a rate, beside 目标值 or without a name."""
    row = case.rows[0]
    if not row.percent:
        return
    sentence = case.indicator.rule_in_file or case.indicator.rule_text
    before = _shares(sentence, row.part.unit) or _achievements(sentence, case.rule)
    if before is not None and before != case.rule:
        language = language_of(sentence)
        message = f"以前读作“{phrase(before, language)}”，现在读作“{phrase(case.rule, language)}”，得分不同"
        advice = f"请核对是哪一种，并照写：{phrase(case.rule, language)}；或 {phrase(before, language)}"
        yield case.finding("rule", "reread", WARNING, sentence, message, advice)


_BESIDE_TARGET = re.compile(r"(目标值?)(?=[0-9.]+%)")


def _shares(sentence: str, unit: str) -> Rule | None:
    """每低于目标值5%扣3分 in a row of per cent: it was 5% of the target, now it is 5 percentage points."""
    plain = normalise(sentence)
    with_share = _BESIDE_TARGET.sub(r"\1的", plain)
    if with_share == plain:
        return None
    try:
        return read_in_row(with_share, row_of(unit)).rule
    except RuleError:
        return None


def _achievements(sentence: str, rule: Rule) -> Rule | None:
    """≥95%得100分；… in a row of per cent: it was the achievement, now it is the rate itself."""
    if not isinstance(rule.base, Bands | Linear) or rule.base.subject is not Subject.VALUE:
        return None
    try:
        before = parse(sentence)
    except RuleError:
        return None
    named = isinstance(before.base, Bands | Linear) and before.base.subject is Subject.ACHIEVEMENT
    return before if named else None
