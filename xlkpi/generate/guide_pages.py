"""Improvement guides on paper: HTML by jinja2 and Word by docxtpl, from templates that HR may edit.

Both templates get the same texts (`view`). What people typed is put in as text: it is escaped, and never evaluated.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx.opc.exceptions import OpcError
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import XMLSyntaxError
from markupsafe import Markup, escape

from xlkpi import translate
from xlkpi.catalogue import Company
from xlkpi.files import TEMPLATES, write_whole
from xlkpi.generate.guide_picture import drawable, picture
from xlkpi.generate.guide_word import word_template
from xlkpi.guide import FormGuide, Guide
from xlkpi.naming import plain_text
from xlkpi.problems import UnreadableError
from xlkpi.report import shown
from xlkpi.rules.phrase import plain
from xlkpi.scoring import Value, is_number, round_half_up
from xlkpi.unpacked import pack, unpack
from xlkpi.words import Words, period_text, words

HTML, WORD = "html", "docx"
FORMATS = (HTML, WORD)
TEMPLATE_NAMES = {HTML: "guide.html.j2", WORD: "guide.docx"}
_PICTURE_WIDTH = 172
"""Millimetres in Word."""
_LONGEST_PROPERTY = 255


# What zip files, XML, Word packages and a template's own expressions raise.
_DAMAGE = (BadZipFile, XMLSyntaxError, OpcError, LookupError, ValueError, TypeError, ArithmeticError)


class TemplateFault(Exception):  # noqa: N818
    """A template that cannot be used; the message names the file and says what is wrong in it."""


def default_template(format: str) -> bytes:
    """The template that comes with the program."""
    if format == WORD:
        return word_template()
    return (files(TEMPLATES) / TEMPLATE_NAMES[HTML]).read_bytes()


def templates(formats: tuple[str, ...], folder: Path | None) -> tuple[dict[str, bytes], list[Path]]:
    """The templates of the formats, and the files that were written: a folder without one gets the program's own.

    Raises OSError.
    """
    contents: dict[str, bytes] = {}
    written: list[Path] = []
    for format in formats:
        path = None if folder is None else folder / TEMPLATE_NAMES[format]
        if path is not None and path.exists():
            contents[format] = path.read_bytes()
            continue
        contents[format] = default_template(format)
        if path is not None:
            write_whole(path, contents[format])
            written.append(path)
    return contents, written


def has_pictures(guides: Sequence[Guide]) -> bool:
    """Whether a font is there for the pictures of all guides."""
    return all(drawable(form) for guide in guides for form in guide.forms)


def render(guide: Guide, format: str, template: bytes, company: Company) -> bytes:
    """A guide as a file's content. Raises `TemplateFault`."""
    name = TEMPLATE_NAMES[format]
    try:
        return (_html if format == HTML else _word)(guide, template, company)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        where = f"第{line}行" if line is not None and format == HTML else ""
        raise TemplateFault(f"模板 {name}：{where}不能用：{error}") from None
    except UnreadableError:
        raise TemplateFault(f"模板 {name}：不是能打开的Word文件（.docx），或太大") from None
    except _DAMAGE as error:
        raise TemplateFault(f"模板 {name}：不能用：{error}") from None


def _html(guide: Guide, template: bytes, company: Company) -> bytes:
    environment = SandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_cleaned
    )

    def place(content: bytes) -> str:
        return f"data:image/png;base64,{base64.b64encode(content).decode()}"

    return environment.from_string(template.decode("utf-8")).render(view(guide, company, place)).encode()


def _word(guide: Guide, template: bytes, company: Company) -> bytes:
    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage

    document = DocxTemplate(io.BytesIO(pack(unpack(template))))
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_literal)

    def place(content: bytes) -> Any:
        return InlineImage(document, io.BytesIO(content), width=Mm(_PICTURE_WIDTH))

    document.render(view(guide, company, place), environment, autoescape=True)
    called = f"{guide.quarter} {guide.person.name}"
    document.docx.core_properties.title = _cleaned(called)[:_LONGEST_PROPERTY]
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _cleaned(value: Any) -> Any:
    """Characters that no document can hold are left out."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return "\n".join(map(plain_text, value.split("\n")))
    return value


def _literal(value: Any) -> Any:
    """As `_cleaned`; braces are written as XML may write them, since docxtpl looks for some of its own afterwards."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return Markup(str(escape(_cleaned(value))).replace("{", "&#123;").replace("}", "&#125;"))
    return value


# --- what the templates get -------------------------------------------------------------------------------------------


def view(guide: Guide, company: Company, place: Callable[[bytes], Any]) -> dict[str, Any]:
    """The texts of a guide, as the templates name them; `place` makes of a picture what the format takes."""
    said, person = words(guide.language), guide.person
    company = translate.company(company, guide.language)
    return {
        "t": said,
        "language": guide.language,
        "title": said("improvement_title", company=company.name),
        "period": period_text(guide.quarter, said),
        "quarter": str(guide.quarter),
        "name": person.name,
        "id": person.id,
        "department": person.department,
        "superior": person.superior,
        "second_superior": person.second_superior,
        "roles": said("list_separator").join(dict.fromkeys(form.appraisal.role.title for form in guide.forms)),
        "complete": person.complete,
        "combined": len(guide.forms) > 1,
        "total": _points(person.total),
        "final": _points(person.final),
        "grade": person.grade or "",
        "rank": said("rank", rank=guide.rank, of=guide.of) if guide.rank is not None and guide.of > 1 else "",
        "forms": [_form(form, guide, said, place) for form in guide.forms],
    }


def _form(guide: FormGuide, whole: Guide, said: Words, place: Callable[[bytes], Any]) -> dict[str, Any]:
    appraisal, post = guide.appraisal, guide.form.post
    complete = is_number(appraisal.final)
    image = picture(guide) if complete else None
    inputs = appraisal.inputs
    return {
        "role": appraisal.role.title,
        "superior": post.superior if post is not None else inputs.person.get("superior", ""),
        "dates": _dates(guide, said),
        "days": said("improvement_days", days=guide.days),
        "complete": complete,
        "missing": [{"label": missing.label, "what": missing.what} for missing in guide.missing],
        "total": _points(appraisal.total),
        "final": _points(appraisal.final),
        "grade": appraisal.grade or "",
        "picture": place(image) if image is not None else "",
        "losses": list(_losses(guide)),
        "lost": _points(guide.lost),
        "sums": _sums(guide, said),
        "full": _named(guide, said, "improvement_full", lambda score: is_number(score) and score >= 100),
        "left_out": _named(guide, said, "improvement_left_out", lambda score: score == said("not_applicable")),
        "steps": [
            {"label": s.label, "text": s.text, "score": _more(s.score), "total": _more(s.total)} for s in guide.steps
        ],
        "alerts": [text for _, text in appraisal.alerts],
        "events": [
            {"text": event.text, "evidence": event.evidence, "points": _signed(event.points)}
            for event in guide.form.events
        ],
        "events_sum": _events_sum(guide, said),
        "actions": [{"label": label, "actions": review.actions, "due": review.due} for label, review in guide.reviews],
        "past": _past(guide),
    }


def _dates(guide: FormGuide, said: Words) -> str:
    post = guide.form.post
    if post is None or (post.start is None and post.end is None):
        return said("improvement_whole_quarter")
    start = said("improvement_begin") if post.start is None else post.start.isoformat()
    end = said("improvement_end") if post.end is None else post.end.isoformat()
    return said("plausible_range", low=start, high=end)


def _losses(guide: FormGuide) -> Iterator[dict[str, str]]:
    for loss in guide.losses:
        result = loss.result
        yield {
            "place": str(loss.place),
            "label": result.label,
            "weight": f"{shown(result.weight)}%",
            "score": shown(result.score),
            "deducted": shown(result.deducted),
            "lost": "—" if loss.lost is None else _points(loss.lost),
            "receipt": result.receipt or "",
        }


def _sums(guide: FormGuide, said: Words) -> str:
    """How the losses come to the total; a veto leaves nothing to add up."""
    if guide.vetoed or not is_number(guide.appraisal.total):
        return ""
    key = "improvement_sum_above" if round_half_up(guide.above) else "improvement_sum"
    sums = {"lost": _points(guide.lost), "above": _points(guide.above), "total": _points(guide.appraisal.total)}
    return said(key, **sums)


def _named(guide: FormGuide, said: Words, key: str, wanted: Callable[[Any], bool]) -> str:
    """The indicators whose score is as wanted, in one line; nothing where there are none."""
    labels = [result.label for result in guide.appraisal.indicators if wanted(result.score)]
    return said(key, indicators=said("list_separator").join(labels)) if labels else ""


def _events_sum(guide: FormGuide, said: Words) -> str:
    appraisal = guide.appraisal
    points = [float(event.points) for event in guide.form.events if is_number(event.points)]  # type: ignore[arg-type]
    if not points or not is_number(appraisal.final):
        return ""
    counted = float(appraisal.final) - float(appraisal.total)  # type: ignore[arg-type]
    return said("improvement_events_counted", sum=_signed(sum(points)), counted=_signed(round_half_up(counted)))


def _past(guide: FormGuide) -> dict[str, Any] | None:
    if guide.past is None:
        return None
    rows = [{"label": label, "values": [shown(value) for value in values]} for label, values in guide.past.rows]
    return {"quarters": list(guide.past.quarters), "rows": rows}


def _points(value: Value) -> str:
    """Two decimals; a `#KPI …` as it is."""
    return f"{round_half_up(float(value)):.2f}" if is_number(value) else str(value or "")  # type: ignore[arg-type]


def _more(value: float | None) -> str:
    return "—" if value is None else f"{round_half_up(value):+.2f}"


def _signed(value: Value) -> str:
    if not is_number(value):
        return str(value or "")
    number = float(value)  # type: ignore[arg-type]
    return f"{'+' if number > 0 else ''}{plain(round_half_up(number))}"
