"""Targets of a whole quarter on the form of somebody who has the role for a part of it, or works part time.

Only what adds up over the months is meant (sales, visitors): its target is proportional to time. A rate, a rating or a
ratio of two sums has the same target however short the time. Part of the target: days in post ÷ days of the quarter ×
share of working time. Whether it is reduced, the company chooses (`Company.part_quarter`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.company import BY_DAYS
from xlkpi.catalogue.role import Indicator, Part, Role
from xlkpi.catalogue.units import is_percent
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import part_id, target_key
from xlkpi.form.prefill import Preset, Presets
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import Value, is_number, number_text, round_half_up, same_number


@dataclass(frozen=True)
class PartTarget:
    """A typed target of something that adds up over the quarter, on the form of a part of it.

    row: the row id. whole: the target of the whole quarter, None where the role has none. agreed: the target that the
    roster has for this person, which counts as it is. share: the part of a full-time quarter, below 1.
    """

    row: str
    part: Part
    whole: float | None
    agreed: Value
    share: Fraction

    @property
    def reduced(self) -> float | None:
        """The whole target's part; None without a whole target."""
        return None if self.whole is None else prorated(self.whole, self.share)

    def is_whole(self, target: Value) -> bool:
        """Whether a target is that of the whole quarter."""
        return self.whole is not None and is_number(target) and same_number(target, self.whole)

    def is_reduced(self, target: Value) -> bool:
        """Whether a target is the part of the whole quarter's, also if somebody typed it with two decimals."""
        if self.reduced is None or not is_number(target):
            return False
        return same_number(target, self.reduced) or round_half_up(target) == round_half_up(self.reduced)


def prorated(target: float, share: Fraction) -> float:
    """The part of a target. The parts of a quarter add up to the whole, but for the last digit of a float."""
    return float(Fraction(str(float(target))) * share)


def flows(role: Role) -> Iterator[tuple[Indicator, int, Part]]:
    """The indicators, with number and part, that add up over the quarter and have a typed target that scores."""
    for indicator in role.indicators:
        for number, part in enumerate(indicator.parts):
            typed = part.target_formula is None and not indicator.levels and indicator.rule.reads_target(number)
            if typed and not is_percent(part.unit) and _adds_up(part.actual, role):
                yield indicator, number, part


def _adds_up(actual: Expression, role: Role) -> bool:
    """Whether an actual is a sum of what three months add up to."""
    measures = [role.measure[operand.measure] for operand in actual.operands]
    summed = all(m.monthly and m.aggregate == "sum" and not is_percent(m.unit) for m in measures)
    return bool(measures) and summed and actual.is_sum


def part_targets(
    role: Role, assignment: Assignment | None, quarter: Quarter, presets: Presets | None = None
) -> tuple[PartTarget, ...]:
    """The targets that a part of a quarter makes doubtful; none for full time in the whole quarter.

    presets: of the form. A target among them with a note is proposed for the whole quarter. One that is `own`, or that
    somebody typed and that is neither the whole quarter's nor its part, was agreed for just this part: it is not
    doubtful.
    """
    if assignment is None or not assignment.is_reduced(quarter):
        return ()
    share, found = assignment.part(quarter), []
    for indicator, number, part in flows(role):
        row = part_id(indicator.id, number)
        agreed = assignment.targets.get(target_key(indicator.id, number))
        target = PartTarget(row, part, None if part.target is None else float(part.target), agreed, share)
        preset = (presets or {}).get((row, "target"))
        if preset is not None and (preset.own or not preset.note):
            if preset.own or not (target.is_whole(preset.value) or target.is_reduced(preset.value)):
                continue
        elif preset is not None and is_number(preset.value):
            target = replace(target, whole=float(preset.value))
        found.append(target)
    return tuple(found)


def reduced_presets(
    role: Role, assignment: Assignment | None, quarter: Quarter, part_quarter: str, labels: Labels
) -> dict[tuple[str, str], Preset]:
    """The reduced targets for the cells of a form, each with the sum in its note.

    part_quarter: the company's choice; none where targets stay as they are.
    """
    if part_quarter != BY_DAYS or assignment is None:
        return {}
    return {
        (target.row, "target"): reduced_preset(target.whole, target, assignment, quarter, labels)
        for target in part_targets(role, assignment, quarter)
        if target.agreed is None and target.whole is not None
    }


def reduced_preset(
    whole: float, target: PartTarget, assignment: Assignment, quarter: Quarter, labels: Labels
) -> Preset:
    """A whole quarter's target reduced, and the sum as its note."""
    reduced, part = prorated(whole, target.share), part_text(assignment, quarter, labels)
    shown = {key: shown_target(number) for key, number in (("whole", whole), ("reduced", reduced))}
    return Preset(reduced, labels("part_note_reduced", part=part, **shown))


def part_text(assignment: Assignment, quarter: Quarter, labels: Labels) -> str:
    """The part of a quarter in words: 62/92天 × 50%工时."""
    pieces = []
    if assignment.is_part(quarter):
        pieces.append(labels("part_days", days=assignment.days(quarter), whole=quarter.days))
    if assignment.share < 1:
        pieces.append(labels("part_share", share=number_text(assignment.share, True, labels)))
    return " × ".join(pieces)


def shown_target(target: float) -> str:
    """A target that adds up, with two decimals at most."""
    return f"{round_half_up(target):,.15g}"


@dataclass(frozen=True)
class PartNotice:
    """What the form of a part of a quarter says of its targets: text: in a line. lines: of the note beside it.

    at: what it says at the cell of a target that stays the whole quarter's, by row id.
    """

    text: str
    lines: tuple[str, ...]
    at: Mapping[str, str]


def part_notice(
    role: Role, assignment: Assignment | None, quarter: Quarter, presets: Presets, part_quarter: str, labels: Labels
) -> PartNotice | None:
    """What is said of the targets of a form; None where there is nothing to say.

    role: in the language of the form. part_quarter: the company's choice.
    """
    reduces = part_quarter == BY_DAYS
    basis = {place: preset for place, preset in presets.items() if not reduces or preset.own or not preset.note}
    targets = part_targets(role, assignment, quarter, basis)
    if assignment is None or not targets:
        return None
    part, at, lines = part_text(assignment, quarter, labels), {}, []
    whole: list[PartTarget] = []
    kinds: set[str] = set()
    for target in targets:
        preset, values = presets.get((target.row, "target")), _values(target, part, labels)
        typed_reduced = preset is not None and not preset.note and target.is_reduced(preset.value)
        if target.agreed is not None:
            kind, line = "agreed", labels("part_line_agreed", **values)
        elif preset is not None and (typed_reduced or (reduces and preset.note)):
            text = preset.note or labels("part_note_reduced", **values)
            kind, line = "reduced", labels("part_line", label=target.part.label, text=text)
        elif target.whole is None:
            kind, line = "open", labels("part_line_open", **values)
        else:
            whole.append(target)
            at[target.row] = labels("part_note_whole", **values)
            kind, line = "whole", labels("part_line", label=target.part.label, text=at[target.row])
        kinds.add(kind)
        lines.append(line)
    if whole:
        key = "part_whole" if len(whole) == 1 else "part_whole_many"
        text = labels(key, count=len(whole), **_values(whole[0], part, labels))
    else:
        text = labels(next(f"part_{kind}" for kind in ("reduced", "open", "agreed") if kind in kinds), part=part)
    return PartNotice(text, tuple(lines), at)


def _values(target: PartTarget, part: str, labels: Labels) -> dict[str, str]:
    numbers = {"whole": target.whole, "reduced": target.reduced, "agreed": target.agreed}
    shown = {key: shown_target(number) if is_number(number) else "—" for key, number in numbers.items()}
    return {"label": target.part.label, "part": part, **shown}
