"""The score of a rule is the one that its meaning has in exact fractions."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain

import pytest

from tests.support.strategies import Case, cases, drawn
from xlkpi.i18n.numbers import is_number
from xlkpi.rules.meaning import VETO, score
from xlkpi.rules.model import Levels
from xlkpi.rules.printer.phrase import phrase
from xlkpi.scoring import reasons
from xlkpi.scoring.scores import evaluate


def _numbers(case: Case) -> bool:
    return all(value is None or is_number(value) for value in (*case.actuals, *case.targets)) and all(
        is_number(value) for value in case.actuals
    )


def test_scores_are_those_of_the_meaning() -> None:
    """Where an actual lies so near an edge that floats cannot tell, the scores of both sides are right."""
    compared = 0
    for case in chain.from_iterable(drawn(cases(), 200)):
        if isinstance(case.rule.base, Levels) or not _numbers(case):
            continue
        exact = [[None if v is None else Decimal(repr(v)) for v in cells] for cells in (case.actuals, case.targets)]
        expected = score(case.rule, exact[0], exact[1])  # type: ignore[arg-type]
        if expected is None:
            continue
        outcome = evaluate(case.rule, case.actuals, case.targets)
        assert outcome is not None
        if expected == VETO:
            assert outcome.score == reasons.VETO
        else:
            assert outcome.score == pytest.approx(float(expected), rel=1e-9, abs=1e-6), (phrase(case.rule), case)
        compared += 1
    assert compared > 300
