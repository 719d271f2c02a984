"""The formulas of rated indicators on forms with ratings: by self, superior and others, each with its share."""

from __future__ import annotations

from collections.abc import Sequence

from xlkpi.catalogue.role import Indicator, Measure, Part
from xlkpi.form.layout import LEAD, RATERS, part_id, rating_id
from xlkpi.i18n.languages import language_of
from xlkpi.i18n.numbers import plain
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import (
    any_holds,
    as_shown,
    empty,
    level_is_known,
    level_points,
    text_literal,
)
from xlkpi.scoring.several.combined import BY_LEVEL, Shares
from xlkpi.scoring.several.native import by_shares, native_combined, nobody_rates, others_points, unrated
from xlkpi.writer.formulas.number_text import rounded
from xlkpi.writer.formulas.receipt import ReceiptCells
from xlkpi.writer.formulas.rows import RowFormulas


class RatingFormulas(RowFormulas):
    """As `RowFormulas`; rated indicators of a form with ratings are scored by these."""

    @property
    def shares(self) -> Shares:
        """Of self, superior and others."""
        return self.layout.shares.by_rater

    def ratings(self, indicator: Indicator) -> list[str]:
        """The cells of the ratings of an indicator: self, superior, others."""
        return [self.layout.address(rating_id(indicator.id), rater) for rater in RATERS]

    def inputs(self, measure: Measure) -> str:
        """The range of the input cells of a measure: the superior's rating where the measure only shows that."""
        if indicator := self.layout.rated_measures.get(measure.id):
            return self.layout.address(rating_id(indicator.id), LEAD)
        return super().inputs(measure)

    def quarter(self, measure: Measure) -> str:
        """As `RowFormulas.quarter`; the superior's rating where the measure only shows that."""
        return (
            f"={as_shown(self.inputs(measure))}"
            if measure.id in self.layout.rated_measures
            else super().quarter(measure)
        )

    def actual(self, indicator: Indicator, part: Part) -> str:
        """As `RowFormulas.actual`; of a rated indicator the superior's word."""
        if indicator not in self.layout.rated:
            return super().actual(indicator, part)
        return f"={as_shown(self.layout.address(rating_id(indicator.id), LEAD))}"

    def _python(self, function: str, indicator: Indicator, row: int) -> str:
        if indicator not in self.layout.rated:
            return super()._python(function, indicator, row)
        cells, target, rule, unit = self.ratings(indicator), *(self.at(id, row) for id in ("target", "rule", "unit"))
        points = [f"{function}({cell},{target},{rule},{unit})" for cell in cells[:BY_LEVEL]]
        # Points of the others are on the scale of the rule that the formulas were made from.
        twin, unchanged = self.fixed("native", row), f"{rule}={self.at('compiled', row)}"
        others = others_points(indicator.rule, cells[BY_LEVEL], twin)
        points.append(f"IF({unchanged},{others},{twin})")
        score = by_shares(points, self.shares, cells[BY_LEVEL])
        return f'IF({unrated(cells, self.shares)},"",IFERROR({score},{twin}))'

    def _twin(self, indicator: Indicator) -> str:
        if indicator not in self.layout.rated:
            return super()._twin(indicator)
        language = language_of(indicator.rule_text)
        return native_combined(indicator.rule, self.ratings(indicator), self.shares, language)

    # --- receipts ---------------------------------------------------------------------------------------------------

    def _told(self, indicator: Indicator, cells: ReceiptCells) -> str:
        if indicator not in self.layout.rated:
            return super()._told(indicator, cells)
        rated, shares = self.ratings(indicator), self.shares
        scale = plain(indicator.rule.scale)
        score = rounded(cells.score if scale == "100" else f"{cells.score}*{scale}/100", 2)
        if max(shares) == 1:
            rater = shares.index(1)
            told = self._filled(f"receipt_only_{RATERS[rater]}", level=rated[rater], score=score)
        else:
            own, lead, others = shares
            told = self._terms(indicator, rated, shares)
            if others and own + lead:
                alone = self._terms(indicator, rated, (own / (own + lead), lead / (own + lead), 0.0))
                told = f"IF({nobody_rates(rated[BY_LEVEL])},{alone},{told})"
            told += f"&{self._filled('receipt_combined', score=score)}"
            if shares[BY_LEVEL]:
                told += f'&IF({nobody_rates(rated[BY_LEVEL])},{text_literal(self.labels("receipt_nobody"))},"")'
        if scale != "100":
            told += "&" + text_literal(self.labels("receipt_out_of", scale=scale))
        return told

    def _terms(self, indicator: Indicator, cells: Sequence[str], shares: Shares) -> str:
        """自评良好85×30%＋上级评优秀100×70%, joined by &."""
        scale = plain(indicator.rule.scale)
        own = "" if scale == "100" else f"*{scale}/100"
        told = []
        for rater, (cell, share) in enumerate(zip(cells, shares, strict=True)):
            if share > 0:
                points = f"({level_points(indicator.rule, cell)}){own}" if rater < BY_LEVEL else cell
                per_cent = text_literal(plain(round(share * 100, 2)))
                key = f"receipt_{RATERS[rater]}"
                told.append(self._filled(key, level=cell, points=rounded(points, 2), share=per_cent))
        return f"&{text_literal(self.labels('receipt_plus'))}&".join(told)

    def _filled(self, key: str, /, **formulas: str) -> str:
        """A label as a formula (without =), its {…} filled in by formulas."""
        pieces = self.labels.pieces(key)
        return "&".join(formulas[field] if field else text_literal(text) for text, field in pieces)

    def usual_rating_receipts(self, indicator: Indicator) -> list[str]:
        """The longest receipts of a rated indicator, for which the row must be high enough; none of any other."""
        if indicator not in self.layout.rated:
            return []
        labels, best = self.labels, plain(indicator.rule.best or 0)
        level, nobody = max(indicator.levels, key=len), labels("nobody")
        refused = reasons.cell_text(reasons.OTHERS_POINTS, self.language, best=best, nobody=nobody)
        if max(self.shares) == 1:
            return [labels(f"receipt_only_{RATERS[self.shares.index(1)]}", level=level, score=best), refused]
        terms = [labels(f"receipt_{r}", level=level, points="88.88", share="33.33") for r in self._counted]
        told = labels("receipt_plus").join(terms) + labels("receipt_combined", score="88.88")
        if not self.shares[BY_LEVEL]:
            return [told, refused]
        alone = labels("receipt_plus").join(terms[:-1]) + labels("receipt_combined", score="88.88")
        return [told, alone + labels("receipt_nobody"), refused]

    @property
    def _counted(self) -> list[str]:
        return [rater for rater, share in zip(RATERS, self.shares, strict=True) if share > 0]

    # --- the block --------------------------------------------------------------------------------------------------

    def combined(self, indicator: Indicator) -> str:
        """The score in the block of ratings: that of the indicator."""
        return f"={as_shown(self.layout.address(part_id(indicator.id), 'score'))}"

    def rating_status(self, indicator: Indicator) -> str:
        """Whose rating is missing, or is none; ✓ else. Empty where the rule does not score the indicator."""
        cells, shares, labels = self.ratings(indicator), self.shares, self.labels
        status = text_literal(labels("status_done"))
        for rater, cell in reversed([*enumerate(cells)]):
            if shares[rater] > 0:
                wrong = text_literal(self._wrong(rater, indicator))
                known = level_is_known(indicator.rule, cell)
                if rater == BY_LEVEL:
                    known = f"IF({nobody_rates(cell)},1,{others_points(indicator.rule, cell, '-1')}>=0)"
                status = f"IF({known},{status},{wrong})"
        counted = [(labels(RATERS[rater]), cell) for rater, cell in enumerate(cells) if shares[rater] > 0]
        owed = text_literal(labels("rating_owed"))
        for number, (who, cell) in enumerate(counted):
            before = [empty(other) for _, other in counted[:number]]
            comma = f'IF({any_holds(before)},{text_literal(labels("list_separator"))},"")&' if before else ""
            owed += f'&IF({empty(cell)},{comma}{text_literal(who)},"")'
        if self.layout.role.measure[indicator.rated].optional:
            owed = text_literal(labels("status_optional"))
        status = f"IF({unrated(cells, shares)},{owed},{status})"
        row = self.layout.rows[part_id(indicator.id)]
        return self.if_applies(status, indicator, row, otherwise='""')

    def _wrong(self, rater: int, indicator: Indicator) -> str:
        labels = self.labels
        if rater < BY_LEVEL:
            return labels("rating_unknown", who=labels(RATERS[rater]))
        return labels("rating_no_points", best=plain(indicator.rule.best or 0), nobody=labels("nobody"))

    def opinion_status(self, indicator: Indicator) -> str:
        """How far the opinions on a computed score are from it: 自评比得分高3分；主管评与得分相同."""
        score = self.layout.address(part_id(indicator.id), "score")
        own, lead, _ = self.ratings(indicator)
        separator = text_literal(self.labels("criteria_separator"))
        both = f'IF(COUNTA({own},{lead})=2,{separator},"")'
        told = f"{self._opinion(own, score, RATERS[0])}&{both}&{self._opinion(lead, score, LEAD)}"
        return f'=IF(COUNT({score})=0,"",{told})'

    def _opinion(self, cell: str, score: str, rater: str) -> str:
        who = self.labels(rater)
        over, under = f"{cell}-{score}", f"{score}-{cell}"

        def text(key: str, points: str) -> str:
            return self._filled(key, who=text_literal(who), points=rounded(f"({points})", 2))

        equal = text_literal(self.labels("opinion_equal", who=who))
        apart = f"IF({over}>0,{text('opinion_over', over)},{text('opinion_under', under)})"
        number = f"IF(ROUND({over},2)=0,{equal},{apart})"
        wrong = text_literal(self.labels("opinion_no_number", who=who))
        return f'IF({empty(cell)},"",IF(COUNT({cell})=0,{wrong},{number}))'

    # --- filled -----------------------------------------------------------------------------------------------------

    def ratings_filled(self) -> tuple[list[str], int]:
        """The formulas that count the ratings filled in, and how many are needed."""
        measure = self.layout.role.measure
        needed = [indicator for indicator in self.layout.rated if not measure[indicator.rated].optional]
        if not needed:
            return [], 0
        rows = [self.layout.rows[rating_id(indicator.id)] for indicator in needed]
        ranges = [f"COUNTA({self.at(rater, rows[0])}:{self.at(rater, rows[-1])})" for rater in self._counted]
        return ranges, len(needed) * len(ranges)
