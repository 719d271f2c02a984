"""Whether a name reads back without quotation marks."""

from __future__ import annotations

from functools import lru_cache

from xlkpi.i18n.languages import HANS
from xlkpi.rules.lexicon.patterns import Clauses
from xlkpi.rules.lexicon.words import tokens
from xlkpi.rules.spelling import is_label


@lru_cache(maxsize=1024)
def is_bare_label(name: str) -> bool:
    """Whether the name of a level needs no 「」, as in 优秀得100分."""
    if not is_label(name) or any(char.isdigit() for char in name):
        return False
    sentence = f"{name}得0分"
    found, _ = Clauses(tokens(sentence, HANS), HANS).readings(2)
    if len(found) != 1 or len(found[0]) != 1 or found[0][0].means != "named":
        return False
    named = found[0][0].slots["name"]
    return sentence[named[0].start : named[-1].end] == name
