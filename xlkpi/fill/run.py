"""Fills tables into forms: from the tables' cells to what becomes of every cell of the forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.common.quarter import Quarter
from xlkpi.fill.findings import FAULT, NOTE, Findings
from xlkpi.fill.gathering.gather import Gathering
from xlkpi.fill.gathering.piles import Source
from xlkpi.fill.gathering.rows import Rows, Wanted
from xlkpi.fill.gathering.settle import Candidate, Settling
from xlkpi.fill.mapping.headers import HeaderRow, best_header, header_rows
from xlkpi.fill.mapping.model import UNUSED, Mappings, TableMapping
from xlkpi.fill.mapping.reading import read_mappings
from xlkpi.fill.mapping.suggest import Labels, doubled_kinds, drafted, is_known, lacking, unmapped
from xlkpi.fill.people import People
from xlkpi.fill.place import Placing, note_start, origin_note, stored
from xlkpi.fill.request.answers import AnswerReading, answers_in
from xlkpi.fill.tables.table import Table, TableError
from xlkpi.fill.targets import Form, FormFile, doubled
from xlkpi.fill.words import table_words
from xlkpi.fill.write import Typed
from xlkpi.roster.header import folded


@dataclass
class Filling:
    """One run: the forms, the tables, and what was found. mapping: the mapping workbook, None without one.

    replace: what was typed gives way. partial: months that are not over are filled in, too.
    """

    files: Sequence[FormFile]
    catalogue: Catalogue
    mapping: Path | None = None
    replace: bool = False
    partial: bool = False
    findings: Findings = field(default_factory=Findings)
    placing: Placing = field(init=False)
    _used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.placing = Placing(self.findings, self.replace)

    def fill(self, tables: Sequence[Table]) -> None:
        """Decide what every table says about every cell.

        Raises `TableError` where there are no forms, or those of several quarters.
        """
        wanted, mappings = self._wanted()
        self.placing.place(list(self._candidates(tables, wanted, mappings)))

    def _wanted(self) -> tuple[Wanted, Mappings]:
        forms = [form for file in self.files for form in file.forms]
        quarter = quarter_of(forms)
        for copies in doubled(forms).values():
            first, second = copies[:2]
            values = {"who": first.who, "other": f"{second.file} {second.sheet}"}
            self.findings.add(FAULT, "fill_form_twice", first.file, first.sheet, **values)
            forms = [form for form in forms if form not in copies]
        labels = labels_of(forms)
        everything = labels.joined(labels_in(self.catalogue, quarter))
        mappings = Mappings() if self.mapping is None else read_mappings(self.mapping, everything, self.findings)
        return Wanted(forms, People(forms, mappings.shops), labels, everything, quarter), mappings

    # --- tables -------------------------------------------------------------------------------------------------------

    def _candidates(self, tables: Sequence[Table], wanted: Wanted, mappings: Mappings) -> Iterator[Candidate]:
        sources: dict[frozenset[str], Source] = {}
        for number, table in enumerate(tables):
            answers = answers_in(table)
            if answers is not None:
                yield from AnswerReading(answers, wanted, self.findings).candidates()
                continue
            read = self._mapped(table, wanted, mappings)
            if read is not None:
                header, used = read
                source = sources.setdefault(used.used, Source())
                Gathering(Rows(wanted, table, header, used), source, number, self.findings).gather()
        names = {folded(table.name) for table in tables}
        for mapping in mappings.tables:
            self._line_faults(mapping, FAULT if folded(mapping.name) in names else NOTE)
        for source in sources.values():
            yield from Settling(source, tables, self.findings, self.partial).candidates()

    def _line_faults(self, mapping: TableMapping, kind: str) -> None:
        """Tell once what is wrong with lines of a mapping: a fault where a table needs it, else a note."""
        if id(mapping) not in self._used:
            self._used.add(id(mapping))
            for one in mapping.faults:
                self.findings.add(kind, one.key, one.file, one.sheet, one.cell, **one.values)

    def _mapped(self, table: Table, wanted: Wanted, mappings: Mappings) -> tuple[HeaderRow, TableMapping] | None:
        """The headers of a table and what its columns are; None where that is not known, which is told."""
        rows = header_rows(table)
        for header in rows:
            fit = mappings.matching([text for _, text in header.named], table.name)
            if len(fit) > 1:
                names = tuple(mapping.name for mapping in fit)
                self._tell(FAULT, "fill_map_two", table, header, names=names)
                return None
            if fit:
                self._line_faults(fit[0], FAULT)
                return self._usable(table, header, fit[0])
        known = best_header(rows, lambda text: is_known(text, wanted.labels, wanted.quarter))
        if known is None:
            if any(any(row) for row in table.rows) or table.sheet is None:
                self.findings.add(FAULT, "fill_table_empty", table.file, table.sheet)
            return None
        return self._usable(table, known, drafted(table, known, wanted.labels, wanted.quarter))

    def _usable(self, table: Table, header: HeaderRow, mapping: TableMapping) -> tuple[HeaderRow, TableMapping] | None:
        missing = lacking(mapping)
        if not mapping.written and table.sheet is not None and len(missing) > 1:  # a sheet of notes beside the data
            self._tell(NOTE, "fill_sheet_left", table, header)
            return None
        for key in missing:
            self._tell(FAULT, key, table, header, found=tuple(text for _, text in header.named[:8]))
        alike = doubled_kinds(mapping.columns) if mapping.written else {}
        for kind, headers in alike.items():
            values = {"headers": headers, "kind": table_words()["kinds"][kind]}
            self._tell(FAULT, "fill_kind_twice", table, header, headers[1], **values)
        if self._twice(table, header, mapping) or missing or alike:
            return None
        asked = [column for column in mapping.columns if column.question and not mapping.written]
        for column in asked:
            self._tell(
                FAULT, "fill_column_asked", table, header, column.header, header=column.header, remark=column.remark
            )
        self._left_out(table, header, mapping)
        return None if asked else (header, mapping)

    def _twice(self, table: Table, header: HeaderRow, mapping: TableMapping) -> bool:
        """Whether a used header stands above two columns, which is told."""
        texts = [folded(text) for _, text in header.named]
        used = [text for _, text in header.named if folded(text) in mapping.used and texts.count(folded(text)) > 1]
        for text in dict.fromkeys(used):
            self._tell(FAULT, "fill_header_twice", table, header, text, header=text)
        return bool(used)

    def _left_out(self, table: Table, header: HeaderRow, mapping: TableMapping) -> None:
        """Tell which columns are not used, unless people have said so."""
        texts = [text for _, text in header.named]
        left = unmapped(mapping, texts)
        if not mapping.written:
            unused = mapping.of_kind(UNUSED)
            for column in unused:
                if column.measure:  # a near one
                    self._tell(
                        FAULT,
                        "fill_column_left",
                        table,
                        header,
                        column.header,
                        header=column.header,
                        remark=column.remark,
                    )
            left += [column.header for column in unused if not column.measure]
        if left:
            self._tell(NOTE, "fill_columns_left", table, header, headers=tuple(left))

    def _tell(self, kind: str, key: str, table: Table, row: HeaderRow, at: str = "", /, **values: object) -> None:
        column = row.texts.index(at) if at in row.texts else 0
        self.findings.add(kind, key, table.file, table.sheet, (row.row, column), **values)

    # --- what is written ----------------------------------------------------------------------------------------------

    def typed(self) -> Iterator[Typed]:
        """What is to be typed into each file that changes."""
        for file in self.files:
            edits = self.placing.edits(file)
            if edits:
                yield Typed(
                    file.name,
                    file.content,
                    file.language,
                    {sheet: {at: stored(one.value) for at, one in cells.items()} for sheet, cells in edits.items()},
                    {sheet: {at: origin_note(one) for at, one in cells.items()} for sheet, cells in edits.items()},
                    note_start(file.language),
                    file.ours,
                )


def quarter_of(forms: Iterable[Form]) -> Quarter:
    """The quarter of all forms. Raises `TableError` where there are no forms, or several quarters."""
    quarters = sorted({form.quarter for form in forms})
    if not quarters:
        raise TableError("fill_no_forms")
    if len(quarters) > 1:
        raise TableError("fill_quarters", quarters=tuple(map(str, quarters)))
    return quarters[0]


def labels_of(forms: Iterable[Form]) -> Labels:
    """The labels of the measures that forms have."""
    roles = {id(role): role for form in forms for role in (form.role, form.original)}
    return Labels.of((measure.label, measure.unit) for role in roles.values() for measure in role.measures)


def labels_in(catalogue: Catalogue, quarter: Quarter | None) -> Labels:
    """The labels of all measures of a company; without those of a role whose file is broken, which others tell."""
    measures: list[tuple[str, str]] = []
    for id in catalogue.role_ids:
        try:
            measures += [(measure.label, measure.unit) for measure in catalogue.role(id, quarter).measures]
        except CatalogueError:
            continue
    return Labels.of(measures)
