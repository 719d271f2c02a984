"""Saves openpyxl's workbooks as ours: without temporary files, and equal contents give equal bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from xlkpi.common.files import zip_entry
from xlkpi.version import __version__

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


class _Writer(ExcelWriter):
    def write_worksheet(self, ws: Any) -> None:
        """As openpyxl's, which writes every sheet into a temporary file, which a killed process leaves there."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        part = io.BytesIO()
        writer = WorksheetWriter(ws, part)
        writer.write()
        ws._rels = writer._rels  # type: ignore[attr-defined]
        self._archive.writestr(ws.path[1:], part.getvalue())  # type: ignore[attr-defined]
        self.manifest.append(ws)
