"""Builds the Word template of guides from pieces: headings, tables, styles."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from lxml import etree
from markupsafe import escape

from xlkpi.version import __version__
from xlkpi.writer.styles import ACCENT, ACCENT_PALE, FIXED, LINE, MUTED

_UNUSED = ("thumbnail", "stylesWithEffects", "customXml")
_KEPT_TABLE_STYLES = ("Normal Table", "Table Grid")
"""All other styles and parts of python-docx's template are removed: nothing uses them, and they are twenty times as
large as a guide."""
_ACCENT, _MUTED = RGBColor.from_string(ACCENT), RGBColor.from_string(MUTED)

Columns = Sequence[tuple[str, str, float, bool]]
"""For each column: heading, content, width in millimetres, whether it holds numbers."""


class WordPage:
    """A Word document in A4, with 180 mm between the margins."""

    def __init__(self) -> None:
        self.document = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(15)
        section.top_margin, section.bottom_margin = Mm(15), Mm(16)
        section.footer_distance = Mm(8)
        _styles(self.document)
        _forget_origin(self.document)
        properties = self.document.core_properties
        # The title of every guide that is made from the template.
        properties.title, properties.author, properties.comments = "{{ quarter }} {{ name[:80] }}", "xlkpi", ""
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        grey(footer.add_run("{{ quarter }} · {{ name }}　"), 8)
        _field(footer, "PAGE")
        grey(footer.add_run(" / "), 8)
        _field(footer, "NUMPAGES")

    def content(self) -> bytes:
        """The document as a .docx file."""
        for source in (self.document.part.package, self.document.part):
            for id, relation in list(source.rels.items()):
                if relation.reltype.endswith(_UNUSED):
                    del source.rels[id]
        buffer = io.BytesIO()
        self.document.save(buffer)
        return buffer.getvalue()

    def paragraph(self, text: str) -> None:
        """Add a paragraph."""
        self.document.add_paragraph(text)

    def remark(self, text: str) -> None:
        """Add a remark, small and grey."""
        grey(self.document.add_paragraph().add_run(text), 9)

    def heading(self, text: str, hint: str = "") -> None:
        """Add a heading and a small explanation; both are names of texts in the template's data."""
        heading = self.document.add_paragraph(style="Heading 2")
        heading.add_run(f"{{{{ {text} }}}}")
        if hint:
            grey(heading.add_run(f"　{{{{ {hint} }}}}"), 9)

    def table(self, loop: str, columns: Columns) -> Any:
        """Add a table with a row for every item. loop: such as `loss in form.losses`."""
        table = self.empty_table([width for _, _, width, _ in columns])
        numbers = [place for place, column in enumerate(columns) if column[3]]
        self.header(table, [f"{{{{ {heading} }}}}" for heading, *_ in columns], numbers)
        self.row(table, (f"{{%tr for {loop} %}}",))
        self.row(table, [f"{{{{ {content} }}}}" for _, content, *_ in columns], numbers)
        self.row(table, ("{%tr endfor %}",))
        return table

    def empty_table(self, widths: Sequence[float]) -> Any:
        """Add a table without rows; widths in millimetres."""
        table = self.document.add_table(rows=0, cols=len(widths))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        indent = OxmlElement("w:tblInd")  # else Word moves the frame into the margin
        indent.set(qn("w:w"), "108")
        indent.set(qn("w:type"), "dxa")
        table._tbl.tblPr.find(qn("w:jc")).addnext(indent)
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        return table

    def row(self, table: Any, texts: Sequence[str], numbers: Sequence[int] = ()) -> list[Any]:
        """Add a row to a table. numbers: the columns that hold numbers. Returns its cells."""
        # As XML in one piece: python-docx looks every name of a style up among all styles, cell by cell.
        widths = [column.get(qn("w:w")) for column in table._tbl.tblGrid]
        shown = [*texts, *[""] * (len(widths) - len(texts))]
        cells = "".join(map(_cell, widths, shown, [place in numbers for place in range(len(widths))]))
        row = parse_xml(f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
        table._tbl.append(row)
        return [_Cell(cell, table) for cell in row.tc_lst]  # type: ignore[attr-defined]

    def header(self, table: Any, texts: Sequence[str], numbers: Sequence[int] = ()) -> None:
        """Add a row that is repeated at the top of every page. numbers: the columns that hold numbers."""
        for cell in self.row(table, texts, numbers):
            shade(cell, ACCENT_PALE)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True
                for run in paragraph.runs:
                    run.bold, run.font.color.rgb = True, _ACCENT
        _row_property(table.rows[-1], "w:tblHeader")

    def sum(self, table: Any, texts: Sequence[str], numbers: Sequence[int]) -> None:
        """Add a last row; its first text spans the columns before the first number."""
        cells = self.row(table, texts, numbers)
        for cell in cells:
            shade(cell, FIXED)
            for run in cell.paragraphs[0].runs:
                run.bold = True
        merge(cells[: numbers[0]])


def _cell(width: str, text: str, number: bool) -> str:
    """The XML of a cell. width: in twentieths of a point. number: it stands on the right."""
    properties = f'<w:tcPr><w:tcW w:type="dxa" w:w="{width}"/><w:vAlign w:val="center"/></w:tcPr>'
    right = '<w:jc w:val="right"/>' if number else ""
    paragraph = f'<w:pPr><w:pStyle w:val="Cell"/>{right}</w:pPr>'
    space = ' xml:space="preserve"' if text != text.strip() else ""
    content = f"<w:t{space}>{escape(text)}</w:t>" if text else ""
    return f"<w:tc>{properties}<w:p>{paragraph}<w:r>{content}</w:r></w:p></w:tc>"


def merge(cells: Sequence[Any]) -> None:
    """Merge neighbouring cells; the content of the first one stays."""
    merged = cells[0].merge(cells[-1])
    for paragraph in merged.paragraphs[1:]:
        paragraph._p.getparent().remove(paragraph._p)


def _styles(document: Any) -> None:
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in _KEPT_TABLE_STYLES:
            style.delete()
    normal = document.styles["Normal"]
    _font(normal, 10)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(2)
    for name, size, before, after in (("Title", 16, 0, 6), ("Heading 1", 13, 14, 4), ("Heading 2", 11.5, 11, 4)):
        style = document.styles[name]
        _font(style, size)
        style.font.bold, style.font.color.rgb = True, _ACCENT
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = True
    result = document.styles.add_style("Result", WD_STYLE_TYPE.PARAGRAPH)
    result.base_style = normal
    _font(result, 16)
    result.font.bold, result.font.color.rgb = True, _ACCENT
    result.paragraph_format.space_before, result.paragraph_format.space_after = Pt(8), Pt(4)
    cell = document.styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = normal
    _font(cell, 9)
    cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(1)
    footer = document.styles["Footer"]
    _font(footer, 8)
    footer.font.color.rgb = _MUTED
    borders = document.styles["Table Grid"].element.find(f".//{qn('w:tblBorders')}")
    for border in borders:
        border.set(qn("w:color"), LINE)


_ORIGIN = ("created", "modified", "revision", "lastModifiedBy")
_APPLICATION = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    f"<Application>xlkpi {__version__}</Application></Properties>"
)


def _forget_origin(document: Any) -> None:
    """Remove what the properties say of python-docx's template: another program, and a day in 2013."""
    core = document.core_properties._element
    for element in [element for element in core if etree.QName(element).localname in _ORIGIN]:
        core.remove(element)
    relations = document.part.package.rels.values()
    (application,) = (each.target_part for each in relations if each.reltype.endswith("/extended-properties"))
    application._blob = _APPLICATION.encode()


def _font(style: Any, size: float) -> None:
    style.font.name, style.font.size = "Calibri", Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), "Microsoft YaHei")


def grey(run: Any, size: float) -> None:
    """Make a run small and grey; size in points."""
    run.bold, run.font.size, run.font.color.rgb = False, Pt(size), _MUTED


def _field(paragraph: Any, code: str) -> None:
    """Add a field that Word computes, such as PAGE."""
    run = paragraph.add_run()
    grey(run, 8)
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _row_property(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def shade(cell: Any, colour: str) -> None:
    """Colour the background of a cell."""
    shading = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shading.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shading)
