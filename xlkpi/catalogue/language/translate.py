"""Translates roles, companies and samples: what people read is translated, ids and arithmetic stay.

A text without a translation, or in another language already, stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

from xlkpi.catalogue.company import Company
from xlkpi.catalogue.language.translations import Translator
from xlkpi.catalogue.role import Alert, Choice, Duty, Indicator, Measure, Part, Role
from xlkpi.catalogue.sample import Sample
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS, language_of
from xlkpi.i18n.numbers import Value
from xlkpi.rules.model import Levels
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule


def role(role: Role, translator: Translator) -> Role:
    """The role in the translator's language. A rule in another language is given in the canonical wording."""
    return replace(
        role,
        title=translator(role.title),
        duties=tuple(Duty(translator(duty.heading), translator(duty.text), duty.share) for duty in role.duties),
        group_weights={translator.path(path): weight for path, weight in role.group_weights.items()},
        measures=tuple(_measure(measure, translator) for measure in role.measures),
        indicators=tuple(_indicator(indicator, translator) for indicator in role.indicators),
        alerts=tuple(Alert(alert.id, translator(alert.text), alert.when, alert.red_line) for alert in role.alerts),
        guidance=translator.all(role.guidance),
    )


def company(company: Company, translator: Translator) -> Company:
    """The company in the translator's language: as its file writes it in that language, else translated."""
    if in_language := company.versions.get(translator.language):
        return replace(in_language, name=translator(in_language.name))
    return replace(
        company,
        name=translator(company.name),
        grades=tuple(replace(grade, name=translator(grade.name)) for grade in company.grades),
        red_line_grade=translator(company.red_line_grade) if company.red_line_grade is not None else None,
    )


def sample(sample: Sample, translator: Translator) -> Sample:
    """A sample in the translator's language: names, departments, yes and no, the levels of rated measures."""
    simplified, labels = words(HANS), words(translator.language)
    answers = {simplified(key): labels(key) for key in ("yes", "no_word")}

    def translated(value: Value) -> Value:
        return translator(value) if isinstance(value, str) else value

    return replace(
        sample,
        person={field: answers.get(text, translator(text)) for field, text in sample.person.items()},
        measures={id: [translated(value) for value in values] for id, values in sample.measures.items()},
    )


def _measure(measure: Measure, translator: Translator) -> Measure:
    return replace(
        measure,
        label=translator(measure.label),
        definition=translator(measure.definition),
        unit=translator(measure.unit),
        owner=translator(measure.owner),
    )


def _indicator(indicator: Indicator, translator: Translator) -> Indicator:
    return replace(
        indicator,
        group=translator.path(indicator.group),
        rule_text=_sentence(indicator, translator),
        parts=tuple(_part(part, translator) for part in indicator.parts),
        note=translator(indicator.note),
    )


def _sentence(indicator: Indicator, translator: Translator) -> str:
    """The company's own words in their language, the canonical ones in any other."""
    if language_of(indicator.rule_text) == translator.language:
        return indicator.rule_text
    return phrase(_rule(indicator.rule, translator), translator.language)


def _part(part: Part, translator: Translator) -> Part:
    return replace(
        part,
        label=translator(part.label),
        definition=translator(part.definition),
        unit=translator(part.unit),
        choices=tuple(Choice(translator(choice.label), choice.value) for choice in part.choices),
    )


def _rule(rule: Rule, translator: Translator) -> Rule:
    """The rule with the names of its measures and levels translated."""
    base = rule.base
    if isinstance(base, Levels):
        base = replace(base, levels=tuple((translator(name), points) for name, points in base.levels))
    return replace(rule, base=base, labels=translator.all(rule.labels))
