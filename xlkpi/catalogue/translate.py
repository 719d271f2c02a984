"""Roles, companies and samples in another language: what people read is translated, ids and arithmetic stay.

A text that has no translation, or is in another language already, stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

from xlkpi.catalogue.company import Company
from xlkpi.catalogue.role import Alert, Choice, Duty, Indicator, Measure, Part, Role
from xlkpi.catalogue.sample import Sample
from xlkpi.catalogue.translations import Translator
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import Value
from xlkpi.rules.model import Levels
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule


def role(role: Role, said: Translator) -> Role:
    """The role in the translator's language, its rules in the canonical wording."""
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


def company(company: Company, said: Translator) -> Company:
    """The company in the translator's language: as its file says it there, else translated."""
    if own := company.versions.get(said.language):
        return replace(own, name=said(own.name))
    return replace(
        company,
        name=said(company.name),
        grades=tuple(replace(grade, name=said(grade.name)) for grade in company.grades),
        red_line_grade=said(company.red_line_grade) if company.red_line_grade is not None else None,
    )


def sample(sample: Sample, said: Translator) -> Sample:
    """A sample in the translator's language: names, departments, yes and no, the words of rated measures."""
    of, to = words(HANS), words(said.language)
    answers = {of(key): to(key) for key in ("yes", "no_word")}

    def value(value: Value) -> Value:
        return said(value) if isinstance(value, str) else value

    return replace(
        sample,
        person={field: answers.get(text, said(text)) for field, text in sample.person.items()},
        measures={id: [value(one) for one in values] for id, values in sample.measures.items()},
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
