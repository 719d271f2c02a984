"""Refusals: what cannot be read, and which of several readings is meant."""

from __future__ import annotations

from xlkpi.rules.lexicon.words import Token
from xlkpi.rules.model import RuleError
from xlkpi.rules.resolver.deciding import Way
from xlkpi.rules.row import Row
from xlkpi.rules.rule import Rule


def unread(text: str, words: list[Token], reached: int, language: str) -> RuleError:
    """The refusal of a sentence of which some words are in no clause."""
    place = words[reached].start if reached < len(words) else len(text)
    return RuleError("“{said}”读不懂", position=place, said=text[place : place + 12])


def asked(found: list[Way], row: Row, language: str) -> Rule:
    """The one rule of all ways, or the question between two."""
    first = found[0].rule
    assert first is not None
    other = next((way for way in found[1:] if way.rule != first), None)
    if other is None:
        return first
    for (a, _, question), (b, _, _) in zip(found[0].answers, other.answers, strict=False):
        if a != b:
            raise question.refusal()
    raise RuleError("这句话有两种读法")
