"""Conditions with points → bands, lines, cliffs, vetoes, or the place where steps begin; one measure at a time."""

from __future__ import annotations

from xlkpi.rules.resolver.conditions.excess import take_beyond
from xlkpi.rules.resolver.conditions.groups import take_conditions
from xlkpi.rules.resolver.conditions.lines import take_linear, take_straight
from xlkpi.rules.resolver.conditions.measure import Found, Measure
from xlkpi.rules.resolver.conditions.meets import take_half_opens, take_meets
from xlkpi.rules.resolver.conditions.occurrences import take_occurrences


def settled(of: Measure) -> Found:
    """Bands, lines, cliffs, vetoes and the measure's own base."""
    take_straight(of)
    if not any(of.all[p].bound for p in of.places if p in of.adjustments.listed):
        take_meets(of)
    take_beyond(of)
    take_half_opens(of)
    if not take_linear(of):
        take_occurrences(of)
        take_conditions(of)
    return of.found
