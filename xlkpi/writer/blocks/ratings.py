"""The block 评价: what the person, the superior and others think of each indicator, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openpyxl.worksheet.datavalidation import DataValidation

from xlkpi.catalogue.role import Indicator
from xlkpi.form.layout import FIRST, LAST, LEAD, LETTER, OTHERS, RATERS, RATINGS, SELF, rating_id
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Levels
from xlkpi.writer import styles
from xlkpi.writer.blocks.canvas import WIDTH, Canvas

_CRITERIA = LETTER["definition"], LETTER["unit"]
_STATUS = LETTER["weighted"], LETTER["next"]
_RATED = styles.INPUT_TEXT.but(align="center")
_POINTS = styles.INPUT_NUMBER.but(format="0.0#", align="center")
_NOT_ASKED = styles.FIXED_CENTRE


def write_ratings(form: Canvas) -> None:
    """Write a row for each rated indicator; below them, where the role wants that, one for each of the others."""
    layout, labels = form.layout, form.labels
    if not (layout.rated or layout.opinions):
        return
    hint = "ratings_hint_others" if layout.shares.others > 0 else "ratings_hint"
    form.section(layout.row(f"{RATINGS} title"), "ratings", hint)
    _header(form, layout.row(f"{RATINGS} header"))
    for number, (indicator, criteria) in enumerate(rating_criteria(layout.rated, labels), start=1):
        _rated(form, number, indicator, criteria)
    for number, indicator in enumerate(layout.opinions, start=len(layout.rated) + 1):
        _opinion(form, number, indicator, labels("opinion_criteria", most=plain(_most(indicator))))


def rating_criteria(rated: Sequence[Indicator], labels: Labels) -> Iterator[tuple[Indicator, str]]:
    """What the levels of each indicator stand for; those of the one above are not told again."""
    above = ""
    for indicator in rated:
        criteria = _criteria(indicator, labels)
        yield indicator, labels("levels_above") if criteria == above else criteria
        above = criteria


def _criteria(indicator: Indicator, labels: Labels) -> str:
    """What each level stands for and brings, in the words of the rule."""
    base = indicator.rule.base
    assert isinstance(base, Levels)
    means = {
        labels(f"level_{level}").casefold(): labels(f"level_{level}_means")
        for level in ("excellent", "good", "pass", "improve", "fail")
    }
    told = []
    for level, points in base.levels:
        key = "level_criterion" if level.casefold() in means else "level_points"
        told.append(labels(key, level=level, points=plain(points), means=means.get(level.casefold(), "")))
    return labels("criteria_separator").join(told)


def _most(indicator: Indicator) -> float:
    """The most points that an opinion may have: 100, or more where the score may be more."""
    best = indicator.rule.best
    return 200.0 if best is None else max(100.0, float(best * 100 / indicator.rule.scale))


def _header(form: Canvas, row: int) -> None:
    labels, shares = form.labels, form.layout.shares
    style = styles.HEADER
    form.paint.fill(f"{FIRST}:{LAST}", row, style)
    form.merge(*_CRITERIA, row)
    form.merge(*_STATUS, row)
    for column, key in (
        ("no", "no"), ("group", "group"), ("label", "indicator"), ("definition", "criteria"), ("score", "combined"),
        ("weighted", "status"), ("remark", "remark"),
    ):  # fmt: skip
        form.paint.put(f"{LETTER[column]}{row}", labels(key), style)
    for rater, share in zip(RATERS, shares.by_rater, strict=True):
        key = "rating_share" if share > 0 else "rating_shown"
        shown = share > 0 or rater != OTHERS
        caption = labels(key, who=labels(rater), share=plain(round(share * 100, 2))) if shown else None
        form.paint.put(f"{LETTER[rater]}{row}", caption, style)
    form.sheet.row_dimensions[row].height = 32


def _row(form: Canvas, number: int, indicator: Indicator, criteria: str) -> int:
    """Write what both kinds of rows have in common; the row."""
    row, put = form.layout.rows[rating_id(indicator.id)], form.paint.put
    form.paint.fill(f"{FIRST}:{LAST}", row, styles.FIXED_TEXT)
    form.merge(*_CRITERIA, row)
    form.merge(*_STATUS, row)
    put(f"{LETTER['no']}{row}", number, styles.FIXED_CENTRE)
    put(f"{LETTER['group']}{row}", indicator.dimension, styles.FIXED_SMALL.but(align="center"))
    put(f"{LETTER['label']}{row}", indicator.label, styles.FIXED_TEXT.but(bold=True))
    put(f"{_CRITERIA[0]}{row}", criteria, styles.FIXED_SMALL)
    put(f"{LETTER['score']}{row}", form.formulas.combined(indicator), styles.SHRUNK.but(format="0.00", bold=True))
    put(f"{LETTER['remark']}{row}", None, styles.INPUT_TEXT)
    width = sum(WIDTH[letter] for letter in map(chr, range(ord(_CRITERIA[0]), ord(_CRITERIA[1]) + 1)))
    form.paint.height(
        row,
        (criteria, width, styles.FIXED_SMALL),
        (indicator.label, WIDTH[LETTER["label"]], styles.FIXED_TEXT.but(bold=True)),
        (indicator.dimension, WIDTH[LETTER["group"]], styles.FIXED_SMALL.but(indent=0)),
        least=20,
    )
    return row


def _rated(form: Canvas, number: int, indicator: Indicator, criteria: str) -> None:
    row, labels = _row(form, number, indicator, criteria), form.labels
    definition = form.role.measure[indicator.rated].definition
    listed = labels("list_separator").join(indicator.levels)
    for rater in (SELF, LEAD):
        form.paint.put(f"{LETTER[rater]}{row}", None, _RATED)
        validation = DataValidation(type="list", formula1=f'"{",".join(indicator.levels)}"', allow_blank=True)
        prompt = labels("prompt_rating", who=labels(rater), levels=listed, definition=definition)
        _validate(
            form, validation, f"{LETTER[rater]}{row}", indicator, (prompt, labels("invalid_level", levels=listed))
        )
    if form.layout.shares.others > 0:
        _others(form, row, indicator)
    else:
        form.paint.put(f"{LETTER[OTHERS]}{row}", None, _NOT_ASKED)
    status = styles.COMPUTED_TEXT.but(align="center", wrap=False)
    form.paint.fill(":".join(_STATUS), row, status)
    form.paint.put(f"{_STATUS[0]}{row}", form.formulas.rating_status(indicator), status)


def _others(form: Canvas, row: int, indicator: Indicator) -> None:
    """The cell of the others: points, or the word for nobody."""
    address = f"{LETTER[OTHERS]}{row}"
    form.paint.put(address, None, _POINTS)
    words = {"best": plain(indicator.rule.best or 0), "nobody": form.labels("nobody")}
    word = words["nobody"].replace('"', '""')
    allowed = f'IF(ISNUMBER({address}),AND({address}>=0,{address}<={words["best"]}),{address}="{word}")'
    validation = DataValidation(type="custom", formula1=allowed, allow_blank=True)
    texts = form.labels("prompt_others", **words), form.labels("invalid_others", **words)
    _validate(form, validation, address, indicator, texts)


def _opinion(form: Canvas, number: int, indicator: Indicator, criteria: str) -> None:
    row, labels, most = _row(form, number, indicator, criteria), form.labels, plain(_most(indicator))
    for rater in (SELF, LEAD):
        form.paint.put(f"{LETTER[rater]}{row}", None, _POINTS)
        validation = DataValidation(type="decimal", operator="between", allow_blank=True)
        validation.formula1, validation.formula2 = "0", most
        texts = labels("prompt_opinion", who=labels(rater), most=most), labels("invalid_opinion", most=most)
        _validate(form, validation, f"{LETTER[rater]}{row}", indicator, texts)
    form.paint.put(f"{LETTER[OTHERS]}{row}", None, _NOT_ASKED)
    style = styles.COMPUTED_TEXT.but(size=9)
    form.paint.fill(":".join(_STATUS), row, style)
    form.paint.put(f"{_STATUS[0]}{row}", form.formulas.opinion_status(indicator), style)


def _validate(
    form: Canvas, validation: DataValidation, address: str, indicator: Indicator, texts: tuple[str, str]
) -> None:
    """Add a validation with its prompt and what is said of a wrong entry."""
    validation.showErrorMessage = True
    validation.promptTitle, validation.errorTitle = indicator.label, form.labels("invalid_title")
    validation.prompt, validation.error = texts
    form.validate(validation, address)
