"""Roles, companies and samples in another language: what people read is translated, ids and arithmetic stay.

English stands in `workbook_templates/translations/en`, per role one flat table from the text of the role file to its
English, and common.toml for what roles share. Traditional Chinese comes from OpenCC, once the terms that Taiwan's
companies use (zh-Hant.toml) are put in. A text that has no translation, or is in another language already, stays as
it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files

from xlkpi.catalogue.company import Company
from xlkpi.catalogue.role import Alert, Choice, Duty, Indicator, Measure, Part, Role
from xlkpi.catalogue.sample import Sample
from xlkpi.catalogue.toml import read_toml
from xlkpi.common.identity import ByIdentity
from xlkpi.i18n.extras import ZH_HANT, need
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import EN, HANS, HANT, language_of
from xlkpi.i18n.numbers import Value
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.rules.model import Levels
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule

_CHINESE = re.compile("[\u3400-\u9fff]")


class Translator:
    """Texts in one language; `missing` collects those that had no translation."""

    def __init__(self, language: str, *names: str) -> None:
        """`names` are the English tables to look into before common.toml."""
        self.language = language
        self.missing: dict[str, None] = {}
        self._tables = [_english(name) for name in (*names, "common")] if language == EN else []

    def __call__(self, text: str) -> str:
        if self.language == HANT:
            return _traditional(text) if language_of(text) == HANS else text
        if self.language == HANS or not _CHINESE.search(text):
            return text
        for table in self._tables:
            if text in table:
                return table[text]
        self.missing[text] = None
        return text

    def path(self, group: str) -> str:
        """A group's path, every part of it translated."""
        return "/".join(map(self, group.split("/")))

    def all(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self, texts))


@cache
def _english(name: str) -> Mapping[str, str]:
    """The English of one file; empty where there is none, as for a role that somebody added."""
    path = files(TEMPLATES) / "translations" / "en" / f"{name}.toml"
    return read_toml(path) if path.is_file() else {}


@lru_cache(maxsize=4096)
def _traditional(text: str) -> str:
    terms, converter, corrections = _taiwan()
    return str(corrections(converter.convert(terms(text))))


@cache
def _taiwan():  # type: ignore[no-untyped-def]  # opencc has no types
    """What puts Taiwan's terms in, OpenCC's converter, and what mends the words that it chooses."""
    need(ZH_HANT)
    from opencc import OpenCC  # here: simplified and English forms need none

    tables = read_toml(files(TEMPLATES) / "translations" / "zh-Hant.toml")
    return _replacer(tables["terms"]), OpenCC("s2twp"), _replacer(tables["corrections"])


def _replacer(table: Mapping[str, str]) -> Callable[[str], str]:
    pattern = re.compile("|".join(map(re.escape, table)))
    return lambda text: pattern.sub(lambda found: table[found[0]], text)


def role(role: Role, language: str) -> Role:
    """The role in a language, its rules in the canonical wording.

    Raises `CatalogueError` where a translation file cannot be read.
    """
    return _kept(ByIdentity(role), language)


@lru_cache(maxsize=128)
def _kept(role: ByIdentity[Role], language: str) -> Role:
    return _role(role.it, Translator(language, role.it.id))


def title(role: Role, language: str) -> str:
    """The role's title in a language. Raises `CatalogueError` where a translation file cannot be read."""
    return Translator(language, role.id)(role.title)


def untranslated(role: Role, language: str) -> tuple[str, ...]:
    """The texts of a role that stay as they are because nobody has translated them."""
    translator = Translator(language, role.id)
    _role(role, translator)
    return tuple(translator.missing)


def company(company: Company, language: str) -> Company:
    """The company in a language: as its file says it there, else translated."""
    said = Translator(language)
    if language in company.versions:
        return replace(company.versions[language], name=said(company.versions[language].name))
    return replace(
        company,
        name=said(company.name),
        grades=tuple(replace(grade, name=said(grade.name)) for grade in company.grades),
        red_line_grade=said(company.red_line_grade) if company.red_line_grade is not None else None,
    )


def sample(sample: Sample, language: str) -> Sample:
    """A sample in a language: names, departments, yes and no, the words of rated measures."""
    said, of, to = Translator(language, sample.role, "samples"), words(HANS), words(language)
    answers = {of(key): to(key) for key in ("yes", "no_word")}

    def value(value: Value) -> Value:
        return said(value) if isinstance(value, str) else value

    return replace(
        sample,
        person={field: answers.get(text, said(text)) for field, text in sample.person.items()},
        measures={id: [value(one) for one in values] for id, values in sample.measures.items()},
    )


def _role(role: Role, said: Translator) -> Role:
    return replace(
        role,
        title=said(role.title),
        duties=tuple(Duty(said(duty.heading), said(duty.text), duty.share) for duty in role.duties),
        group_weights={said.path(path): weight for path, weight in role.group_weights.items()},
        measures=tuple(_measure(measure, said) for measure in role.measures),
        indicators=tuple(_indicator(indicator, said) for indicator in role.indicators),
        alerts=tuple(Alert(alert.id, said(alert.text), alert.when, alert.red_line) for alert in role.alerts),
        guidance=said.all(role.guidance),
    )


def _measure(measure: Measure, said: Translator) -> Measure:
    return replace(
        measure,
        label=said(measure.label),
        definition=said(measure.definition),
        unit=said(measure.unit),
        owner=said(measure.owner),
    )


def _indicator(indicator: Indicator, said: Translator) -> Indicator:
    return replace(
        indicator,
        group=said.path(indicator.group),
        rule_text=phrase(_rule(indicator.rule, said), said.language),
        parts=tuple(_part(part, said) for part in indicator.parts),
        note=said(indicator.note),
    )


def _part(part: Part, said: Translator) -> Part:
    return replace(
        part,
        label=said(part.label),
        definition=said(part.definition),
        unit=said(part.unit),
        choices=tuple(Choice(said(choice.label), choice.value) for choice in part.choices),
    )


def _rule(rule: Rule, said: Translator) -> Rule:
    """The same rule with the names that it gives to measures and levels translated."""
    base = rule.base
    if isinstance(base, Levels):
        base = replace(base, levels=tuple((said(name), points) for name, points in base.levels))
    return replace(rule, base=base, labels=said.all(rule.labels))
