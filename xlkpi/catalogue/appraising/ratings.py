"""How the ratings of several people count: the shares of self, superior and others, and whether they are named."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from xlkpi.catalogue.toml import TomlTable

KINDS = ("peers", "subordinates", "departments")
"""Kinds of raters besides the person and the direct superior: 同级, 下级, 其他部门."""


@dataclass(frozen=True)
class Shares:
    """Fractions (0 to 1, together 1) of the score of a rated indicator, by who rates. Alone, the superior decides."""

    self: float = 0.0
    superior: float = 1.0
    peers: float = 0.0
    subordinates: float = 0.0
    departments: float = 0.0

    @property
    def others(self) -> float:
        """The share of everybody but the person and the superior."""
        return round(self.peers + self.subordinates + self.departments, 9)

    @property
    def by_rater(self) -> tuple[float, float, float]:
        """The shares of the person, the superior and all others."""
        return self.self, self.superior, self.others


@dataclass(frozen=True)
class Ratings:
    """anonymous: whether raters stay unnamed, so that fewer than three of a kind are shown together with others."""

    shares: Shares = field(default_factory=Shares)
    anonymous: bool = True


def read_ratings(table: TomlTable) -> Ratings:
    """The ratings from the keys `rating_…` of a company file; where no share is written, the superior has all."""
    names = [share.name for share in fields(Shares)]
    written = {name: table.optional(f"rating_{name}", float) for name in names}
    anonymous = table.optional("rating_anonymous", bool, True)
    given = {name: share for name, share in written.items() if share is not None}
    shares = Shares(**{name: given.get(name, 0.0) for name in names}) if given else Shares()
    if min(vars(shares).values()) < 0 or abs(sum(vars(shares).values()) - 1) > 1e-9:
        table.fault(f"rating_{next(iter(given))}", "rating_shares")
    return Ratings(shares, anonymous is not False)
