"""Writes the sheet 排名 of the summary workbook: everyone with a mark where it is in doubt, and who is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from openpyxl.formatting.rule import DataBarRule, FormulaRule
from openpyxl.styles import Font

from xlkpi.appraisal.people import Person
from xlkpi.catalogue.catalogue import UnknownRoleError
from xlkpi.collect.collection import Collection
from xlkpi.collect.marks import Unranked
from xlkpi.collect.outcome.columns import extra_columns
from xlkpi.collect.overview.facts import Facts
from xlkpi.collect.overview.records import Record
from xlkpi.collect.overview.texts import mark_text
from xlkpi.collect.workbook_scores import score_or_reason
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Span, part_id
from xlkpi.form.part_quarter import part_targets, part_text, shown_target
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import is_number, round_half_up, score_text
from xlkpi.i18n.problems import ERROR, WARNING
from xlkpi.scoring.reasons import PREFIX, is_refusal
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import CENTRE, FINAL, SCORE, TEXT, TableSheet, file_link
from xlkpi.xlsx.write.rows import TableValue

T = TypeVar("T")
_WIDTHS = (7, 10, 13, 18, 24, 13, 13, 10, 13, 13, 11, 50, 34)
_MARK, _FINAL = 10, 8
"""Columns, counted from 0; what only some companies have stands before the mark."""
_SMALL = TEXT.but(size=9)
_CELLS = (CENTRE, CENTRE, TEXT, TEXT, TEXT, TEXT, SCORE, SCORE, FINAL, CENTRE, CENTRE.but(size=9), _SMALL, _SMALL)
_MOST_SAID = 2
"""Errors and warnings told in words beside one person."""


def ranking_widths(collection: Collection, labels: Labels) -> list[float]:
    """The widths of the columns in characters."""
    return _with(_WIDTHS, [extra.width for extra in extra_columns(collection, labels)])


def _with(columns: Sequence[T], extra: Sequence[T]) -> list[T]:
    """The columns of every company, and the extra ones before the mark."""
    return [*columns[:_MARK], *extra, *columns[_MARK:]]


def ranking_notes(collection: Collection, facts: Facts, labels: Labels) -> list[str]:
    """The lines above the ranking."""
    people = [ranked.person for ranked in collection.ranking]
    counts = {"files": len(collection.received), "people": len(people), "complete": sum(p.complete for p in people)}
    notes = [labels("ranking_note", **counts), labels("ranking_ties")]
    return [*notes, labels("ranking_marks")] if any(record.marks for record in facts.records) else notes


def write_ranking(sheet: TableSheet, collection: Collection, facts: Facts, folder: Path) -> None:
    """Write everyone, the best first; then a table of those without a form that counts, and of unread files."""
    labels, extra = sheet.labels, extra_columns(collection, sheet.labels)
    keys = "rank_word employee_id name department post superior col_total col_events final grade col_mark col_note"
    headers = [labels(key) for key in (*keys.split(), "col_file")]
    headers, cells = _with(headers, [column.header for column in extra]), _with(_CELLS, [c.style for c in extra])
    rows = (
        _with(_row(record, collection, folder, labels), [column.value(record.person) for column in extra])
        for record in facts.records
    )
    table = sheet.table(headers, cells, rows)
    if len(table):
        bars = DataBarRule("num", 0, "num", 120, color=styles.BAR)
        sheet.sheet.conditional_formatting.add(sheet.cells(_FINAL, table), bars)
        _colour_marks(sheet, table, facts.records, _MARK + len(extra))
    gone = [*_unranked(facts, collection, labels), *_unread(facts, folder, labels)]
    if gone:
        sheet.heading(labels("ranking_unranked"))
        sheet.table(headers, cells, [_with(row, [None] * len(extra)) for row in gone])
    sheet.finish(table.first - 1, columns=3, table=table)


def _colour_marks(sheet: TableSheet, table: Span, records: Sequence[Record], column: int) -> None:
    """Errors in the colour of bad things, warnings in that of doubtful ones."""
    first = f"{sheet.letter(column)}{table.first}"
    texts = {
        _mark(record, sheet.labels): record.marks[0].severity if record.marks else WARNING
        for record in records
        if _mark(record, sheet.labels)
    }
    for text, severity in texts.items():
        colour = styles.BAD if severity == ERROR else styles.WARN
        lines = '"&CHAR(10)&"'.join(text.split("\n"))
        rule = FormulaRule([f'{first}="{lines}"'], font=Font(color=colour, bold=True))
        sheet.sheet.conditional_formatting.add(sheet.cells(column, table), rule)


def _row(record: Record, collection: Collection, folder: Path, labels: Labels) -> list[TableValue]:
    ranked, person = record.ranked, record.person
    titles = _titles(person, collection, labels)
    entries = collection.entries_of(person)
    last = entries[-1]
    total, final = person.total, person.final
    events: TableValue = None
    if is_number(total) and is_number(final):
        events = round_half_up(float(final) - float(total))
    remarks = [*_remarks(person, titles, labels), *_part_remarks(person, collection.quarter, labels)]
    remarks += [*_appeals(person, labels), *_told(record, labels)]
    if person.calibration is not None:
        remarks.append(labels("note_calibrated", grade=person.grade, **vars(person.calibration)))
    return [
        ranked.rank if ranked.rank is not None else "—",
        person.id,
        person.name or labels("nameless"),
        person.department,
        labels("list_separator").join(dict.fromkeys(titles)),
        person.superior,
        score_or_reason(total, labels),
        events or None,
        score_or_reason(final, labels),
        person.grade or "—",
        _mark(record, labels),
        "\n".join(remarks),
        file_link(last.file.name, last.file.path, folder, last.form.sheet),
    ]


def _mark(record: Record, labels: Labels) -> str:
    """What stands in the column of marks: an open appeal, errors and warnings."""
    pending = labels("mark_appeal") if any(one.pending for one in record.person.appeals) else ""
    return "\n".join(filter(None, (pending, mark_text(record.marks, labels))))


def _appeals(person: Person, labels: Labels) -> Iterator[str]:
    """The person's appeals, what was ruled on them, and the final score before."""
    for one in person.appeals:
        if one.pending:
            yield labels("note_appeal_open", label=one.label)
        else:
            scores = {"before": score_text(one.score_before), "after": score_text(one.score)}
            yield labels("note_appeal_ruled", label=one.label, state=labels(f"appeal_{one.state}"), **scores)
    if any(form.before for form in person.forms):
        finals = {"before": score_text(person.final_before) or "—", "after": score_text(person.final) or "—"}
        yield labels("note_appeal_final", **finals)


def _titles(person: Person, collection: Collection, labels: Labels) -> list[str]:
    """The role titles of a person's forms, in the language of the summary."""
    ids = (form.appraisal.role.id for form in person.forms)
    return [collection.role(id, labels.language).title for id in ids]


def _remarks(person: Person, titles: Sequence[str], labels: Labels) -> list[str]:
    """The remarks beside a person's numbers: several assignments, empty indicators, refused scores, alerts."""
    remarks = []
    for form, days, title in zip(person.forms, person.days, titles, strict=True):
        appraisal = form.appraisal
        if len(person.forms) > 1:
            remarks.append(
                labels("note_post", role=title, days=days, final=score_text(appraisal.final) or labels("no_final"))
            )
        empty = sum(result.applies and result.score is None for result in appraisal.indicators)
        if empty:
            remarks.append(labels("note_open", count=empty))
        refused = [result for result in appraisal.indicators if result.applies and is_refusal(result.score)]
        remarks += [
            labels("note_refused", indicator=result.label, reason=str(result.score).removeprefix(f"{PREFIX} "))
            for result in refused
        ]
        remarks += [text for _, text in appraisal.alerts]
    return remarks


def _part_remarks(person: Person, quarter: Quarter, labels: Labels) -> Iterator[str]:
    """What became of the targets that are those of a whole quarter, where somebody has the role for a part of it."""
    for form in person.forms:
        role, typed = form.appraisal.role, form.appraisal.inputs.targets
        rows = {part_id(id, number): value for id, values in typed.items() for number, value in enumerate(values)}
        for target in part_targets(role, form.assignment, quarter):
            whole, reduced = target.is_whole(rows.get(target.row)), target.is_reduced(rows.get(target.row))
            if form.assignment is None or target.whole is None or target.reduced is None or not (whole or reduced):
                continue
            numbers = {"whole": target.whole, "reduced": target.reduced}
            shown = {key: shown_target(number) for key, number in numbers.items()}
            part = part_text(form.assignment, quarter, labels)
            key = "note_part_whole" if whole else "note_part_reduced"
            yield labels(key, label=target.part.label, part=part, **shown)


def _told(record: Record, labels: Labels) -> Iterator[str]:
    """The errors and warnings of a ranked person in words, the first ones and how many more there are.

    Of somebody without a final score the other remarks say why.
    """
    marks = record.marks if record.final is not None else ()
    for problem in marks[:_MOST_SAID]:
        message = f"{problem.cell} {problem.message}" if problem.cell else problem.message
        yield labels(f"mark_{problem.severity}", message=message)
    if len(marks) > _MOST_SAID:
        yield labels("mark_more", count=len(marks) - _MOST_SAID)


def _unranked(facts: Facts, collection: Collection, labels: Labels) -> Iterator[list[TableValue]]:
    for one in facts.missing:
        who = one.line.who
        name = who.name or labels("nameless")
        post = _title(one, collection, labels)
        state = labels(f"unranked_{one.state}")
        yield ["—", who.id, name, who.department, post, who.superior, *[None] * 5, state, _files(one)]


def _files(one: Unranked) -> str:
    """The names of the forms of a line of which none counts."""
    return "\n".join(dict.fromkeys(copy.file.name for copy in one.line.copies))


def _title(one: Unranked, collection: Collection, labels: Labels) -> str:
    try:
        return collection.role(one.line.role, labels.language).title
    except UnknownRoleError:  # the roster may name a role that the catalogue does not have
        return one.line.role


def _unread(facts: Facts, folder: Path, labels: Labels) -> Iterator[list[TableValue]]:
    for file, reason in facts.unread:
        told = labels("file_unreadable", message=reason)
        link = file_link(file.name, file.path, folder)
        yield ["—", "", labels("unranked_unknown"), *[None] * 8, told, link]
