"""Rule → the canonical sentence of a language; `parse(phrase(rule, language)) == rule` in each of them."""

from __future__ import annotations

from xlkpi.i18n.languages import EN, HANS, HANT
from xlkpi.rules.model import Condition
from xlkpi.rules.printer.chinese import Simplified, Traditional
from xlkpi.rules.printer.english import English
from xlkpi.rules.printer.wording import Wording
from xlkpi.rules.rule import Rule

_WORDINGS: dict[str, Wording] = {HANS: Simplified(), HANT: Traditional(), EN: English()}


def phrase(rule: Rule, language: str = HANS) -> str:
    """The rule as a sentence of a language, in the canonical wording."""
    return _WORDINGS[language].sentence(rule)


def phrase_condition(condition: Condition, language: str = HANS) -> str:
    """80%≤完成率<120%, 实际=2, actual < 85%."""
    return _WORDINGS[language].condition(condition)
