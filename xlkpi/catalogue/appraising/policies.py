"""What holds for an indicator whose data is missing, or that had no occasion in the quarter."""

from __future__ import annotations

MISSING = BLOCK, ZERO, LEAVE_OUT, CARRY_OVER = "block", "zero", "leave_out", "carry_over"
"""Data is missing: there is no score and so no total; the indicator scores 0; it does not count; it keeps the score of
the quarter before."""
NO_OCCASION = FULL, NOT_COUNTED, NOTHING = "full", "leave_out", "zero"
"""Nothing of the kind was to be done: the indicator scores 100; it does not count; it scores 0."""
