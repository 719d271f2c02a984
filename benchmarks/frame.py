"""`score_frame` over a million rows, compared with NumPy code written by hand for the same rules.

The hand-written code has one function per rule, with the numbers in the code. It checks no inputs and gives no
problems, but the same scores and deducted points. Where rules are mixed, it selects the rows of each by the sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.measure import Row, beside
from benchmarks.scoring import BANDS, COUNT, LINEAR, STEPS, TWO
from xlkpi import score_frame

TITLE = "A million rows beside NumPy written by hand"
ROWS = 1_000_000
GOAL = 2.0

Numbers = NDArray[np.float64]
Scored = tuple[Numbers, Numbers]
Hand = Callable[..., Scored]


def steps(actual: Numbers, target: Numbers, *_: Numbers) -> Scored:
    deducted = np.maximum(0, np.floor(np.round((target - actual) / 0.05, 9))) * 3
    return np.maximum(0, 100 - deducted), deducted


def bands(actual: Numbers, target: Numbers, *_: Numbers) -> Scored:
    rate = actual / target
    ends = [np.round(rate - 1.2, 9) >= 0, np.round(rate - 0.8, 9) >= 0]
    return np.select(ends, [120.0, rate * 100], 0.0), np.zeros(len(rate))


def count(times: Numbers, *_: Numbers) -> Scored:
    deducted = np.where(times >= 3, 5 + (times - 3), times)
    return np.maximum(0, 100 - deducted), deducted


def linear(actual: Numbers, target: Numbers, *_: Numbers) -> Scored:
    return np.interp(actual / target, [0.8, 1, 1.2], [60, 100, 120]), np.zeros(len(actual))


def two(turnover: Numbers, turnover_target: Numbers, share: Numbers, share_target: Numbers) -> Scored:
    short = np.maximum(0, np.floor(np.round((turnover_target - turnover) / (turnover_target * 0.1), 9))) * 5
    deducted = short + np.maximum(0, np.floor(np.round((share - share_target) / 0.01, 9))) * 2
    return np.maximum(0, 100 - deducted), deducted


HANDS: dict[str, Hand] = {STEPS: steps, BANDS: bands, COUNT: count, LINEAR: linear, TWO: two}
UNITS = {STEPS: "%", BANDS: "万元", COUNT: "次", LINEAR: "万元", TWO: "次"}
COLUMNS = ("actual", "target", "actual_2", "target_2")


def table(sentences: list[str], rows: int) -> pd.DataFrame:
    """Rows of these rules in random order, with suitable numbers; the same in every run."""
    random = np.random.default_rng(7)
    which = random.integers(0, len(sentences), rows)
    actual, target = random.integers(0, 150, rows) / 10, np.full(rows, 10.0)
    for place, sentence in enumerate(sentences):
        own = which == place
        if sentence == STEPS:
            actual[own], target[own] = actual[own] / 50, 0.2
        elif sentence == COUNT:
            actual[own] = actual[own] // 2
    frame = pd.DataFrame({"actual": actual, "target": target})
    if TWO in sentences:
        own = which == sentences.index(TWO)  # the others have one measure, and a second number would be refused
        frame["actual_2"] = np.where(own, random.integers(0, 200, rows) / 1000, np.nan)
        frame["target_2"] = np.where(own, 0.1, np.nan)
    units = [UNITS[sentence] for sentence in sentences]
    return frame.assign(rule=np.array(sentences, object)[which], unit=np.array(units, object)[which])


def by_hand(frame: pd.DataFrame, sentences: list[str]) -> Scored:
    """Score the rows of each rule with its hand-written function."""
    columns = [frame[name].to_numpy() for name in COLUMNS if name in frame]
    if len(sentences) == 1:
        return HANDS[sentences[0]](*columns)
    score, deducted = np.empty(len(frame)), np.empty(len(frame))
    for sentence in sentences:
        rows = (frame["rule"] == sentence).to_numpy()
        score[rows], deducted[rows] = HANDS[sentence](*(column[rows] for column in columns))
    return score, deducted


def compared(what: str, sentences: list[str], kind: str = "str") -> Row:
    frame = table(sentences, ROWS).astype({"rule": kind, "unit": kind})
    arguments_of_rule = (sentences[0], UNITS[sentences[0]]) if len(sentences) == 1 else ()
    ours, hand = score_frame(frame, *arguments_of_rule), by_hand(frame, sentences)
    for column, other in zip(("score", "deducted"), hand, strict=True):
        np.testing.assert_allclose(ours[column], other, rtol=1e-12, atol=1e-9)

    def call(function: Callable[..., object], *arguments: object) -> Callable[[], None]:
        def timed() -> None:  # the results were compared above
            function(*arguments)

        return timed

    hand_written = call(by_hand, frame, sentences)
    return beside(what, call(score_frame, frame, *arguments_of_rule), hand_written, goal=GOAL, rounds=15, calls=1)


def rows() -> Iterator[Row]:
    single = ((f"one rule for all rows, {sentence}", [sentence]) for sentence in HANDS)
    for what, sentences in chain(single, [("five rules, mixed", list(HANDS))]):
        yield compared(what, sentences)
    yield compared("five rules, mixed, rules and units as categories", list(HANDS), "category")
