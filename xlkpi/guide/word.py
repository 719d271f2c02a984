"""The program's own Word template for improvement guides; `--template-dir` writes it to a folder for editing.

It has the same blocks in the same order as `guide.html.j2`. People edit it in Word: {{ }} is replaced by a text,
paragraphs {%p … %} and table rows {%tr … %} say what is repeated or left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import starmap
from typing import Any

from docx.shared import Mm, Pt
from markupsafe import Markup

from xlkpi.guide.docx import WordPage, grey, merge, shade
from xlkpi.writer.styles import ACCENT, BAR, FIXED, GROUND


def word_template() -> bytes:
    """The template as a .docx file."""
    page = WordPage()
    _head(page)
    page.paragraph("{%p for form in forms %}")
    _form(page)
    page.paragraph("{%p endfor %}")
    _signatures(page)
    return page.content()


def _head(page: WordPage) -> None:
    title = page.document.add_paragraph(style="Title")
    title.add_run("{{ title }}")
    grey(title.add_run("　{{ period }}"), 10.5)
    person = page.empty_table([20, 44, 22, 32, 22, 40])
    for fields in (
        ("t.name", "name", "t.employee_id", "id", "t.department", "department"),
        ("t.post", "roles", "t.superior", "superior", "t.second_superior", "second_superior"),
    ):
        cells = page.row(person, [f"{{{{ {field} }}}}" for field in fields])
        for cell in cells[::2]:
            shade(cell, FIXED)
    page.row(person, ("{%tr if not combined %}",))
    cells = page.row(person, ("{{ t.improvement_in_post }}", "{{ forms[0].dates }} · {{ forms[0].days }}"))
    shade(cells[0], FIXED)
    merge(cells[1:])
    page.row(person, ("{%tr endif %}",))
    page.paragraph("{%p if complete %}")
    result = page.document.add_paragraph(style="Result")
    for label, value in (("t.final", "final"), ("t.grade", "grade")):
        result.add_run(f"{{{{ {label} }}}} ").font.size = Pt(10)
        result.add_run(f"{{{{ {value} }}}}　　")
    result.add_run("{{ rank }}").font.size = Pt(10)
    page.paragraph("{%p endif %}")
    page.paragraph("{%p if combined %}")
    page.heading("t.improvement_result")
    table = page.table(
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
    page.sum(table, ("{{ t.improvement_combined }}", "", "", "{{ total }}", "{{ final }}", "{{ grade }}"), (3, 4))
    page.paragraph("{%p endif %}")


def _form(page: WordPage) -> None:
    page.paragraph("{%p if combined %}")
    role = page.document.add_paragraph(style="Heading 1")
    role.add_run("{{ form.role }}")
    grey(role.add_run("　{{ form.dates }}"), 9)
    page.paragraph("{%p endif %}")
    page.paragraph("{%p for alert in form.alerts %}")
    page.paragraph("▲ {{ t.alerts }} · {{ alert }}")
    page.paragraph("{%p endfor %}")
    _appeals(page)
    page.paragraph("{%p if not form.complete %}")
    page.heading("t.improvement_missing", "t.improvement_missing_hint")
    page.table(
        "missing in form.missing",
        (
            ("t.measure }} / {{ t.indicator", "missing.label", 70, False),
            ("t.improvement_missing_what", "missing.what", 110, False),
        ),
    )
    page.paragraph("{%p else %}")
    _results(page)
    page.paragraph("{%p endif %}")
    _agreed(page)


def _appeals(page: WordPage) -> None:
    page.paragraph("{%p if form.appeals %}")
    page.heading("t.improvement_appeals", "form.appeals_sum")
    page.table(
        "appeal in form.appeals",
        (
            ("t.indicator", "appeal.label", 42, False),
            ("t.col_state_appeal", "appeal.state", 28, False),
            ("t.col_score_before", "appeal.before", 24, True),
            ("t.col_score_ruled", "appeal.score", 26, True),
            ("t.appeal_why", "appeal.why", 60, False),
        ),
    )
    page.paragraph("{%p endif %}")


def _results(page: WordPage) -> None:
    page.heading("t.improvement_scores", "form.bars_hint")
    _bars(page)
    page.heading("t.improvement_losses", "t.improvement_losses_hint")
    page.paragraph("{%p if form.losses %}")
    table = page.table(
        "loss in form.losses",
        (
            ("t.no", "loss.place", 11, True),
            ("t.indicator", "loss.label", 38, False),
            ("t.weight", "loss.weight", 16, True),
            ("t.score", "loss.score", 16, True),
            ("t.improvement_lost", "loss.lost", 15, True),
            ("t.receipt", "loss.receipt", 84, False),
        ),
    )
    sums = ("{{ t.improvement_lost_sum }}", "", "", "", "{{ form.lost }}", "{{ form.sums }}")
    page.sum(table, sums, (4,))
    page.remark("{{ t.improvement_rounding }}")
    page.paragraph("{%p else %}")
    page.paragraph("{{ t.improvement_no_loss }}")
    page.paragraph("{%p endif %}")
    for name in ("full", "left_out"):
        page.paragraph(f"{{%p if form.{name} %}}")
        page.remark(f"{{{{ form.{name} }}}}")
        page.paragraph("{%p endif %}")
    page.paragraph("{%p if form.steps %}")
    page.heading("t.improvement_steps", "t.improvement_steps_hint")
    page.table(
        "step in form.steps",
        (
            ("t.indicator", "step.label", 45, False),
            ("t.improvement_step", "step.text", 79, False),
            ("t.improvement_step_score", "step.score", 26, True),
            ("t.improvement_step_total", "step.total", 30, True),
        ),
    )
    page.paragraph("{%p endif %}")
    _past(page)


def _bars(page: WordPage) -> None:
    table = page.empty_table([62, 118])
    table.style = None
    page.row(table, ("{%tr for row in form.bars %}",))
    label, _ = page.row(table, ("{% if row.mean %}", "{{r row|bar }} {{ row.score }}"), (0,))
    label.paragraphs[0].add_run("{{ row.label }}").bold = True
    label.paragraphs[0].add_run("{% else %}{{ row.label }}{% endif %}")
    page.row(table, ("{%tr endfor %}",))


def bar(row: Mapping[str, Any]) -> Markup:
    """A bar as WordprocessingML: one space on a coloured background for each point, which every program prints."""
    colour = ACCENT if row["mean"] else BAR
    apart = _stretch(1) if row["beyond"] else ""
    stretches = ((row["points"], colour), (row["rest"], GROUND))
    return Markup("".join([*starmap(_stretch, stretches), apart, _stretch(row["beyond"], colour)]))


def _stretch(points: int, colour: str = "auto") -> str:
    if not points:
        return ""
    ground = f'<w:shd w:val="clear" w:color="auto" w:fill="{colour}"/>'
    return f'<w:r><w:rPr>{ground}</w:rPr><w:t xml:space="preserve">{" " * points}</w:t></w:r>'


def _past(page: WordPage) -> None:
    page.paragraph("{%p if form.past %}")
    page.heading("t.improvement_trend")
    table = page.empty_table([60, 24, 24, 24])
    header = ("{{ t.indicator }}", "{%tc for quarter in form.past.quarters %}", "{{ quarter }}", "{%tc endfor %}")
    page.header(table, header, (2,))
    page.row(table, ("{%tr for row in form.past.rows %}",))
    values = ("{{ row.label }}", '{%tc for value in row["values"] %}', "{{ value }}", "{%tc endfor %}")
    page.row(table, values, (2,))
    page.row(table, ("{%tr endfor %}",))
    page.paragraph("{%p endif %}")


def _agreed(page: WordPage) -> None:
    page.paragraph("{%p if form.events %}")
    page.heading("t.events", "form.events_sum")
    page.table(
        "event in form.events",
        (
            ("t.event", "event.text", 70, False),
            ("t.evidence", "event.evidence", 85, False),
            ("t.event_points", "event.points", 25, True),
        ),
    )
    page.paragraph("{%p endif %}")
    page.paragraph("{%p if form.key_actions %}")
    page.heading("t.key_actions")
    page.table(
        "action in form.key_actions",
        (
            ("t.indicator", "action.about", 42, False),
            ("t.key_action", "action.action", 78, False),
            ("t.key_action_owner", "action.owner", 30, False),
            ("t.key_action_due", "action.due", 30, False),
        ),
    )
    page.paragraph("{%p endif %}")
    page.heading("t.improvement_actions")
    page.paragraph("{%p if form.actions and form.meeting %}")
    page.table(
        "action in form.actions",
        (
            ("t.indicator", "action.label", 42, False),
            ("t.actions", "action.actions", 78, False),
            ("t.action_due", "action.due", 30, False),
            ("t.action_owner", "action.owner", 30, False),
        ),
    )
    page.paragraph("{%p elif form.actions %}")
    page.table(
        "action in form.actions",
        (
            ("t.indicator", "action.label", 42, False),
            ("t.actions", "action.actions", 93, False),
            ("t.due", "action.due", 45, False),
        ),
    )
    page.paragraph("{%p else %}")
    page.paragraph("{{ t.improvement_no_actions }}")
    page.paragraph("{%p endif %}")
    _meeting(page)


def _meeting(page: WordPage) -> None:
    """Last quarter's actions, and what the record of the meeting says."""
    page.paragraph("{%p if form.meeting and form.meeting.previous %}")
    page.heading("t.previous_actions")
    page.table(
        "action in form.meeting.previous",
        (
            ("t.indicator", "action.about", 30, False),
            ("t.previous_actions", "action.actions", 52, False),
            ("t.action_due", "action.due", 24, False),
            ("t.action_owner", "action.owner", 22, False),
            ("t.action_state", "action.state", 20, False),
            ("t.action_remark", "action.remark", 32, False),
        ),
    )
    page.paragraph("{%p endif %}")
    page.paragraph("{%p if form.meeting and form.meeting.lines %}")
    page.heading("t.meeting")
    table = page.empty_table([42, 138])
    page.row(table, ("{%tr for line in form.meeting.lines %}",))
    label, _ = page.row(table, ("{{ line.label }}", "{{ line.text }}"))
    shade(label, FIXED)
    page.row(table, ("{%tr endfor %}",))
    page.paragraph("{%p endif %}")


def _signatures(page: WordPage) -> None:
    page.paragraph("{%p if complete %}")
    page.heading("t.improvement_signatures")
    table = page.empty_table([60, 60, 60])
    page.header(table, ("{{ t.signed_employee }}", "{{ t.signed_superior }}", "{{ t.signed_second }}"))
    page.row(table, ("", "", ""))
    table.rows[-1].height = Mm(13)
    page.paragraph("{%p endif %}")
