"""What stands in the slots of a matched clause: numbers, names, outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from xlkpi.rules.lexicon.patterns import Match
from xlkpi.rules.lexicon.words import Token
from xlkpi.rules.model import RuleError, Side
from xlkpi.rules.parser.bounds import awarded, numbers_in, points_of
from xlkpi.rules.resolver.clauses import Award, Clause, Outcome, Points, Quantity
from xlkpi.rules.spelling import strip_label

SIDES = {
    "low": Side.SHORT, "fall": Side.SHORT, "lt": Side.SHORT, "early": Side.SHORT, "below_part": Side.SHORT,
    "miss": Side.SHORT, "high": Side.OVER, "rise": Side.OVER, "gt": Side.OVER, "late": Side.OVER,
    "above_part": Side.OVER, "excess": Side.OVER, "off": Side.EITHER,
}  # fmt: skip

_NO_NAME = frozenset({"low", "high", "lt", "gt", "ge", "le", "minus", "plus", "score", "to", "least", "most"})
"""Kinds of words that name no measure by themselves."""
_OF_LEVELS = frozenset({"named", "heading", "levels", "level_or_value", "level_share", "title", "none"})
"""Clauses whose name may be that of a level (差) or of a list (扣分：…)."""
_PART = ("其中", "重复发生", "再次发生", "重复出现", "再次出现", "及以", "以上", "以下", "以内")
"""What begins with them is a part of what stands before."""
_FACTORS = ("千", "百", "十", "k", "w")
"""How a factor of the number before begins."""
_LIMITING = frozenset({"after", "not_", "first", "within", "from_"})
"""English words that say which occurrences count."""


@dataclass(frozen=True, slots=True)
class Slots:
    """Reads the slots of the matches of one sentence."""

    sentence: str
    breaks: tuple[int, ...] = ()
    """The places of its ；."""

    def plain(self, match: Match) -> Clause:
        """A clause that has only its kind, its name and its place."""
        return Clause(
            match.means,
            self._label(match),
            match.tokens[0].start,
            match.tokens[-1].end,
            self.sentence[match.tokens[0].start : match.tokens[-1].end],
            product=bool(match.slots.get("name")) and match.slots["name"][0].kind != "quoted",
            segment=sum(place < match.tokens[0].start for place in self.breaks),
            quoted=any(token.kind == "quoted" for token in match.slots.get("name", match.slots.get("label", ()))),
        )

    def _label(self, match: Match) -> str | None:
        for slot in ("name", "label", "event"):
            if named := match.slots.get(slot):
                if match.means not in _OF_LEVELS:
                    self._check_name(named)
                return self.text(named)
        return None

    def _check_name(self, words: tuple[Token, ...]) -> None:
        """Raise `RuleError` where a name is none: 超出, 得分, 少 say something of another number; 「」 make it one."""
        if words[0].kind == "quoted":
            return
        text = self.text(words)
        if all(word.kind in _NO_NAME for word in words) or text.startswith(_PART) or words[-1].kind == "pause":
            raise RuleError("“{name}”在这里指什么？请写出数据项的名称", position=words[0].start, name=text)

    def check_unit(self, match: Match) -> None:
        """Raise `RuleError` where a factor that is not read stands behind a size: 5千, 5k."""
        words = match.slots.get("also", ())
        if words and self.text(words).lower().startswith(_FACTORS):
            raise RuleError(
                "“{said}”读不懂：没有写怎样得分或扣分", position=words[0].start, said=self.text(match.tokens)
            )

    def check_ends(self, match: Match) -> None:
        """Raise `RuleError` where a comment behind a count limits it: each complaint after the first."""
        said = (*match.slots.get("event", ())[1:], *match.slots.get("also", ()))
        if limits := [word for word in said if word.kind in _LIMITING]:
            raise RuleError(
                "“{said}”读不懂：没有写怎样得分或扣分",
                position=limits[0].start, said=self.sentence[limits[0].start : match.tokens[-1].end],
            )  # fmt: skip

    def text(self, words: tuple[Token, ...]) -> str:
        """The words of a slot as typed."""
        return strip_label(self.sentence[words[0].start : words[-1].end])

    # --- numbers ----------------------------------------------------------------------------------------------------

    def quantities(self, words: tuple[Token, ...]) -> list[Quantity]:
        """Every number among words, with its unit."""
        return [quantity for quantity, _ in numbers_in(words)]

    def quantity(self, match: Match, slot: str) -> Quantity | None:
        words = match.slots.get(slot)
        if not words:
            return None
        found = self.quantities(words)
        return found[0] if found else Quantity(Decimal(1), words[-1].text, words[-1].kind, start=words[0].start)

    def number(self, match: Match, slot: str) -> Decimal | None:
        words = match.slots.get(slot)
        found = self.quantities(words) if words else []
        return found[0].value if found else None

    # --- outcomes ---------------------------------------------------------------------------------------------------

    def outcome(self, match: Match) -> Outcome:
        if match.has("counts"):
            return Outcome(Award.FULL)
        for slot, award in (
            ("award", None),
            ("mere", None),
            ("share_of", None),
            ("loss", Award.LOST),
            ("gain", Award.GAINED),
        ):
            if words := match.slots.get(slot):
                return Outcome(award, points_of(words)) if award else awarded(words)
        return Outcome(Award.VETO if match.has("veto") else Award.RATIO)

    def change(self, match: Match) -> tuple[Points, bool]:
        """What is deducted or added: points, and whether they are added."""
        bonus = match.has("gain")
        return points_of(match.slots["gain" if bonus else "loss"]), bonus
