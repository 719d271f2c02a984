"""The canonical sentences in English."""

from __future__ import annotations

from collections.abc import Sequence

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Basis, Condition, Count, PartStep, Side, Step, Subject
from xlkpi.rules.printer.wording import Wording

_SIDE = {Side.SHORT: "short", Side.OVER: "over", Side.EITHER: "off"}
_PART = {PartStep.NOTHING: "", PartStep.WHOLE: ", part steps count whole", PartStep.PRO_RATA: ", pro rata"}
_SUBJECT = {
    Subject.ACHIEVEMENT: "achievement",
    Subject.VALUE: "actual",
    Subject.OVER: "over target by",
    Subject.SHORT: "short of target by",
}
_SIGN = {"≤": "<=", "≥": ">="}
_QUOTATION_MARKS = frozenset('"“”„«»')


class English(Wording):
    """English. Names are quoted, so that they never run into the words of the language."""

    separator = "; "
    subject = _SUBJECT
    ratio = "score = achievement"
    inverse = "score = target / actual"

    def scale(self, points: str) -> str:
        return f"out of {points}"

    def start(self, points: str) -> str:
        return f"base score {points}"

    def cap(self, points: str, *, of_score: bool) -> str:
        return f"{'score ' if of_score else ''}cap {points}"

    def floor(self, points: str) -> str:
        return f"floor {points}"

    def origin(self, amount: str) -> str:
        return f"from {amount}: "

    def labelled(self, label: str, clause: str) -> str:
        return f"{_quoted(label)} {clause}"

    def level(self, name: str, points: str, *, quoted: bool) -> str:
        return f"{_quoted(name)}: {_awarded(points)}"

    def compared(self, left: str, sign: str, right: str) -> str:
        return f"{left} {_SIGN.get(sign, sign)} {right}"

    def case(self, condition: Condition, points: str | None) -> str:
        return f"{self.condition(condition)}: {'achievement' if points is None else _awarded(points)}"

    def veto(self, condition: Condition) -> str:
        return f"veto if {self.condition(condition)}"

    def meet(self, points: str, otherwise: str, at_least: bool) -> str:
        return f"{_awarded(points)} if at {'least' if at_least else 'most'} target, otherwise {_awarded(otherwise)}"

    def linear(self, subject: Subject, ends: Sequence[tuple[str, str]]) -> str:
        return f"linear: {self.subject[subject]} " + ", ".join(f"{x} {_awarded(y)}" for x, y in ends)

    def step(self, step: Step, *, own_base: bool) -> str:
        of_target = " of target" if step.basis is Basis.RELATIVE else ""
        free = f"within {self.distance(step, step.free)}{of_target} free, then " if step.free else ""
        every = f"every {self.distance(step, step.step)}{of_target} {_SIDE[step.side]}"
        return f"{free}{every}: {_signed(step.bonus, plain(step.points))}{_PART[step.part]}"

    def count(self, count: Count) -> str:
        each = _signed(count.bonus, plain(count.points))
        said = f"after {count.allowance}: each {each}" if count.allowance else f"each: {each}"
        if count.together is None:
            return said
        times, total = count.together
        return f"{said}, {times} in all: {_signed(count.bonus, plain(total))}"

    def limit(self, bonus: bool, points: str, *, large: bool) -> str:
        # Without a sign, points as high as full marks would be a cap of the score.
        return f", at most {('+' if large else '') + points if bonus else f'-{points}'}"

    def percentage_points(self, number: str) -> str:
        return f"{number} pp"


def _awarded(points: str) -> str:
    """Points of a case; a mere -20 would be a deduction."""
    return f"score {points}" if points.startswith("-") else points


def _signed(bonus: bool, points: str) -> str:
    return ("+" if bonus else "-") + points


def _quoted(name: str) -> str:
    """The name between quotation marks; where it holds some itself, between 「」, which no name holds."""
    return f"「{name}」" if set(name) & _QUOTATION_MARKS else f'"{name}"'
