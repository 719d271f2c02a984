"""What ratings come to: means by kind, shares of the kinds present, and groups that give nobody away."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlkpi.catalogue.appraising.ratings import KINDS, Shares
from xlkpi.raters.combined import FEWEST, joined, shown, weighted

SHARES = vars(Shares(self=0.1, superior=0.5, peers=0.2, subordinates=0.05, departments=0.15))
POINTS = st.dictionaries(st.sampled_from(KINDS), st.lists(st.sampled_from([0.0, 60.0, 80.0, 100.0]), max_size=6))


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ({"peers": [100, 80, 60], "departments": [0, 80]}, 62.86),  # (80×20＋40×15)÷35
        ({"peers": [100]}, 100),
        ({"peers": [100], "subordinates": [0], "departments": [60]}, 72.5),  # (100×20＋0×5＋60×15)÷40
        ({"subordinates": [80, 60]}, 70),  # the others' shares go to those present
        ({"peers": []}, None),
        ({}, None),
    ],
)
def test_it_is_what_a_hand_works_out(points: dict[str, list[float]], expected: float | None) -> None:
    assert weighted(points, SHARES) == expected


@given(POINTS)
def test_it_equals_a_mean_written_out(points: dict[str, list[float]]) -> None:
    present = {kind: given for kind, given in points.items() if given}
    if not present:
        assert weighted(points, SHARES) is None
        return
    total = sum(Fraction(str(SHARES[kind])) for kind in present)
    mean = {kind: sum(map(Fraction, given)) / len(given) for kind, given in present.items()}
    exact = sum(Fraction(str(SHARES[kind])) * mean[kind] for kind in present) / total
    assert weighted(points, SHARES) == pytest.approx(float(exact), abs=0.00501)


@given(POINTS, st.permutations([0, 1, 2]))
def test_who_comes_first_changes_nothing(points: dict[str, list[float]], order: list[int]) -> None:
    turned = {kind: points[kind][::-1] for kind in (KINDS[n] for n in order) if kind in points}
    assert weighted(turned, SHARES) == weighted(points, SHARES)


@given(st.dictionaries(st.sampled_from(KINDS), st.integers(1, 6)))
def test_no_group_is_smaller_than_three(counts: dict[str, int]) -> None:
    groups = joined(counts)
    assert sorted(kind for group in groups for kind in group) == sorted(counts)
    if sum(counts.values()) >= FEWEST:
        assert all(sum(counts[kind] for kind in group) >= FEWEST for group in groups)


@given(POINTS)
def test_what_is_shown_is_one_number_a_group(points: dict[str, list[float]]) -> None:
    """A group's number is made as the whole is: of kinds in one group nothing can be told apart.

    Two ways to give the kinds of a group other means, with the same number of the group, leave everything shown as is.
    """
    groups = shown(points, SHARES, anonymous=True)
    people = sum(map(len, points.values()))
    assert bool(groups) == (people >= FEWEST)
    assert all(group.count >= FEWEST for group in groups)
    if not groups:
        return
    total = sum(sum(SHARES[kind] for kind in group.kinds) for group in groups)
    again = sum(group.points * sum(SHARES[kind] for kind in group.kinds) for group in groups) / total
    assert again == pytest.approx(weighted(points, SHARES), abs=0.011)  # the whole says no more than the groups do


def test_one_and_three_together_do_not_give_the_one_away() -> None:
    """With a plain mean of the four beside the whole, 60 could be solved for: 2 equations, 2 unknown means."""
    points = {"peers": [100.0, 80.0, 90.0], "subordinates": [60.0]}
    (group,) = shown(points, SHARES, anonymous=True)
    assert (group.kinds, group.count, group.points) == (("peers", "subordinates"), 4, weighted(points, SHARES))


def test_two_in_all_are_not_split() -> None:
    assert shown({"peers": [100.0], "departments": [60.0]}, SHARES, anonymous=True) == []


def test_named_ratings_are_shown_by_kind() -> None:
    groups = shown({"peers": [100.0], "departments": [60.0]}, SHARES, anonymous=False)
    assert [(group.kinds, group.count, group.points) for group in groups] == [
        (("peers",), 1, 100.0), (("departments",), 1, 60.0),
    ]  # fmt: skip
