"""Clauses are found by patterns; which patterns are tried is decided by the kinds of the words alone."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.rules.test_wordings import Wording, wordings
from xlkpi.i18n.languages import EN, HANS, language_of
from xlkpi.rules.lexicon.patterns import Clauses
from xlkpi.rules.lexicon.words import tokens


@pytest.mark.parametrize("wording", wordings()[::9], ids=lambda wording: wording.id)
def test_no_pattern_that_would_match_is_passed_over(wording: Wording) -> None:
    language = EN if language_of(wording.text) == EN else HANS
    words = tokens(wording.text, language)
    clauses = Clauses(words, language)
    for start, end in combinations(clauses.breaks(), 2):
        tried = [match.means for match in clauses.between(start, end)]
        every = [p.means for p in clauses.table.patterns if p.match(clauses.letters, start, end)]
        assert tried == every
