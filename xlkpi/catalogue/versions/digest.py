"""The digest of a role: it changes with everything that its forms depend on."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from xlkpi.catalogue.appraising.policies import BLOCK
from xlkpi.catalogue.role import Role
from xlkpi.common.caches import ByIdentity


def digest(role: Role) -> str:
    """Twelve hexadecimal digits that change with everything that a form's formulas and inputs depend on."""
    return _digest(ByIdentity(role))


@lru_cache(maxsize=128)
def _digest(by_identity: ByIdentity[Role]) -> str:
    role = by_identity.value
    content = repr(
        [
            (role.id, sorted(role.group_weights.items()), role.measures),
            [
                (i.id, i.group, i.weight, i.rule, [(p.actual.text, p.target, p.unit) for p in i.parts])
                for i in role.indicators
            ],
            *(["all_rated"] if role.all_rated else []),
        ]
    )
    policies = [(i.id, role.if_missing(i), i.no_occasion) for i in role.indicators]
    if any(missing != BLOCK or no_occasion for _, missing, no_occasion in policies):  # else digests stay what they were
        content += repr(policies)
    return hashlib.sha256(content.encode()).hexdigest()[:12]
