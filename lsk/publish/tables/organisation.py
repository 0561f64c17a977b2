"""Published of the organisation: units, roles and the division of responsibility. Never who holds a role."""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.tables.law import NAMED_PROVISION, SPELT
from lsk.publish.vocabulary import Column, Table, number, order

DUTIES = Table(
    "ansvarsfordelning",
    "Ansvarsfördelning",
    "Vem som ansvarar för vad i ledningssystemet: varje roll med sina uppgifter.",
    Publish.OPEN,
    (
        Column("roll", "Roll", "role.name"),
        order("nr", "Nr", "duty.number"),
        Column("slag", "Slag", "duty.kind"),
        Column("uppgift", "Uppgift", "duty.text"),
        Column("kan_delegeras", "Kan delegeras", "duty.delegable"),
        Column("lagrum", "Lagrum", NAMED_PROVISION),
        Column("krav", "Krav", "duty.requirements"),
    ),
    f"""SELECT r.name, d.number, d.kind, d.text, CASE d.delegable WHEN 1 THEN 'ja' WHEN 0 THEN 'nej' END,
          {SPELT}, d.requirements, d.ref AS _ref
        FROM duty d JOIN role r ON r.id = d.role LEFT JOIN provision p ON p.id = d.provision
        LEFT JOIN statute s ON s.id = p.statute ORDER BY r.name_sort, d.number, d.id""",
    entity="duty",
    grain="en uppgift för en roll",
)

UNITS = Table(
    "enheter",
    "Enheter",
    "Hur verksamheten är indelad.",
    Publish.OPEN,
    (
        Column("enhet", "Enhet", "unit.name"),
        Column("kortnamn", "Kortnamn", "unit.short_name"),
        Column("niva", "Nivå", "unit.level"),
        Column("hor_till", "Hör till", "unit.name"),
        Column("driftform", "Driftform", "unit.operation_form"),
    ),
    """SELECT u.name, u.short_name, u.level, o.name, u.operation_form, u.ref AS _ref
        FROM unit u LEFT JOIN unit o ON o.id = u.parent ORDER BY u.name_sort, u.id""",
    entity="unit",
    grain="en enhet",
)

ROLES = Table(
    "roller",
    "Roller",
    "De roller som ledningssystemet ger uppgifter till.",
    Publish.OPEN,
    (
        Column("roll", "Roll", "role.name"),
        Column("kortnamn", "Kortnamn", "role.short_name"),
        Column("slag", "Slag", "role.kind"),
        Column("niva", "Nivå", "role.level"),
        number("uppgifter", "Uppgifter", "duty.role"),
    ),
    """SELECT r.name, r.short_name, r.kind, r.level, (SELECT count(*) FROM duty d WHERE d.role = r.id), r.ref AS _ref
        FROM role r ORDER BY r.name_sort, r.id""",
    entity="role",
    grain="en roll",
)

TABLES = (DUTIES, UNITS, ROLES)
