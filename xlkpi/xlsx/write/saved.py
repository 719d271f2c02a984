"""Saves openpyxl's workbooks as ours: without temporary files, and equal contents give equal bytes."""

from __future__ import annotations

import io
import zipfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging.relationship import get_rels_path
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.dimensions import SheetDimension
from openpyxl.writer.excel import ExcelWriter

from xlkpi.common.files import zip_entry
from xlkpi.version import __version__
from xlkpi.xlsx.write.rows import hyperlink, plain_rows, relationships

APPLICATION_PART = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    f"<Application>Microsoft Excel Compatible / xlkpi {__version__}</Application></Properties>"
)
"""The part docProps/app.xml: which program wrote a workbook."""


_ANY_TIME = datetime(2000, 1, 1)


def saved(book: Workbook, at: datetime = _ANY_TIME, category: str = "") -> bytes:
    """The workbook's bytes. at (the time of the last change), category: for its properties."""
    properties = book.properties
    properties.creator = properties.lastModifiedBy = "xlkpi"
    properties.category = category or None
    properties.created = properties.modified = at.replace(tzinfo=None, microsecond=0)
    buffer = io.BytesIO()
    with _Archive(buffer, "w") as archive:
        _Writer(book, archive).save()  # Workbook.save would write the present time
    return buffer.getvalue()


class _Archive(zipfile.ZipFile):
    def writestr(self, name: Any, data: Any, *_: Any) -> None:
        content = APPLICATION_PART if name == "docProps/app.xml" else data
        super().writestr(zip_entry(name), content, zipfile.ZIP_DEFLATED)

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        """A part to write into, so that it is never in memory as a whole."""
        entry = zip_entry(name)
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self.open(entry, "w") as target, io.BufferedWriter(target, 1 << 16) as part:
            yield part


class _Writer(ExcelWriter):
    def write_worksheet(self, ws: Any) -> None:
        """As openpyxl's, which writes every sheet into a temporary file, which a killed process leaves there."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        archive: _Archive = self._archive  # type: ignore[attr-defined]
        with archive.part(ws.path[1:]) as part:
            writer = _SheetWriter(ws, part)
            writer.write()
        ws._rels = writer._rels  # type: ignore[attr-defined]
        if writer.links:
            if ws._rels or ws._comments or ws.legacy_drawing:
                raise ValueError("plain rows with links beside drawings or notes")
            with archive.part(get_rels_path(ws.path)[1:]) as part:
                part.writelines(relationships(writer.plain.links(), _link_id))
        self.manifest.append(ws)


def _link_id(number: int) -> str:
    return f"rId{number}"


class _SheetWriter(WorksheetWriter):
    """As openpyxl's, with the plain rows of the sheet between the others. links: how many those have."""

    def __init__(self, ws: Any, out: IO[bytes]) -> None:
        self.plain, self.links = plain_rows(ws), 0
        self._sheet, self._part = ws, out
        super().__init__(ws, out)

    def write_dimensions(self) -> None:
        corners = self.plain.corners()
        if not corners:
            super().write_dimensions()
            return
        rows, columns = zip(*corners, *self._sheet._cells, strict=True)
        first, last = ((get_column_letter(edge(columns)), edge(rows)) for edge in (min, max))
        self.xf.send(SheetDimension("{}{}:{}{}".format(*first, *last)).to_tree())

    def write_rows(self) -> None:
        xf: Any = self.xf.send(True)
        numbers: dict[int, int] = {}

        def style(look: Any) -> int:
            if id(look) not in numbers:
                numbers[id(look)] = self._sheet.parent._cell_styles.add(look)
            return numbers[id(look)]

        with xf.element("sheetData"):
            others = deque(self.rows())
            for row in self.plain.rows:
                self._write_above(row.number, others, xf)
                xf.flush()
                self._part.write(self.plain.written(row, style))
            self._write_above(None, others, xf)
        self.xf.send(None)

    def _write_above(self, number: int | None, rows: deque[Any], xf: Any) -> None:
        """Write the other rows above a plain one, or all that are left."""
        while rows and (number is None or rows[0][0] < number):
            at, cells = rows.popleft()
            self.write_row(xf, cells, at)
        if rows and rows[0][0] == number:
            raise ValueError(f"row {number} has plain values and cells")

    def write_hyperlinks(self) -> None:
        super().write_hyperlinks()
        links = self.plain.links()
        if (first := next(links, None)) is None:
            return
        xf: Any = self.xf.send(True)
        with xf.element("hyperlinks"):
            xf.flush()
            for self.links, (address, link) in enumerate(chain([first], links), start=1):
                self._part.write(hyperlink(address, link, _link_id(self.links)))
        self.xf.send(None)
