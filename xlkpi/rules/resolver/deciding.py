"""All readings of a sentence: where it leaves something open, each way is followed to its end.

`build` asks `Open.pick` wherever a sentence can be taken in several ways. It is run once for every combination of
answers, so that what a choice leads to is never thought of twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from xlkpi.rules.model import RuleError
from xlkpi.rules.rule import Rule

T = TypeVar("T")

MOST = 24
"""Readings that are followed; a sentence with more is refused by the first question."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked where two ways lead to different scores."""

    message: str
    position: int | None
    values: dict[str, Any] = field(hash=False)

    def refusal(self) -> RuleError:
        return RuleError(self.message, position=self.position, **self.values)


class Open:
    """The choices of one run."""

    def __init__(self, path: tuple[int, ...]) -> None:
        self.path = path
        self.taken: list[tuple[int, int, Question]] = []
        """(choice, number of choices, question), in the order in which they were asked."""

    def pick(self, ways: Sequence[T], question: Question) -> T:
        """One of several ways to take something."""
        place = len(self.taken)
        choice = self.path[place] if place < len(self.path) else 0
        self.taken.append((choice, len(ways), question))
        return ways[choice]


@dataclass(frozen=True, slots=True)
class Way:
    """One reading: the rule, or why there is none, and the answers that led to it."""

    rule: Rule | None
    error: RuleError | None
    answers: tuple[tuple[int, int, Question], ...]


def ways(build: Callable[[Open], Rule]) -> Iterator[Way]:
    """Every way that `build` can go. Raises the first question where there are more than `MOST`."""
    paths: list[tuple[int, ...]] = [()]
    for _ in range(MOST):
        if not paths:
            return
        run = Open(paths.pop())
        rule, error = None, None
        try:
            rule = build(run)
        except RuleError as refused:
            error = refused
        yield Way(rule, error, tuple(run.taken))
        for place in range(len(run.taken) - 1, len(run.path) - 1, -1):
            before = tuple(choice for choice, _, _ in run.taken[:place])
            paths += [(*before, other) for other in range(run.taken[place][1] - 1, 0, -1)]
    if paths:
        raise run.taken[0][2].refusal()
