"""What stands in the slots of a matched clause: numbers, names, outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from xlkpi.rules.lexicon.patterns import Match
from xlkpi.rules.lexicon.words import Token
from xlkpi.rules.model import Side
from xlkpi.rules.parser.bounds import awarded, numbers_in, points_of
from xlkpi.rules.resolver.clauses import Award, Clause, Outcome, Points, Quantity
from xlkpi.rules.spelling import strip_label

SIDES = {
    "low": Side.SHORT, "fall": Side.SHORT, "lt": Side.SHORT, "early": Side.SHORT, "below_part": Side.SHORT,
    "miss": Side.SHORT, "high": Side.OVER, "rise": Side.OVER, "gt": Side.OVER, "late": Side.OVER,
    "above_part": Side.OVER, "excess": Side.OVER, "off": Side.EITHER,
}  # fmt: skip


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
                return self.text(named)
        return None

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
