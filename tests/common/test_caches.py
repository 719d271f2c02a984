"""What is kept of forms, and what is not."""

from __future__ import annotations

from xlkpi.common import caches


def test_a_large_argument_is_not_kept() -> None:
    kept = caches.kept_if_small(2, 3, len)(lambda text: [text])
    assert kept("abc") is kept("abc")
    assert kept("abcd") == ["abcd"]
    assert kept("abcd") is not kept("abcd")


def test_nothing_is_kept_of_a_huge_file_when_the_next_one_is_read() -> None:
    kept = caches.kept(2)(lambda text: [text])
    before = kept("a")
    caches.begin()
    assert kept("a") is before
    caches.say_huge()
    assert kept("a") is before  # as long as it is read
    caches.begin()
    assert kept("a") is not before
