"""Scores a table: `score_frame` scores every row of a DataFrame as `kpi_score` would, at the speed of NumPy."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import count, pairwise, takewhile
from math import isfinite, nan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xlkpi.i18n.languages import language_of
from xlkpi.i18n.numbers import is_number
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.row import doubtful
from xlkpi.rules.rule import Rule
from xlkpi.scoring import reasons
from xlkpi.scoring.columns import Columns
from xlkpi.scoring.scorer import VETO, ScoreError, Scorer
from xlkpi.scoring.scores import rule_of

_CHUNK = 65536
"""Rows scored at a time: their columns and results fit into the processor's cache."""

Rows = slice | NDArray[np.intp]


def score_frame(frame: pd.DataFrame, rule: str | None = None, unit: str | None = None) -> pd.DataFrame:
    """Score a table of indicators, one a row, as `kpi_score` scores each.

    It reads the columns `actual`, `target`, `rule` and `unit`. Where rules name several measures, the further ones
    stand in `actual_2`, `target_2`, `actual_3` and so on. `target` and `unit` may be left out. The arguments `rule` and
    `unit` replace those columns in every row: they show how another rule would have scored these numbers.

    Returns a frame with the same index and the columns

    - `score`: on the 100 scale, unrounded; 0 for a veto; NaN where a cell that the rule reads is empty (None, NaN or
      "") or there is a problem,
    - `deducted`: the points deducted, on the rule's own scale; NaN as `score`,
    - `veto`: whether the rule's veto (一票否决) holds,
    - `problem`: why the row cannot be scored, in the language of its rule, as a cell shows it after `#KPI`; else None.

    Raises KeyError without a column `actual`, or without a column `rule` where none is given.
    """
    table = _Table(frame)
    rules = _coded(frame["rule"] if rule is None else rule)
    units = _coded(frame.get("unit") if unit is None else unit)
    for sentence, row_unit, rows in _groups(rules, units, len(frame)):
        table.score(sentence, row_unit, rows)
    return table.result()


# --- rows of one rule -----------------------------------------------------------------------------------------------

_Coded = tuple[NDArray[np.intp], list[Any]]
"""The distinct values, and for every row the index of its value; a single index where all rows have the same."""


def _coded(values: pd.Series[Any] | str | None) -> _Coded:
    if not isinstance(values, pd.Series):
        return np.zeros(1, np.intp), [values]
    codes, different = pd.factorize(values, use_na_sentinel=False)
    return codes, list(different)


def _groups(rules: _Coded, units: _Coded, length: int) -> Iterator[tuple[Any, Any, list[Rows]]]:
    """(rule, unit, chunks of their rows) for every combination of rule and unit."""
    (rule_codes, sentences), (unit_codes, distinct_units) = rules, units
    if len(sentences) == len(distinct_units) == 1:
        yield sentences[0], distinct_units[0], [slice(*ends) for ends in _chunks(0, length)]
        return
    keys = np.broadcast_to(rule_codes * len(distinct_units) + unit_codes, length)
    smallest_type = np.min_scalar_type(len(sentences) * len(distinct_units))  # small integers are sorted fastest
    order = np.argsort(keys.astype(smallest_type), kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    for start, end in pairwise((*starts, length)):
        sentence, unit = divmod(keys[start], len(distinct_units))
        yield sentences[sentence], distinct_units[unit], [order[slice(*ends)] for ends in _chunks(start, end)]


def _chunks(start: int, end: int) -> Iterator[tuple[int, int]]:
    return ((first, min(first + _CHUNK, end)) for first in range(start, end, _CHUNK))


def _places(rows: Rows) -> NDArray[np.intp]:
    return np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows


# --- cells ----------------------------------------------------------------------------------------------------------


class _Cells:
    """A column: its cells as they are, and as numbers; NaN where a cell holds no number."""

    def __init__(self, column: pd.Series[Any]) -> None:
        self._column = column
        if column.dtype.kind in "iuf":
            missing: Any = {} if isinstance(column.dtype, np.dtype) else {"na_value": nan}
            self.numbers = column.to_numpy(np.float64, **missing)
        else:
            self.numbers = np.array([value if type(value) is float else _number(value) for value in column], np.float64)

    def at(self, rows: Rows) -> pd.Series[Any]:
        """Some of the cells."""
        return self._column.iloc[rows]


def _number(value: object) -> float:
    try:
        return float(value) if is_number(value) else nan
    except OverflowError:  # a whole number beyond what a float holds
        return nan


# --- the table ------------------------------------------------------------------------------------------------------


class _Table:
    """The cells of a frame, and the results so far."""

    def __init__(self, frame: pd.DataFrame) -> None:
        further = takewhile(frame.__contains__, (f"actual_{number}" for number in count(2)))
        actuals = ["actual", *further]
        targets = [name.replace("actual", "target") for name in actuals]
        self._actuals = [_Cells(frame[name]) for name in actuals]
        self._targets = [_Cells(frame[name] if name in frame else pd.Series(nan, frame.index)) for name in targets]
        self._index, length = frame.index, len(frame)
        self._score, self._deducted = np.empty(length), np.empty(length)
        self._veto = np.zeros(length, np.bool_)
        self._problem = np.empty(length, object)

    def result(self) -> pd.DataFrame:
        """What `score_frame` returns."""
        problem = pd.Series(self._problem, self._index, object, copy=False)
        columns = {"score": self._score, "deducted": self._deducted, "veto": self._veto, "problem": problem}
        return pd.DataFrame(columns, self._index, copy=False)

    def score(self, sentence: object, unit: object, chunks: list[Rows]) -> None:
        """Score the rows of one rule."""
        try:
            rule = _read(sentence, unit)
            if rule.measures > len(self._actuals):
                raise ScoreError(reasons.TOO_FEW_MEASURES, language_of(str(sentence)))
        except RuleError as error:
            self._refuse(chunks, reasons.unreadable(error))
        except ScoreError as error:
            self._refuse(chunks, reasons.cell_text(error.message))
        else:
            columns, single, language = Columns(rule), Scorer(rule), language_of(str(sentence))
            for rows in chunks:
                unsure = self._score_together(columns, rows)
                if len(unsure):
                    self._score_singly(columns, single, language, unsure)
                self._refuse_further(rule.measures, language, rows)
                self._ask(rule, str(sentence), unit if isinstance(unit, str) else None, rows)

    def _refuse_further(self, measures: int, language: str, rows: Rows) -> None:
        """Refuse the rows that are filled beyond the measures of their rule."""
        further = [cells.at(rows) for side in (self._actuals, self._targets) for cells in side[measures:]]
        if not further:
            return
        filled = np.logical_or.reduce([cells.notna() & (cells != "") for cells in further])
        if filled.any():
            reason = reasons.cell_text(ScoreError(reasons.TOO_MANY_MEASURES).told(language).message)
            self._refuse([_places(rows)[filled]], reason)

    def _ask(self, rule: Rule, sentence: str, unit: str | None, rows: Rows) -> None:
        """Refuse the rows whose target tells that the sentence has a second reading."""
        if not rule.rate_edges:
            return
        targets = self._targets[0].numbers[rows]
        far = np.array([bool(isfinite(t)) and doubtful(rule.rate_edges, Decimal(repr(float(t)))) for t in targets])
        if not far.any():
            return
        try:
            rule_of(sentence, unit, float(targets[far][0]))
        except RuleError as error:
            self._refuse([_places(rows)[far]], reasons.unreadable(error))

    def _refuse(self, chunks: list[Rows], cell_text: str) -> None:
        for rows in chunks:
            self._score[rows] = self._deducted[rows] = nan
            self._veto[rows] = False
            self._problem[rows] = _reason(cell_text)

    def _score_together(self, rule: Columns, rows: Rows) -> NDArray[np.intp]:
        """Score rows by the arithmetic of columns; returns the rows that must be scored one by one."""
        actuals = [cells.numbers[rows] for cells in self._actuals]
        targets = [cells.numbers[rows] for cells in self._targets]
        if rule.levels:
            measure = rule.levels.measure
            actuals[measure] = rule.awarded(self._actuals[measure].at(rows))
        scored = rule.score(actuals, targets)
        self._score[rows], self._deducted[rows] = scored.score, scored.deducted
        if rule.vetoes:
            self._veto[rows] = scored.veto
        if scored.sure.all():
            return np.empty(0, np.intp)
        return _places(rows)[~scored.sure]

    def _score_singly(self, rule: Columns, single: Scorer, language: str, rows: NDArray[np.intp]) -> None:
        """Score rows one by one, and record why a row cannot be scored."""
        self._score[rows] = self._deducted[rows] = nan
        self._veto[rows] = False
        actual_cells, target_cells = (side[: rule.measures] for side in (self._actuals, self._targets))
        read = [*actual_cells, *(self._targets[measure] for measure in rule.targets)]
        filled = ~np.logical_or.reduce([cells.at(rows).isna() for cells in read])
        rows = rows[filled]
        if not len(rows):
            return
        actuals, targets = (
            zip(*(cells.at(rows) for cells in side), strict=True) for side in (actual_cells, target_cells)
        )
        for row, *cells in zip(rows, map(list, actuals), map(list, targets), strict=True):
            try:
                outcome = single.outcome(*cells)
            except ScoreError as error:
                self._problem[row] = _reason(reasons.cell_text(error.told(language).message))
                continue
            if outcome is not None:
                score, self._deducted[row] = outcome
                self._veto[row] = score == VETO
                self._score[row] = 0.0 if score == VETO else score


def _read(sentence: object, unit: object) -> Rule:
    """The rule in a cell. Raises `RuleError`; `ScoreError` where the cell holds no text, or a `#KPI …`."""
    if not isinstance(sentence, str):
        raise ScoreError(reasons.RULE_NOT_TEXT)
    if reasons.is_refusal(sentence):
        raise ScoreError(reasons.PASSED, text=sentence)
    return parse(sentence, unit if isinstance(unit, str) else None)


def _reason(cell_text: str) -> str:
    """The part of a cell's text after `#KPI`."""
    return cell_text[len(reasons.PREFIX) :].strip()
