"""Published of collaboration: agreements and their parties."""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day

AGREEMENTS = Table(
    "overenskommelser",
    "Överenskommelser",
    "Överenskommelser om samverkan: med vem, om vad, hur länge de gäller och när de ska följas upp.",
    Publish.OPEN,
    (
        Column("overenskommelse", "Överenskommelse", "agreement.name"),
        Column("niva", "Nivå", "agreement.kind"),
        Column("parter", "Parter", "external_party.name"),
        Column("syfte", "Syfte", "agreement.purpose"),
        Column("malgrupp", "Målgrupp", "agreement.target_group"),
        Column("ansvarig", "Ansvarig", "role.name"),
        day("galler_fran", "Gäller från", "agreement.valid_from"),
        day("galler_till", "Gäller till", "agreement.valid_to"),
        day("folj_upp", "Följs upp senast", "agreement.follow_up_due"),
    ),
    """WITH side(agreement, party) AS (
          SELECT id, party FROM agreement WHERE party IS NOT NULL
          UNION SELECT a.id, p.id FROM link l JOIN agreement a ON a.id IN (l.source, l.target)
            JOIN external_party p ON p.id IN (l.source, l.target) WHERE l.kind = 'part'),
        named AS (SELECT side.agreement, p.name FROM side JOIN external_party p ON p.id = side.party
          ORDER BY p.name_sort, p.id)
        SELECT a.name, a.kind, (SELECT group_concat(named.name, ', ') FROM named WHERE named.agreement = a.id),
          a.purpose, a.target_group, r.name, a.valid_from, a.valid_to, a.follow_up_due, a.ref AS _ref
        FROM agreement a LEFT JOIN role r ON r.id = a.responsible_role
        WHERE a.status NOT IN ('förslag', 'upphörd') ORDER BY a.name_sort, a.id""",
    entity="agreement",
    through="agreement.status link.kind link.source link.target",
    grain="en överenskommelse som gäller",
)

TABLES = (AGREEMENTS,)
