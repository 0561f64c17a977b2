"""Published of the year: what returns, who does it, and the tables that a municipality prints of it."""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day, key, keyed, number, order

OBLIGATIONS = Table(
    "arshjul",
    "Årshjul",
    "Vad som ska göras varje år, av vem, till vem, och om det är gjort.",
    Publish.OPEN,
    (
        Column("uppgift", "Uppgift", "obligation.name"),
        Column("period", "Period", "occurrence.period"),
        Column("enhet", "Enhet", "unit.name"),
        Column("ansvarig", "Ansvarig", "role.name"),
        Column("mottagare", "Mottagare", "role.name"),
        Column("kraft", "Ska eller bör", "obligation.force"),
        day("senast", "Senast", "occurrence.due"),
        day("klart", "Klart", "occurrence.done_on"),
        Column("lage", "Läge", "occurrence.due occurrence.done_on"),
        Column("mottagarens_slag", "Mottagarens slag", "role.kind"),
    ),
    """SELECT o.name, c.period, u.name, a.name, m.name, o.force, c.due, c.done_on,
          CASE WHEN c.done_on IS NOT NULL THEN 'klart' WHEN c.due IS NULL THEN 'utan datum'
               WHEN c.due < :today THEN 'försenat' ELSE 'kommande' END, m.kind, c.ref AS _ref
        FROM occurrence c JOIN obligation o ON o.id = c.obligation LEFT JOIN unit u ON u.id = c.unit
        LEFT JOIN role a ON a.id = o.responsible_role LEFT JOIN role m ON m.id = o.recipient
        ORDER BY c.due IS NULL, c.due, o.name_sort, u.name_sort, c.id""",
    entity="occurrence",
    grain="en uppgift, en period och en enhet",
)

RETURNING = Table(
    "aterkommande_uppgifter",
    "Återkommande uppgifter",
    "Vad som återkommer, hur ofta, vem som gör det, till vem, och varför det ska göras.",
    Publish.OPEN,
    (
        key("uppgift_id", "Uppgiftens märke"),
        Column("uppgift", "Uppgift", "obligation.name"),
        Column("aterkommer", "Återkommer", "obligation.cadence"),
        Column("nar", "När", "obligation.due_rule"),
        Column("ansvarig", "Ansvarig", "role.name"),
        Column("mottagare", "Mottagare", "role.name"),
        Column("genom", "Genom", "role.name"),
        Column("resultat", "Resultat", "obligation.output"),
        Column("kraft", "Ska eller bör", "obligation.force"),
        Column("lagrum", "Lagrum", "provision.designation statute.short_name statute.number"),
        Column("krav", "Krav", "obligation.requirements"),
    ),
    f"""SELECT {keyed("o")}, o.name, o.cadence, o.due_rule, a.name, m.name, v.name, o.output, o.force,
          s.short_name || ' (' || s.number || ') ' || p.designation, o.requirements, o.ref AS _ref
        FROM obligation o LEFT JOIN role a ON a.id = o.responsible_role LEFT JOIN role m ON m.id = o.recipient
        LEFT JOIN role v ON v.id = o.via LEFT JOIN provision p ON p.id = o.provision
        LEFT JOIN statute s ON s.id = p.statute ORDER BY o.name_sort, o.id""",
    entity="obligation",
    grain="en uppgift",
)

# The rows of one of the profile's own tables (t), in its order; the setting names the requirement of each row.
LISTED = """FROM y JOIN obligation t
        JOIN setting s ON s.key = '{}' AND ' ' || s.value || ' ' LIKE '% ' || t.requirements || ' %'
        LEFT JOIN occurrence o ON o.obligation = t.id AND coalesce(o.done_on, o.due, o.period) LIKE y.year || '%'"""
IN_ORDER = "instr(' ' || s.value || ' ', ' ' || t.requirements || ' ')"
NAMED_BY = "setting.key setting.value"

STEERING = Table(
    "styrinstrument",
    "Styrinstrument",
    "Tabellen över styrinstrument: hur varje styrinstrument fastställs och vem som ansvarar. Tom där kommunen inte har "
    "någon sådan tabell.",
    Publish.OPEN,
    (
        order("nr", "Nr", "obligation.cadence"),
        Column("styrinstrument", "Styrinstrument", "obligation.name"),
        Column("faststalls", "Fastställande", "obligation.output"),
        Column("ansvar", "Ansvar", "obligation.note"),
        Column("aterkommer", "Återkommer", "obligation.cadence"),
        order("ar", "År", "occurrence.due"),
        day("senast", "Senast", "occurrence.due"),
        day("klart", "Klart", "occurrence.done_on"),
        Column("lage", "Läge", "occurrence.due occurrence.done_on"),
        Column("krav", "Krav", "obligation.requirements"),
    ),
    f"""WITH y AS (SELECT substr(:today, 1, 4) AS year)
        SELECT row_number() OVER (ORDER BY {IN_ORDER}), t.name, t.output, t.note, t.cadence, CAST(y.year AS INTEGER),
          min(o.due) FILTER (WHERE o.done_on IS NULL), max(o.done_on),
          CASE WHEN count(o.id) = 0 THEN 'inget planerat' WHEN count(o.done_on) = count(o.id) THEN 'klart'
               WHEN min(o.due) FILTER (WHERE o.done_on IS NULL) < :today THEN 'försenat' ELSE 'kommande' END,
          t.requirements, t.ref AS _ref
        {LISTED.format("steering_table")}
        GROUP BY t.id ORDER BY {IN_ORDER}""",
    entity="obligation",
    through=f"{NAMED_BY} occurrence.period",
    grain="ett styrinstrument, under publiceringens år",
)

MEASURED = Table(
    "matningar",
    "Mätningar",
    "Tabellen över mätningar: vad de omfattar, vem som redovisar, och vad som är planerat och gjort under året. Tom "
    "där kommunen inte har någon sådan tabell.",
    Publish.OPEN,
    (
        order("nr", "Nr", "obligation.cadence"),
        Column("vad_mats", "Mätning", "obligation.name"),
        Column("omfattar", "Omfattar", "obligation.output"),
        Column("ansvar", "Ansvar", "obligation.note"),
        order("ar", "År", "occurrence.due"),
        number("planerat", "Planerat", "occurrence.due"),
        number("gjort", "Gjort", "occurrence.done_on"),
        Column("lage", "Läge", "occurrence.due occurrence.done_on"),
        Column("krav", "Krav", "obligation.requirements"),
    ),
    f"""WITH y AS (SELECT substr(:today, 1, 4) AS year)
        SELECT row_number() OVER (ORDER BY {IN_ORDER}), t.name, t.output, t.note, CAST(y.year AS INTEGER),
          count(o.id) FILTER (WHERE o.done_on IS NULL), count(o.done_on),
          CASE WHEN count(o.id) = 0 THEN 'saknas' WHEN count(o.done_on) = count(o.id) THEN 'klart'
               WHEN min(o.due) FILTER (WHERE o.done_on IS NULL) < :today THEN 'försenat' ELSE 'kommande' END,
          t.requirements, t.ref AS _ref
        {LISTED.format("measurement_table")}
        GROUP BY t.id ORDER BY {IN_ORDER}""",
    entity="obligation",
    through=f"{NAMED_BY} occurrence.period",
    grain="en mätning, under publiceringens år",
)

TABLES = (OBLIGATIONS, RETURNING, STEERING, MEASURED)
