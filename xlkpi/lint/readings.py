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
    if sentence == indicator.rule_text:
        yield case.finding("rule", "wording", ADVICE, sentence, "wording", canonical=reading)
    else:
        written = indicator.rule_text
        yield case.finding("rule", "settled", ADVICE, sentence, "settled", canonical=reading, written=written)


def check_read_before(case: IndicatorCase) -> Iterator[Finding]:
    """Sentences that earlier versions read otherwise: per cent of a rate, beside 目标值 or without a name."""
    row = case.rows[0]
    if not row.percent:
        return
    sentence = case.indicator.rule_in_file or case.indicator.rule_text
    before = _shares(sentence, row.part.unit) or _achievements(sentence, case.rule)
    if before is not None and before != case.rule:
        said = {"before": phrase(before, language_of(sentence)), "canonical": phrase(case.rule, language_of(sentence))}
        yield case.finding("rule", "reread", WARNING, sentence, "reread", **said)


_BESIDE_TARGET = re.compile(r"(目标值?)(?=[0-9.]+%)")
_SHARE_OF_TARGET = r"\1的"


def _shares(sentence: str, unit: str) -> Rule | None:
    """每低于目标值5%扣3分 in a row of per cent: it was 5% of the target, now it is 5 percentage points."""
    plain = normalise(sentence)
    with_share = _BESIDE_TARGET.sub(_SHARE_OF_TARGET, plain)
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
