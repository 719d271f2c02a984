"""Makes the draft of a role from one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from xlkpi.adopt.finding.items import ItemTexts, items_of
from xlkpi.adopt.finding.sheets import Place
from xlkpi.adopt.finding.tables import Table
from xlkpi.adopt.names import cleaner_name, name_of, names_a_month, quarter_in, title_in, title_said
from xlkpi.adopt.reading.item import Reading, TableFacts, is_monthly, read_item
from xlkpi.adopt.reading.sentences import on_scale
from xlkpi.adopt.reading.units import scale_of
from xlkpi.adopt.reading.weights import Weights, weights_of
from xlkpi.adopt.words import pattern
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.draft import Question, RoleDraft
from xlkpi.catalogue.workbooks.reading.rows import id_for
from xlkpi.catalogue.workbooks.reading.sheet import role_id
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Basis, Count, Subject

_LONGEST_LABEL = 80


@dataclass(frozen=True)
class Origin:
    """Where a table comes from. file: its name; stem: that without its ending; quarter: the one that it holds from
    where it names none; id: of the role, where somebody chose one.
    """

    file: str
    stem: str
    quarter: Quarter
    id: str = ""


def draft_of(table: Table, origin: Origin) -> RoleDraft:
    """The draft of the role of a table."""
    title, used, title_question = _title(table, origin)
    texts = [_short(one) for one in items_of(table)]
    weights = weights_of(table, [one.group for one in texts])
    readings = _readings(table, texts, weights)
    questions = [
        *title_question,
        *(Question("", question) for question in weights.asked),
        *_about_all(table, readings),
        *(question for reading in readings for question in _in_order(reading)),
    ]
    above = [table.sheet.text(*place) for place in table.above]
    quarter = quarter_in([*above, table.sheet.name]) or origin.quarter
    data = {
        "id": origin.id or role_id(title),
        "title": title,
        "source": " ".join(filter(None, (origin.file, table.sheet.name))),
        "effective_from": str(quarter),
        **_entries(readings, weights),
    }
    originals = {reading.id: dict(reading.texts.originals) for reading in readings}
    unread = {reading.id: _unread(reading) for reading in readings if reading.unread}
    return RoleDraft(data, originals, unread, tuple(_left(table, used)), tuple(questions))


def _unread(reading: Reading) -> str:
    texts = (COMMANDS("adopt_said", heading=heading, text=text) for heading, text in reading.unread.items())
    return "\n".join(texts)


def _title(table: Table, origin: Origin) -> tuple[str, set[Place], list[Question]]:
    """The title of the role, the places that say it, and the question where nothing does."""
    sheet = table.sheet
    if table.title is not None and (title := title_in(sheet.text(*table.title))):
        return cleaner_name(title, sheet.name), {table.title}, []
    said, place = title_said(sheet, table.above)
    if said and place:
        return said, {place}, []
    if table.title is not None and not name_of(sheet.name) and (title := name_of(sheet.text(*table.title))):
        return title, {table.title}, []
    if title := name_of(sheet.name):
        return title, set(), []
    title = title_in(origin.stem) or origin.stem
    return title, set(), [Question("title", COMMANDS("adopt_no_title", title=title), (title,))]


def _short(texts: ItemTexts) -> ItemTexts:
    """The texts; of a name that is too long for a form, the rest stands in the definition."""
    if len(texts.label) <= _LONGEST_LABEL:
        return texts
    definition = "\n".join(filter(None, (texts.label, texts.definition)))
    return replace(texts, label=f"{texts.label[:30]}…", definition=definition)


def _readings(table: Table, texts: Sequence[ItemTexts], weights: Weights) -> list[Reading]:
    rates = [one.target for one in texts if one.target and pattern("rate").search(one.unit + one.label)]
    scale = scale_of(rates) or ("fraction" if weights.fractions else None)
    facts = TableFacts(scale, _is_monthly(table), _money(table))
    shares = _shares(texts, weights, in_points=table.columns.points)
    ids: dict[str, int] = {}
    readings = []
    for number, one in enumerate(texts):
        id = id_for(one.label)
        ids[id] = ids.get(id, 0) + 1
        reading = read_item(id if ids[id] == 1 else f"{id}_{ids[id]}", one, facts, shares[number])
        if ids[id] > 1:
            reading.ask("label", "adopt_same_label")
        _ask_about_weight(reading, weights, number, in_points=table.columns.points)
        readings.append(reading)
    sentences = [reading.sentence for reading in readings]
    for reading, share in zip(readings, shares, strict=True):
        row, in_points = reading.row(share), table.columns.points
        reading.sentence = on_scale(reading.sentence, reading.label, row, sentences, in_points=in_points)
        if reading.sentence.question:
            reading.questions.append(
                Question(f"indicators[{reading.id}].rule", reading.sentence.question, reading.sentence.choices)
            )
    return readings


def _shares(texts: Sequence[ItemTexts], weights: Weights, *, in_points: bool) -> list[Decimal | None]:
    """What each item is worth: its points, or its share of the whole in per cent."""
    if in_points and not weights.groups:
        return [None if weight is None else Decimal(repr(weight)).normalize() for weight in weights.items]
    groups: dict[str, float] = {}
    for one, weight in zip(texts, weights.items, strict=True):
        groups[one.group] = groups.get(one.group, 0.0) + (weight or 0)
    whole = sum(weights.groups.values()) if weights.groups else sum(groups.values())
    shares: list[Decimal | None] = []
    for one, weight in zip(texts, weights.items, strict=True):
        of_group = weights.groups.get(one.group, groups[one.group])
        known = weight is not None and whole and groups[one.group]
        share = (weight or 0) / groups[one.group] * of_group / whole * 100 if known else 0
        shares.append(Decimal(repr(round(share, 6))).normalize() if known else None)
    return shares


def _ask_about_weight(reading: Reading, weights: Weights, number: int, *, in_points: bool) -> None:
    if number in weights.shared:
        together, count = weights.shared[number]
        each = plain(round(together / count, 4))
        key = "adopt_shared_points" if in_points else "adopt_shared_weight"
        reading.ask("weight", key, (each,), together=plain(together), count=count, each=each)
    elif weights.items[number] is None and any(weight is not None for weight in weights.items):
        reading.ask("weight", "adopt_no_points" if in_points else "adopt_no_weight")


_ORDER = ("label", "weight", "unit", "target", "aggregate", "actual", "rule")


def _in_order(reading: Reading) -> list[Question]:
    """The questions about an indicator, so that an answer never waits for a later one."""
    return sorted(reading.questions, key=lambda question: _ORDER.index(question.key.rpartition(".")[2]))


def _about_all(table: Table, readings: Sequence[Reading]) -> Iterator[Question]:
    """The questions that are answered once for several indicators."""
    no_owner = [reading for reading in readings if not reading.texts.owner]
    if no_owner:
        labels = tuple(reading.label for reading in no_owner)
        key = "adopt_no_owners" if len(no_owner) == len(readings) else "adopt_no_owner"
        yield Question(f"measures[{no_owner[0].id}].owner", COMMANDS(key, labels=labels))
    bare = [reading.texts.target for reading in readings if reading.texts.target]
    if not table.sheet.formats and any(cell.number is not None for cell in bare):
        yield Question("", COMMANDS("adopt_no_formats"))
    facts = TableFacts(monthly=_is_monthly(table))
    monthly = (reading for reading in readings if is_monthly(reading.texts, facts))
    if counted := tuple(reading.label for reading in monthly if _counts_up(reading)):
        yield Question("", COMMANDS("adopt_monthly", labels=counted))


def _money(table: Table) -> str:
    """The unit that a line over a table gives for its money, 万元 of 单位：万元."""
    found = (pattern("unit_of_table").search(table.sheet.text(*place)) for place in table.above)
    return next((match[1] for match in found if match), "")


def _is_monthly(table: Table) -> bool:
    """Whether a line over a table that speaks of appraisal, or the name of its sheet, says that it is of a month."""
    rows = dict.fromkeys(row for row, _ in table.above)
    lines = ["\t".join(table.sheet.text(*place) for place in table.above if place[0] == row) for row in rows]
    return names_a_month([*filter(pattern("about_appraisal").search, lines), table.sheet.name])


def _counts_up(reading: Reading) -> bool:
    """Whether three months together score otherwise than one: deductions for each time or piece of what adds up."""
    rule = reading.sentence.rule
    if rule is None or reading.months != "sum":
        return False
    by_number = any(isinstance(one, Count) or one.basis is Basis.ABSOLUTE for one in rule.adjustments)
    return by_number or any(condition.subject is not Subject.ACHIEVEMENT for condition in rule.conditions(0))


# --- data -------------------------------------------------------------------------------------------------------------


def _entries(readings: Sequence[Reading], weights: Weights) -> dict[str, Any]:
    """Groups, measures and indicators as in a role file. Indicators of one group stand together."""
    default = words.default("group")
    paths = [reading.texts.group or default for reading in readings]
    groups: dict[str, float] = {}
    for path, weight in zip(paths, weights.items, strict=True):
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            name = "/".join(parts[:end])
            groups[name] = groups.get(name, 0.0) + (weight or 0.0)
    groups |= {path: weight for path, weight in weights.groups.items() if path in groups}
    places = {path: number for number, path in enumerate(groups)}
    order = sorted(
        range(len(readings)),
        key=lambda n: [places["/".join(paths[n].split("/")[: end + 1])] for end in range(paths[n].count("/") + 1)],
    )
    return {
        "groups": [{"path": path} | _number("weight", weight or None) for path, weight in groups.items()],
        "measures": [_measure(readings[n]) for n in order],
        "indicators": [_indicator(readings[n], paths[n], weights.items[n]) for n in order],
    }


def _number(key: str, number: float | Decimal | None) -> dict[str, float]:
    if number is None:
        return {}
    value = round(float(number), 10)
    return {key: int(value) if value.is_integer() else value}


def _measure(reading: Reading) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": reading.id,
        "label": reading.label,
        "definition": reading.texts.definition or reading.label,
        "unit": reading.unit,
        "owner": reading.texts.owner,
    }
    if reading.months == "quarter":
        entry["entry"] = "quarter"
    elif reading.months == "mean":
        entry["aggregate"] = "mean"
    return {key: value for key, value in entry.items() if value}


def _indicator(reading: Reading, group: str, weight: float | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": reading.id, "label": reading.label, "group": group, **_number("weight", weight), "unit": reading.unit,
        "definition": reading.texts.definition or reading.label, "actual": reading.id,
        **_number("target", reading.target), "rule": reading.sentence.text, "note": "\n".join(reading.notes),
    }  # fmt: skip
    known = {key: value for key, value in entry.items() if value != ""}
    if reading.lower_is_better is not None:
        known["lower_is_better"] = reading.lower_is_better
    return known


# --- what belongs to no indicator -------------------------------------------------------------------------------------


def _left(table: Table, used: set[Place]) -> Iterator[str]:
    """The texts of a table that are in no indicator, each with its cell; then what is hidden."""
    sheet = table.sheet
    for place in table.above:
        if place not in used:
            yield f"{sheet.address(place)} {sheet.text(*place)}"
    for column in table.columns.results:
        heading, place = table.header.heading(column), sheet.anchor(table.header.bottom, column)
        yield COMMANDS("adopt_result", cell=sheet.address(place), heading=heading)
    for place in table.left:
        yield f"{sheet.address(place)} {sheet.text(*place)}"
    rows = range(table.header.top, max((item.rows[-1] for item in table.items), default=0) + 1)
    if hidden := tuple(str(row + 1) for row in rows if row in sheet.hidden_rows):
        yield COMMANDS("adopt_hidden_rows", rows=hidden)
    letters = [
        sheet.address((0, column.number)).rstrip("1")
        for column in table.header.columns
        if column.number in sheet.hidden_columns
    ]
    if letters:
        yield COMMANDS("adopt_hidden_columns", columns=tuple(letters))
