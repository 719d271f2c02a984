"""Reads one indicator of a table: unit, target, months and rule, with the questions that its texts leave open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from xlkpi.adopt.finding.items import ItemTexts
from xlkpi.adopt.finding.sheets import Cell
from xlkpi.adopt.reading.quotients import quotient_in
from xlkpi.adopt.reading.sentences import Sentence, sentence_of
from xlkpi.adopt.reading.targets import HIGHER, LOWER, MONTH, YEAR, Target, read_target
from xlkpi.adopt.reading.tolerances import free_of, may_be_tolerance
from xlkpi.adopt.reading.units import Unit, in_unit, months_of, scale_in_rule, unit_of
from xlkpi.adopt.words import folded, pattern, unit_in_label
from xlkpi.adopt.words import words as words_of
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.draft import Question
from xlkpi.i18n.labels import words as labels
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import number_text, plain
from xlkpi.rules.model import Levels, Meet
from xlkpi.rules.row import Row
from xlkpi.rules.spelling import normalise

MONTHS_IN_QUARTER = 3


@dataclass
class Reading:
    """What is known of an indicator, while it is read.

    target: in its unit, rates as fractions. months: "sum", "mean", or "quarter" where one number is typed for all.
    notes: what was calculated on the way; unread: heading → text.
    """

    id: str
    texts: ItemTexts
    unit: str = ""
    target: Decimal | None = None
    lower_is_better: bool | None = None
    months: str | None = None
    sentence: Sentence = field(default_factory=lambda: Sentence(""))
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.texts.label

    def ask(self, key: str, message: str, choices: Sequence[str] = (), /, **values: object) -> None:
        """Add a question about one of its entries; `message` is a key of commands.toml."""
        text = COMMANDS(message, label=self.label, **values)
        table = "measures" if key == "aggregate" else "indicators"
        self.questions.append(Question(f"{table}[{self.id}].{key}", text, tuple(choices)))

    def row(self, weight: Decimal | None) -> Row:
        """The row of the form as far as it is known. weight: in per cent of the whole, or points."""
        return Row(normalise(self.unit).strip() or None, self.target, weight, self.lower_is_better, 1)


@dataclass(frozen=True)
class TableFacts:
    """What the whole table says about each of its indicators.

    scale: how its targets write rates (see `units.scale_of`). monthly: whether it is a table for one month.
    money: the unit that stands over it (单位：万元), of what is money.
    """

    scale: str | None = None
    monthly: bool = False
    money: str = ""


def read_item(id: str, texts: ItemTexts, facts: TableFacts, weight: Decimal | None) -> Reading:
    """Read one indicator. weight: its share of the whole in per cent, or its points."""
    reading = Reading(id, texts, unread=dict(texts.unread))
    cell = texts.target
    target = _target(texts)
    sentence = next(filter(None, texts.rules), "")
    over = facts.money if unit_in_label(texts.label) in words_of("words", "money") else ""
    _settle_unit(reading, unit_of(texts.unit, target, sentence, texts.label, texts.unit_of_targets or over))
    if texts.direction:
        _settle_direction(reading, texts.direction)
    if cell and target:
        _settle_target(reading, target, cell, facts)
    reading.sentence, others = sentence_of(texts.rules, texts.label, reading.row(weight))
    if target and cell and _settle_tolerance(reading, target, cell.text):
        reading.sentence, others = sentence_of(texts.rules, texts.label, reading.row(weight))
    for other in others:
        heading = next((name for name, text in texts.originals.items() if text == other), "")
        reading.unread[heading] = other
    _settle_rated(reading)
    _settle_months(reading, facts, target)
    if cell and not target:
        _unread_target(reading, cell)
    _compare_with_rule(reading)
    if target and target.strict and reading.sentence.rule and isinstance(reading.sentence.rule.base, Meet):
        reading.ask("target", "adopt_strict", text=cell.text if cell else "")
    elif target and reading.sentence.rule is None and not reading.unit and not _asked(reading, "unit"):
        reading.ask("unit", "adopt_no_unit")
    _offer_quotient(reading)
    return reading


def _target(texts: ItemTexts) -> Target | None:
    """The target of an indicator; its period may stand in the heading."""
    target = read_target(texts.target.text) if texts.target else None
    return replace(target, period=target.period or texts.period_of_targets) if target else None


def _settle_unit(reading: Reading, unit: Unit) -> None:
    reading.unit = unit.name
    if unit.others:
        reading.ask("unit", "adopt_units", (unit.name, *unit.others), unit=unit.name, other=unit.others[0])


def _settle_direction(reading: Reading, text: str) -> None:
    for key, lower in (("lower", True), ("higher", False)):
        if folded(text) in words_of("words", key):
            reading.lower_is_better = lower
            return
    reading.unread[_heading(reading, text)] = text


# --- the target -------------------------------------------------------------------------------------------------------


def _settle_target(reading: Reading, target: Target, cell: Cell, facts: TableFacts) -> None:
    sentence = next(filter(None, reading.texts.rules), "")
    scale = facts.scale or scale_in_rule(target.number, sentence)
    numbers = in_unit(target, cell, reading.unit, scale)
    reading.target = numbers[0]
    if reading.lower_is_better is None and not target.tolerance:  # the best of ±5%以内 is in its middle
        reading.lower_is_better = {LOWER: True, HIGHER: False}.get(target.side)
    if len(numbers) > 1:
        rates = [f"{plain(number * 100)}%" for number in numbers]
        reading.ask("target", "adopt_rate", rates, text=cell.text, choices=tuple(rates))
        reading.target = None
    if target.rest and target.rest not in reading.label:
        reading.unread[_heading(reading, cell.text)] = cell.text


def _settle_tolerance(reading: Reading, target: Target, text: str) -> bool:
    """Keep what the rule does not deduct for from counting twice, as target and in the rule; whether the target is new.

    The target of an error is 0 where the table repeats the tolerance of the rule. What else may be one is a question.
    """
    number = reading.target
    if not number:
        return False
    rule, none = reading.sentence.rule, _shown(reading, Decimal(0))
    error = target.tolerance or pattern("deviation").search(reading.label) is not None
    free, relative = free_of(rule) if rule is not None else (None, False)
    if error and free == number and not relative:
        reading.target = Decimal(0)
        reading.notes.append(COMMANDS("adopt_tolerance", text=text, target=none))
        return True
    choices = (none, _shown(reading, number))
    if free is not None and (error or free == number):
        shown = f"{plain(free * 100)}%" if relative else _shown(reading, free)
        reading.ask("target", "adopt_tolerance_twice", choices, text=text, free=shown, none=none, target=choices[1])
    elif may_be_tolerance(target, rule, reading.sentence.text if error else ""):
        reading.ask("target", "adopt_tolerance_asked", choices, text=text, none=none)
    else:
        return False
    reading.target = None
    return False


def _heading(reading: Reading, text: str) -> str:
    return next((name for name, original in reading.texts.originals.items() if original == text), "")


def _unread_target(reading: Reading, cell: Cell) -> None:
    """A target that is no single number: a question where the rule needs it, else kept as text."""
    rule = reading.sentence.rule
    reading.unread[_heading(reading, cell.text)] = cell.text
    if (rule is None and re.search(r"\d", cell.text)) or (rule is not None and rule.reads_target(0)):
        reading.ask("target", "adopt_target", text=cell.text)


def _compare_with_rule(reading: Reading) -> None:
    """What the rule needs of the target, or says instead of it."""
    rule = reading.sentence.rule
    if rule is None:
        return
    origin = rule.origin(0)
    if origin is not None and reading.target is None and not _asked(reading, "target"):
        reading.target = origin.value
    elif origin is not None and reading.target is not None and origin.value != reading.target:
        shown = _shown(reading, origin.value), _shown(reading, reading.target)
        reading.ask("target", "adopt_other_target", shown, rule=shown[0], target=shown[1])
    elif rule.reads_target(0) and reading.target is None and not _asked(reading, "target"):
        whole = pattern("achievement").search(reading.label) is not None
        reading.ask("target", "adopt_no_target", ("100%",) if whole else ())
    if not reading.unit and not _asked(reading, "unit"):
        reading.ask("unit", "adopt_no_unit")


def _text(reading: Reading) -> str:
    """The target as it stands in the table."""
    return reading.texts.target.text if reading.texts.target else ""


def _asked(reading: Reading, key: str) -> bool:
    return any(question.key.endswith(f".{key}") for question in reading.questions)


def _shown(reading: Reading, number: Decimal) -> str:
    return f"{plain(number * 100)}%" if reading.unit == "%" else plain(number)


# --- months -----------------------------------------------------------------------------------------------------------


def _settle_rated(reading: Reading) -> None:
    rule = reading.sentence.rule
    if rule is not None and isinstance(rule.base, Levels):
        reading.unit = reading.unit or words_of("words", "rated")[0]
        reading.months = "quarter"


def is_monthly(texts: ItemTexts, facts: TableFacts) -> bool:
    """Whether an indicator is appraised each month."""
    said = texts.period_of_targets == MONTH or pattern("by_month").search(texts.period.strip()) is not None
    return facts.monthly or said


def _settle_months(reading: Reading, facts: TableFacts, target: Target | None) -> None:
    """How the months become a quarter, and what that makes of a target of one month.

    Where nobody can tell, one number is typed for the quarter; in a table of months that is a question.
    """
    period, monthly = reading.texts.period, is_monthly(reading.texts, facts)
    if reading.months is None and pattern("by_quarter").search(period) and not monthly:
        reading.months = "quarter"
    elif reading.months is None:
        reading.months = months_of(reading.label, reading.unit)
        if reading.months is None and target is not None and target.period == MONTH:
            reading.months = "sum"
        elif reading.months is None and monthly:
            reading.ask("aggregate", "adopt_months", words.choices("aggregates")[:3])
        reading.months = reading.months or "quarter"
    if reading.months == "mean" and not _asked(reading, "aggregate"):
        _add_up_events(reading)
    if pattern("by_year").search(period):
        reading.ask("aggregate", "adopt_year", period=period)
    if target is None or reading.target in (None, 0) or reading.months == "mean":
        return
    assert reading.target is not None
    if target.period == MONTH and reading.months == "sum":
        reading.target *= MONTHS_IN_QUARTER
        quarter = number_text(float(reading.target), False, labels(HANS))
        reading.notes.append(COMMANDS("adopt_three_months", text=_text(reading), target=quarter))
    elif target.period == YEAR:
        reading.ask("target", "adopt_year_target", text=_text(reading))
        reading.target = None
    elif not target.period and monthly:
        once, thrice = reading.target, reading.target * MONTHS_IN_QUARTER
        shown = _shown(reading, thrice), _shown(reading, once)
        reading.ask("target", "adopt_month_target", shown, text=_text(reading), once=shown[1], thrice=shown[0])
        reading.target = None


def _add_up_events(reading: Reading) -> None:
    """Add the months of what a rule counts (每次扣5分), which its unit or name alone would average.

    Where a rate is counted, or a rule speaks of cases without counting them, it is a question.
    """
    rule = reading.sentence.rule
    counted = rule is not None and rule.counted(0)
    if counted and reading.unit != "%" and not _asked(reading, "unit"):
        reading.months = "sum"
    elif counted or pattern("events" if reading.unit != "%" else "each_event").search(reading.sentence.text):
        reading.ask("aggregate", "adopt_events", words.choices("aggregates")[:2], sentence=_line(reading.sentence.text))


def _line(text: str) -> str:
    return " ".join(text.split())


def _offer_quotient(reading: Reading) -> None:
    """Ask whether a rate is typed, or calculated from numbers that the table names."""
    if reading.unit != "%":
        return
    for line in reading.texts.definition.split("\n"):
        quotient = quotient_in(line)
        if quotient is None:
            continue
        formula, names = quotient.formula, quotient.names
        if formula == "÷".join(names):
            reading.ask("actual", "adopt_quotient", (formula,), one=names[0], other=names[1])
        else:
            reading.ask("actual", "adopt_formula", (formula,), names=names, formula=formula)
        return
