"""Sentences as real forms have them: what they score, and what is asked where they are not clear."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

import pytest

from tests.support.paths import CASES
from xlkpi.i18n.numbers import Value
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.scoring.scores import kpi_score

FILES = ("own.tsv", "invented.tsv", "strangers.tsv")
UNREAD = {"o-so08": "a name with two numbers in it: 6项工程100%完工"}
"""Clear sentences that are refused, with the reason."""


@dataclass(frozen=True)
class Wording:
    """A line of a file: a sentence in the row of its unit, and what it scores or what has to be asked."""

    id: str
    clear: bool
    text: str
    unit: str | None
    cases: tuple[tuple[tuple[Value, ...], tuple[Value, ...], Value], ...]
    question: str


@cache
def wordings() -> tuple[Wording, ...]:
    return tuple(wording for name in FILES for wording in _read(name))


def _read(name: str) -> list[Wording]:
    with (CASES / "wordings" / name).open(encoding="utf-8", newline="") as file:
        return [_wording(row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def _wording(row: dict[str, str]) -> Wording:
    actuals, targets, expected = (row[name].split("|") for name in ("actual", "target", "expected"))
    cases = tuple((_cells(a), _cells(t), _cell(e)) for a, t, e in zip(actuals, targets, expected, strict=False))
    clear = row["class"] == "right"
    return Wording(row["id"], clear, row["wording"].replace("⏎", "\n"), row["unit"] or None, cases, row["question"])


def _cells(text: str) -> tuple[Value, ...]:
    return tuple(_cell(cell) for cell in text.split(";"))


def _cell(text: str) -> Value:
    said = text.strip()
    if not said:
        return None
    try:
        return float(said[:-1]) / 100 if said.endswith("%") else float(said)
    except ValueError:
        return said


@pytest.mark.parametrize("wording", [w for w in wordings() if w.clear], ids=lambda w: f"{w.id} {w.text}")
def test_a_clear_sentence_scores_what_its_author_means(wording: Wording) -> None:
    if wording.id in UNREAD:
        with pytest.raises(RuleError):
            parse(wording.text, wording.unit)
        return
    for actual, target, expected in wording.cases:
        score = kpi_score(_one(actual), _one(target), wording.text, wording.unit)
        assert score == (pytest.approx(expected, abs=1e-9) if isinstance(expected, float) else expected)


def _one(cells: tuple[Value, ...]) -> Value | tuple[Value, ...]:
    return cells[0] if len(cells) == 1 else cells


@pytest.mark.parametrize("wording", [w for w in wordings() if not w.clear], ids=lambda w: f"{w.id} {w.text}")
def test_an_unclear_sentence_is_asked_about(wording: Wording) -> None:
    """A target may tell that there are two readings; then the score is refused."""
    ((actual, target, _),) = wording.cases or (((None,), (None,), None),)
    with pytest.raises(RuleError) as caught:
        kpi_score(_one(actual), _one(target), wording.text, wording.unit)
    assert wording.question in caught.value.message
    for sentence, rule in caught.value.readings:
        assert parse(sentence, wording.unit) == rule
        assert sentence in caught.value.suggestions


def test_most_clear_sentences_are_read() -> None:
    clear = [w for w in _read("own.tsv") if w.clear]
    assert len(UNREAD) <= 0.05 * len(clear)
