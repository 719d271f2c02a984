"""Compares what people should not change (weights, rules, targets, grades, names, formulas) with the generated form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from unicodedata import category

from xlkpi.check.context import MANY, CheckedForm
from xlkpi.check.expected import IDENTITY_BLOCKS
from xlkpi.check.formulas.cells import FormulaCells
from xlkpi.check.formulas.identity import Identities
from xlkpi.check.formulas.places import Place
from xlkpi.check.part_quarter import not_reduced, reduced_targets
from xlkpi.check.plausible import target_meant
from xlkpi.check.sentences import read_rule
from xlkpi.common.caches import ByIdentity, kept
from xlkpi.common.person import IDENTITY_FIELDS
from xlkpi.common.quarter import MONTHS, Quarter, month_names
from xlkpi.form.blocks.meeting import PREFIXES
from xlkpi.form.grid import Ids, address
from xlkpi.form.layout import SPARE, part_id
from xlkpi.form.register import quarter_in, settings_digest
from xlkpi.i18n.former import former_words, in_words_of_today
from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import Value, is_number, stored_as
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Problem
from xlkpi.xlsx.cells import is_error_text

_HANDLED = frozenset({("i", "weight"), ("i", "rule"), ("i", "target"), ("i", "compiled"), ("final", "definition")})
"""Row families and columns that have a check of their own."""


def made_otherwise(form: CheckedForm) -> Iterator[Problem]:
    """A problem if the form was made of another role or other settings than those with which it is compared.

    A digest can be typed. If another one ended the comparison, whoever changes a form would change it, too.
    """
    if not form.current and form.catalogue.keeps:
        yield form.problem("definition_gone")
    elif not form.current:
        yield form.problem("digest", severity=WARNING)
    made, quarter = settings_digest(form.settings), quarter_in(form.settings)
    if form.catalogue.keeps and made and quarter and made != form.catalogue.company_digest(quarter):
        yield form.problem("company_gone", severity=WARNING)


def months_named(form: CheckedForm) -> Iterator[Problem]:
    """Headings of the months that are those of another quarter: only the quarter itself was changed on the form."""
    quarter, grid = quarter_in(form.settings), form.reading.grid
    if quarter is None:
        return
    every, wanted = _month_headings(quarter, form.labels.language)
    columns = [grid.column[month] for month in MONTHS if month in grid.column]
    if len(columns) < len(MONTHS):
        return
    for number, row in enumerate(grid.rows):
        if row[grid.id_column] or not row[columns[0]]:
            continue
        shown = tuple(str(row[column]).strip() for column in columns)
        if shown != wanted and every.issuperset(shown):
            values = {"value": shown, "expected": wanted, "quarter": str(quarter)}
            cell = address(number, columns[0])
            yield form.problem("quarter", None, None, ERROR, "months_of_other_quarter", cell, **values)
            return


@lru_cache(64)
def _month_headings(quarter: Quarter, language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The headings of all months, and of those of a quarter."""
    labels = words(language)
    every = frozenset(labels("month", month=name) for name in labels("months").split())
    return every, tuple(labels("month", month=name) for name in month_names(quarter, labels))


def weights(form: CheckedForm) -> Iterator[Problem]:
    """Weights that differ from the catalogue, and weights that do not sum to 100%."""
    role = form.reading.role
    for indicator in role.indicators:
        row, expected = part_id(indicator.id), float(role.weights[indicator.id])
        value = form.value(row, "weight")
        if is_number(value) and 0 <= value <= 1 and abs(value - expected) > 1e-9:
            shown = form.shown_apart(value, expected, "%")
            yield form.problem("weights", row, "weight", WARNING, label=indicator.label, **shown)
    total = sum(form.reading.inputs.weights.values()) + sum(spare.share for spare in form.reading.inputs.spare)
    told = any(spare.weight not in (None, "") and not spare.weighs for spare in form.reading.inputs.spare)
    if form.reading.appraisal is None or told:
        return
    if abs(total - 1) > 1e-6 and form.reading.grid.has("total", "weight"):
        yield form.problem("weights_total", "total", "weight", WARNING, value=form.shown(total, "%"))


def rules(form: CheckedForm) -> Iterator[Problem]:
    """Rules that cannot be read, differ from the catalogue, or whose formulas were made from another sentence."""
    grid = form.reading.grid
    for indicator in form.reading.role.indicators:
        row, was = part_id(indicator.id), indicator.rule_text
        if not grid.has(row, "rule"):
            continue
        sentence = grid.text(row, "rule")
        compiled = grid.text(row, "compiled") if grid.has(row, "compiled") else sentence
        values = {"label": indicator.label, "value": sentence, "expected": was}
        read = read_rule(form, row, sentence, indicator, expected=was)
        yield from read.problems
        if read.rule is None:
            continue
        rule = read.rule
        if sentence.strip() != was.strip():
            if rule == indicator.rule:
                yield form.problem("rule", row, "rule", ADVICE, "rule_reworded", **values)
            else:
                key = "rule" if sentence == compiled else "rule_refresh"
                yield form.problem("rule", row, "rule", WARNING, key, **values)
        elif sentence != compiled:
            yield form.problem("compiled", row, "compiled", WARNING, label=indicator.label)


def targets(form: CheckedForm) -> Iterator[Problem]:
    """Targets that differ from the catalogue, or from its part. They may have been agreed, so this is only advice."""
    reduced = reduced_targets(form)
    for indicator in form.reading.role.indicators:
        for number, part in enumerate(indicator.parts):
            row = part_id(indicator.id, number)
            value = form.value(row, "target")
            if target_meant(form, indicator, number) is not None:  # it is asked about
                continue
            if row in reduced:
                yield from not_reduced(form, reduced[row], value) if is_number(value) else ()
            elif part.target is not None and is_number(value) and abs(value - part.target) > 1e-9:
                shown = form.shown_apart(value, part.target, part.unit)
                yield form.problem("target", row, "target", ADVICE, label=part.label, **shown)


def grades(form: CheckedForm) -> Iterator[Problem]:
    """A grade scale that differs from the company's."""
    expected = form.expected[0].constants["final", "definition"]
    text = form.value("final", "definition")
    if form.reading.grid.has("final", "definition") and _plain(form.shown(text)) != _plain(form.shown(expected)):
        yield form.problem("grades", "final", "definition", WARNING, value=text or "", expected=expected)


def identity(form: CheckedForm) -> Iterator[Problem]:
    """Names and ids on the form that differ from the roster which the form was made from."""
    assignment = form.reading.registered.assignment
    if assignment is None:
        return
    for field, attribute in IDENTITY_FIELDS.items():
        expected, grid = getattr(assignment, attribute), form.reading.grid
        # Where the roster is empty, people type on the form.
        if not expected or not grid.has("person", field) or grid.place("person", field) in grid.uncalculated:
            continue
        value = grid.text("person", field)
        same = _plain(value) == _plain(expected) or stored_as(expected, grid.raw("person", field))
        if not (same or is_error_text(value)):
            yield form.problem(
                "identity", "person", field, ERROR, label=form.labels(field), value=value, expected=expected
            )


def contents(form: CheckedForm) -> Iterator[Problem]:
    """Formulas and texts that were changed or overwritten in cells that nobody types into; one cause is told once."""
    problems = list(_contents(form))
    if form.results_only:
        problems = [problem for problem in problems if problem.kind != "overwritten"]
        yield form.problem("overwritten", severity=WARNING, key="results_only")
    if form.lost:
        problems = [p for p in problems if p.kind != "formula" or (p.row_id, p.column_id) not in form.lost]
        yield form.problem("formula", *form.lost[0], WARNING, "functions_lost", count=len(form.lost))
    for kind in ("formula", "overwritten"):
        alike = [problem for problem in problems if problem.kind == kind]
        if len(alike) > MANY:
            problems = [problem for problem in problems if problem.kind != kind]
            row, column = alike[0].row_id or "", alike[0].column_id
            yield form.problem(kind, row, column, key=f"{kind}_many", label=form.label(row), count=len(alike))
    yield from problems


def _contents(form: CheckedForm) -> Iterator[Problem]:
    grid, expected = form.reading.grid, form.expected[0]
    for (row, column), constant in _other_constants(form).items():
        value = form.value(row, column)
        if value is None and (row, column) not in expected.constants:  # empty today
            continue
        if value != constant and grid.has(row, column):
            yield from _constant(form, row, column, value, constant)
    generated = tuple(
        (ByIdentity(sheet.identities), ByIdentity(sheet.formulas), ByIdentity(sheet.earlier)) for sheet in form.expected
    )
    cells, own = ByIdentity(form.formula_cells), ByIdentity(form.identities)
    for row, column in _other_formulas(cells, own, generated, form.labels.language):
        values = {"label": form.label(row), "column": form.column_label(row, column)}
        if form.formula(row, column) is None:
            yield form.problem("overwritten", row, column, value=form.shown(form.value(row, column)), **values)
        else:
            yield form.problem("formula", row, column, **values)


def _other_constants(form: CheckedForm) -> Mapping[Place, object]:
    """The constants of today and of earlier forms, but for those of the role where they all stand in their cells."""
    expected, rows = form.expected[0], form.reading.grid.rows
    earlier, constants, of_role = expected.earlier_constants, expected.constants, expected.of_role
    places = _constant_places(ByIdentity(of_role), ByIdentity(form.reading.grid.ids))
    if any(rows[row][column] != text or rows[row][column].__class__ is bool for row, column, text in places):
        return earlier | constants
    others = {place: constant for place, constant in earlier.items() if place not in of_role}
    return others | {place: constants[place] for place in expected.of_person}


@kept(256)
def _constant_places(
    constants: ByIdentity[Mapping[Place, object]], ids: ByIdentity[Ids]
) -> Sequence[tuple[int, int, object]]:
    """Row, column and constant of the cells that are there once."""
    row, column = ids.value.row, ids.value.column
    present = (place for place in constants.value if place[0] in row and place[1] in column)
    return [(row[place[0]], column[place[1]], constants.value[place]) for place in present]


_Generated = tuple[ByIdentity[Identities], ByIdentity[Mapping[Place, str]], ByIdentity[Mapping[Place, tuple[str, ...]]]]
"""Identities, formulas and earlier formulas of a generated sheet."""


@kept(256)
def _other_formulas(
    cells: ByIdentity[FormulaCells], own: ByIdentity[Identities], generated: tuple[_Generated, ...], language: str
) -> Sequence[Place]:
    """The cells for formulas that hold none, or one that means something else than those of the generated sheets.

    Another program spells every formula in its own way, but alike in all forms of a role, so this is found out once.
    """
    texts = cells.value.texts
    same_places = own.value is generated[0][0].value

    def as_generated(place: Place, formula: str) -> bool:
        made = [
            (identities.value, text)
            for identities, formulas, earlier in generated
            for text in (formulas.value[place], *earlier.value.get(place, ()))
        ]
        if same_places and formula in [text for _, text in made]:
            return True
        formula = in_words_of_today(formula, language)
        if own.value.canonical(formula) in [identities.canonical(text) for identities, text in made]:
            return True
        return own.value.meaning(formula) in [identities.meaning(text) for identities, text in made]

    places = cells.value.changed if same_places else texts
    return [place for place in places if (text := texts[place]) is None or not as_generated(place, text)]


def _constant(form: CheckedForm, row: str, column: str, value: Value, expected: object) -> Iterator[Problem]:
    if (row.partition(":")[0], column) in _HANDLED or (row == "person" and column in IDENTITY_FIELDS):
        return
    if is_number(expected) and is_number(value):
        same = abs(float(expected) - float(value)) <= 1e-9
    else:
        text, former = form.shown(value), form.expected[0].earlier_constants.get((row, column))
        text = former_words(form.labels.language).get(text, text)
        same = _plain(text) in [_plain(form.shown(one)) for one in (expected, former)]
    if same:
        return
    values = {"label": form.label(row), "value": form.shown(value), "expected": form.shown(expected)}
    if column == "unit":
        yield form.problem("unit", row, column, WARNING, **values)
    elif (row, column) == ("person", "period"):
        yield form.problem("quarter", row, column, WARNING, quarter=values["value"], expected=values["expected"])
    elif (row, column) == ("person", "post"):
        yield form.problem("identity", row, column, **(values | {"label": form.labels("post")}))
    else:
        where = form.reading.grid.address(row, column)
        yield form.problem("label", row, column, ADVICE, where=where, **values)


def _plain(text: str) -> str:
    """A text without differences that nobody sees: kinds and numbers of blanks, characters without a width."""
    visible = "".join(char for char in text.replace("_x000D_", "") if category(char) != "Cf")
    return " ".join(visible.split())


def rows_gone(form: CheckedForm) -> Iterator[Problem]:
    """Deleted or doubled rows and columns that scoring does not need; intake reports those that it needs."""
    grid = form.reading.grid
    if form.same_places and not (grid.doubled_rows or grid.doubled_columns):
        return
    reported = {(p.row_id, p.column_id) for p in form.reading.problems}
    absent = tuple(id[0] + ":" for id in IDENTITY_BLOCKS.values() if not grid.has_family(id))
    optional = {part_id(id) for id in SPARE}
    generated = form.expected[0].identities
    for row in generated.rows.values():
        if (row, None) in reported:
            continue
        if row in grid.doubled_rows:
            cell = address(grid.doubled_rows[row][-1], grid.id_column)
            yield form.problem("doubled", row, severity=WARNING, key="rows_doubled", cell=cell, label=form.label(row))
        elif row not in grid.row and row not in optional and not row.startswith(absent):
            typed = row.startswith((*PREFIXES, "x:"))
            severity = ERROR if row in ("grade", "total") else WARNING if typed else ADVICE
            yield form.problem("row_deleted", row, severity=severity, label=form.label(row))
    for column in sorted({id for key in generated.columns.values() for id in key.split("/")}):
        if (None, column) in reported:
            continue
        if column in grid.doubled_columns:
            cell = address(grid.id_row, grid.doubled_columns[column][-1])
            label = form.column_label("", column)
            yield form.problem("doubled", None, column, WARNING, "columns_doubled", cell, label=label)
        elif column not in grid.column:
            severity = ADVICE if column in ("remark", "no") else WARNING
            yield form.problem("column_deleted", None, column, severity, label=form.column_label("", column))
