"""Assessments stay tied to the wording they were made against, whatever has become of the law since."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from lsk.law.register import CHAIN, LABEL, PROVISIONS

# What an application, t, leans on.
EFFECTIVE = "ifnull(t.provision, (SELECT q.provision FROM requirement q WHERE q.id = t.requirement))"

# What an application leaned on when it was assessed. What was moved later leaned on the old wording until that day;
# what has not been moved does still, even where its requirement has.
ASSESSED_AGAINST = f"""ifnull((SELECT b.provision FROM adaptation b WHERE b.record = t.id
    AND iif(b.status = 'flyttad', t.assessed_on < b.settled_on, t.provision IS NULL)
    ORDER BY ifnull(b.settled_on, '9999') LIMIT 1), {EFFECTIVE})"""


def assessments(db: sqlite3.Connection, provisions: Sequence[str]) -> list[sqlite3.Row]:
    """Assessments under the provisions, each with the wording that it was made against (``against``)."""
    return db.execute(
        f"""WITH RECURSIVE {CHAIN}
            SELECT t.id, t.ref, k.code, t.fulfilment, t.assessed_on, {ASSESSED_AGAINST} AS wording,
              (SELECT {LABEL} FROM {PROVISIONS} WHERE p.id = {ASSESSED_AGAINST}) AS against
            FROM application t JOIN requirement k ON k.id = t.requirement
            WHERE t.assessed_on IS NOT NULL AND {EFFECTIVE} IN (SELECT id FROM family)
            ORDER BY t.ref""",
        {"asked": json.dumps(list(provisions))},
    ).fetchall()
