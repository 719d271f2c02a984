"""The Word template of improvement guides that comes with the program; `--template-dir` writes it out for editing.

The same blocks in the same order as `guide.html.j2`. In Word one edits everything: what stands in {{ }} is filled in,
{%p … %} and {%tr … %} are paragraphs and table rows that say what is repeated or left out.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from xlkpi.generate.styles import ACCENT, ACCENT_PALE, FIXED, LINE, MUTED

_WIDTH = 180
"""Millimetres between the margins of A4."""
_ACCENT, _MUTED = RGBColor.from_string(ACCENT), RGBColor.from_string(MUTED)

Columns = Sequence[tuple[str, str, float, bool]]
"""Heading, content, width in millimetres, whether numbers stand there."""


def word_template() -> bytes:
    """The template as a .docx file."""
    page = _Page()
    page.head()
    page.say("{%p for form in forms %}")
    page.form()
    page.say("{%p endfor %}")
    page.signatures()
    buffer = io.BytesIO()
    page.document.save(buffer)
    return buffer.getvalue()


class _Page:
    def __init__(self) -> None:
        self.document = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(15)
        section.top_margin, section.bottom_margin = Mm(15), Mm(16)
        section.footer_distance = Mm(8)
        _styles(self.document)
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = "", "xlkpi", ""
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _grey(footer.add_run("{{ quarter }} · {{ name }}　"), 8)
        _field(footer, "PAGE")
        _grey(footer.add_run(" / "), 8)
        _field(footer, "NUMPAGES")

    # --- blocks -------------------------------------------------------------------------------------------------------

    def head(self) -> None:
        title = self.document.add_paragraph(style="Title")
        title.add_run("{{ title }}")
        _grey(title.add_run("　{{ period }}"), 10.5)
        person = self._table([16, 46, 22, 32, 22, 42])
        for fields in (
            ("t.name", "name", "t.employee_id", "id", "t.department", "department"),
            ("t.post", "roles", "t.superior", "superior", "t.second_superior", "second_superior"),
        ):
            cells = _row(person, [f"{{{{ {field} }}}}" for field in fields])
            for cell in cells[::2]:
                _shade(cell, FIXED)
        self.say("{%p if not combined %}")
        self.say("{{ t.improvement_in_post }}　{{ forms[0].dates }} · {{ forms[0].days }}")
        self.say("{%p endif %}")
        self.say("{%p if complete %}")
        result = self.document.add_paragraph(style="Result")
        for label, value in (("t.final", "final"), ("t.grade", "grade")):
            result.add_run(f"{{{{ {label} }}}} ").font.size = Pt(10)
            result.add_run(f"{{{{ {value} }}}}　　")
        result.add_run("{{ rank }}").font.size = Pt(10)
        self.say("{%p endif %}")
        self.say("{%p if combined %}")
        self.heading("t.improvement_result")
        table = self.table(
            "form in forms",
            (
                ("t.post", "form.role", 36, False),
                ("t.improvement_in_post", "form.dates }} · {{ form.days", 62, False),
                ("t.superior", "form.superior", 24, False),
                ("t.improvement_total", "form.total", 20, True),
                ("t.final", "form.final", 18, True),
                ("t.grade", "form.grade", 20, False),
            ),
        )
        self._sum(table, ("{{ t.improvement_combined }}", "", "", "{{ total }}", "{{ final }}", "{{ grade }}"), (3, 4))
        self.say("{%p endif %}")

    def form(self) -> None:
        self.say("{%p if combined %}")
        role = self.document.add_paragraph(style="Heading 1")
        role.add_run("{{ form.role }}")
        _grey(role.add_run("　{{ form.dates }}"), 9)
        self.say("{%p endif %}")
        self.say("{%p for alert in form.alerts %}")
        self.say("▲ {{ t.alerts }} · {{ alert }}")
        self.say("{%p endfor %}")
        self.say("{%p if not form.complete %}")
        self.heading("t.improvement_missing", "t.improvement_missing_hint")
        self.table(
            "missing in form.missing",
            (
                ("t.measure }} / {{ t.indicator", "missing.label", 70, False),
                ("t.improvement_missing_what", "missing.what", 110, False),
            ),
        )
        self.say("{%p else %}")
        self._results()
        self.say("{%p endif %}")
        self._agreed()

    def _results(self) -> None:
        self.say("{%p if form.picture %}")
        self.heading("t.improvement_scores", "t.improvement_scores_hint")
        self.say("{{ form.picture }}")
        self.say("{%p endif %}")
        self.heading("t.improvement_losses", "t.improvement_losses_hint")
        self.say("{%p if form.losses %}")
        table = self.table(
            "loss in form.losses",
            (
                ("t.no", "loss.place", 11, True),
                ("t.indicator", "loss.label", 35, False),
                ("t.weight", "loss.weight", 15, True),
                ("t.score", "loss.score", 13, True),
                ("t.deducted", "loss.deducted", 18, True),
                ("t.improvement_lost", "loss.lost", 12, True),
                ("t.receipt", "loss.receipt", 76, False),
            ),
        )
        sums = ("{{ t.improvement_lost_sum }}", "", "", "", "", "{{ form.lost }}", "{{ form.sums }}")
        self._sum(table, sums, (5,))
        self.quiet("{{ t.improvement_rounding }}")
        self.say("{%p else %}")
        self.say("{{ t.improvement_no_loss }}")
        self.say("{%p endif %}")
        for name in ("full", "left_out"):
            self.say(f"{{%p if form.{name} %}}")
            self.quiet(f"{{{{ form.{name} }}}}")
            self.say("{%p endif %}")
        self.say("{%p if form.steps %}")
        self.heading("t.improvement_steps", "t.improvement_steps_hint")
        self.table(
            "step in form.steps",
            (
                ("t.indicator", "step.label", 45, False),
                ("t.improvement_step", "step.text", 85, False),
                ("t.improvement_step_score", "step.score", 25, True),
                ("t.improvement_step_total", "step.total", 25, True),
            ),
        )
        self.say("{%p endif %}")
        self._past()

    def _past(self) -> None:
        self.say("{%p if form.past %}")
        self.heading("t.improvement_trend")
        table = self._table([60, 24, 24, 24])
        header = ("{{ t.indicator }}", "{%tc for quarter in form.past.quarters %}", "{{ quarter }}", "{%tc endfor %}")
        self._header(table, header, (2,))
        _row(table, ("{%tr for row in form.past.rows %}",))
        values = ("{{ row.label }}", '{%tc for value in row["values"] %}', "{{ value }}", "{%tc endfor %}")
        _row(table, values, (2,))
        _row(table, ("{%tr endfor %}",))
        self.say("{%p endif %}")

    def _agreed(self) -> None:
        self.say("{%p if form.events %}")
        self.heading("t.events", "form.events_sum")
        self.table(
            "event in form.events",
            (
                ("t.event", "event.text", 70, False),
                ("t.evidence", "event.evidence", 85, False),
                ("t.event_points", "event.points", 25, True),
            ),
        )
        self.say("{%p endif %}")
        self.heading("t.improvement_actions")
        self.say("{%p if form.actions %}")
        self.table(
            "action in form.actions",
            (
                ("t.indicator", "action.label", 42, False),
                ("t.actions", "action.actions", 93, False),
                ("t.due", "action.due", 45, False),
            ),
        )
        self.say("{%p else %}")
        self.say("{{ t.improvement_no_actions }}")
        self.say("{%p endif %}")

    def signatures(self) -> None:
        self.say("{%p if complete %}")
        self.heading("t.improvement_signatures")
        table = self._table([60, 60, 60])
        self._header(table, ("{{ t.signed_employee }}", "{{ t.signed_superior }}", "{{ t.signed_second }}"))
        _row(table, ("", "", ""))
        table.rows[-1].height = Mm(13)
        self.say("{%p endif %}")

    # --- pieces -------------------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        self.document.add_paragraph(text)

    def quiet(self, text: str) -> None:
        _grey(self.document.add_paragraph().add_run(text), 9)

    def heading(self, text: str, hint: str = "") -> None:
        heading = self.document.add_paragraph(style="Heading 2")
        heading.add_run(f"{{{{ {text} }}}}")
        if hint:
            _grey(heading.add_run(f"　{{{{ {hint} }}}}"), 9)

    def table(self, loop: str, columns: Columns) -> Any:
        """A table with a row for every item of a loop."""
        table = self._table([width for _, _, width, _ in columns])
        numbers = [place for place, column in enumerate(columns) if column[3]]
        self._header(table, [f"{{{{ {heading} }}}}" for heading, *_ in columns], numbers)
        _row(table, (f"{{%tr for {loop} %}}",))
        _row(table, [f"{{{{ {content} }}}}" for _, content, *_ in columns], numbers)
        _row(table, ("{%tr endfor %}",))
        return table

    def _table(self, widths: Sequence[float]) -> Any:
        table = self.document.add_table(rows=0, cols=len(widths))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        return table

    def _header(self, table: Any, texts: Sequence[str], numbers: Sequence[int] = ()) -> None:
        for cell in _row(table, texts, numbers):
            _shade(cell, ACCENT_PALE)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True
                for run in paragraph.runs:
                    run.bold, run.font.color.rgb = True, _ACCENT
        _row_property(table.rows[-1], "w:tblHeader")

    def _sum(self, table: Any, texts: Sequence[str], numbers: Sequence[int]) -> None:
        cells = _row(table, texts, numbers)
        for cell in cells:
            _shade(cell, FIXED)
            for run in cell.paragraphs[0].runs:
                run.bold = True
        merged = cells[0].merge(cells[numbers[0] - 1])
        for paragraph in merged.paragraphs[1:]:  # of the cells that were merged
            paragraph._p.getparent().remove(paragraph._p)


def _styles(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE

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
    borders = document.styles["Table Grid"].element.find(f".//{qn('w:tblBorders')}")
    for border in borders:
        border.set(qn("w:color"), LINE)


def _font(style: Any, size: float) -> None:
    style.font.name, style.font.size = "Calibri", Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), "Microsoft YaHei")


def _grey(run: Any, size: float) -> None:
    run.bold, run.font.size, run.font.color.rgb = False, Pt(size), _MUTED


def _field(paragraph: Any, code: str) -> None:
    """A number that Word keeps."""
    run = paragraph.add_run()
    _grey(run, 8)
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _row(table: Any, texts: Sequence[str], numbers: Sequence[int] = ()) -> list[Any]:
    row = table.add_row()
    _row_property(row, "w:cantSplit")
    cells = list(row.cells)
    for place, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
        cell.width = column.width
        paragraph = cell.paragraphs[0]
        paragraph.style = "Cell"
        paragraph.add_run(texts[place] if place < len(texts) else "")
        if place in numbers:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return cells


def _row_property(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _shade(cell: Any, colour: str) -> None:
    shading = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shading.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shading)
