"""The canonical sentences in Chinese."""

from __future__ import annotations

from collections.abc import Sequence

from xlkpi.i18n.languages import simplified_only, to_traditional
from xlkpi.i18n.numbers import plain
from xlkpi.rules.lexicon.names import is_bare_label
from xlkpi.rules.model import Basis, Condition, Count, PartStep, Side, Step, Subject
from xlkpi.rules.printer.wording import Wording

_EVERY = {Side.SHORT: "每低", Side.OVER: "每超", Side.EITHER: "每偏离"}
_EVERY_OF_TARGET = {Side.SHORT: "每低于目标值", Side.OVER: "每超出目标值", Side.EITHER: "每偏离目标值"}
_SUBJECT = {
    Subject.ACHIEVEMENT: "完成率",
    Subject.VALUE: "实际",
    Subject.OVER: "超出目标",
    Subject.SHORT: "低于目标",
}
_PART = {PartStep.NOTHING: "", PartStep.WHOLE: "，不足一档按一档", PartStep.PRO_RATA: "，按比例"}


class Simplified(Wording):
    """Simplified Chinese."""

    separator = "；"
    subject = _SUBJECT
    ratio = "按完成率得分"
    inverse = "按目标值÷实际值得分"
    each = "每次"

    def scale(self, points: str) -> str:
        return f"满分{points}分"

    def start(self, points: str) -> str:
        return f"基础分{points}分"

    def cap(self, points: str, *, of_score: bool) -> str:
        return f"{'得分' if of_score else ''}封顶{points}分"

    def floor(self, points: str) -> str:
        return f"最低{points}分"

    def origin(self, amount: str) -> str:
        return f"以{amount}为基准，"

    def labelled(self, label: str, clause: str) -> str:
        return f"「{label}」{clause}"

    def level(self, name: str, points: str, *, quoted: bool) -> str:
        bare = not quoted and is_bare_label(name)
        return f"{name if bare else f'「{name}」'}得{points}分"

    def compared(self, left: str, sign: str, right: str) -> str:
        return left + sign + right

    def case(self, condition: Condition, points: str | None) -> str:
        return self.condition(condition) + (self.ratio if points is None else f"得{points}分")

    def veto(self, condition: Condition) -> str:
        return f"{self.condition(condition)}一票否决"

    def meet(self, points: str, otherwise: str, at_least: bool) -> str:
        return f"{'达到' if at_least else '不超过'}目标得{points}分，否则得{otherwise}分"

    def linear(self, subject: Subject, ends: Sequence[tuple[str, str]]) -> str:
        return f"线性：{self.subject[subject]}" + "，".join(f"{x}得{y}分" for x, y in ends)

    def step(self, step: Step, *, own_base: bool) -> str:
        of_target = "目标值的" if step.basis is Basis.RELATIVE else ""
        free = f"偏差{of_target}{self.distance(step, step.free)}以内不扣，之后" if step.free else ""
        every = self.every(step, own_base=own_base)
        sign = "加" if step.bonus else "扣"
        return f"{free}{every}{self.distance(step, step.step)}{sign}{plain(step.points)}分{_PART[step.part]}"

    def every(self, step: Step, *, own_base: bool) -> str:
        """What stands before the size of a step."""
        if step.basis is Basis.RELATIVE:  # 目标值的10% is a share of the target, whatever the unit
            return f"{_EVERY_OF_TARGET[step.side]}的"
        return _EVERY[step.side]

    def count(self, count: Count) -> str:
        sign = "加" if count.bonus else "扣"
        allowed = f"允许{count.allowance}次，之后" if count.allowance else ""
        together = f"，累计{count.together[0]}次共{sign}{plain(count.together[1])}分" if count.together else ""
        return f"{allowed}{self.each}{sign}{plain(count.points)}分{together}"

    def limit(self, bonus: bool, points: str, *, large: bool) -> str:
        return f"，最多{'加' if bonus else '扣'}{points}分"

    def percentage_points(self, number: str) -> str:
        return f"{number}个百分点"


class Traditional(Simplified):
    """Traditional Chinese with the terms of Taiwan; names are kept as they are.

    每低0.5扣3分 and 每次扣10分 are spelled alike in both, so these clauses say a little more here: whoever reads the
    sentence, person or program, sees that it is traditional.
    """

    each = "每发生1次"

    def own(self, text: str) -> str:
        return to_traditional(text)

    def condition(self, condition: Condition) -> str:
        return self.own(super().condition(condition))

    def every(self, step: Step, *, own_base: bool) -> str:
        if step.basis is Basis.ABSOLUTE and not own_base:
            return _EVERY_OF_TARGET[step.side]
        return super().every(step, own_base=own_base)

    def level(self, name: str, points: str, *, quoted: bool) -> str:
        # A bare name in simplified characters would be taken for the language of the sentence.
        return super().level(name, points, quoted=quoted or simplified_only(name))
