"""Published of the law: the provisions, the demands, and how they are met."""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day, key, keyed, number, order

NAMED_PROVISION = "provision.designation statute.short_name statute.number"
SPELT = "s.short_name || ' (' || s.number || ') ' || p.designation"
JUDGED = "ifnull(t.fulfilment, 'ej bedömt')"

PROVISIONS = Table(
    "lagrum",
    "Lagrum",
    "De bestämmelser som ledningssystemet bygger på, med giltighet och vad de ersatts av.",
    Publish.OPEN,
    (
        Column("forfattning", "Författning", "statute.short_name"),
        Column("nummer", "Nummer", "statute.number"),
        Column("lagrum", "Lagrum", "provision.designation"),
        Column("rubrik", "Rubrik", "provision.heading"),
        Column("bindning", "Slag", "provision.binding"),
        day("galler_fran", "Gäller från", "provision.valid_from"),
        day("galler_till", "Gäller till", "provision.valid_to"),
        Column("ersatt_av", "Ersatt av", NAMED_PROVISION),
        Column("sakerhet", "Kontrollerat", "provision.certainty"),
        key("lagrum_id", "Lagrummets märke"),
    ),
    f"""SELECT s.short_name, s.number, p.designation, p.heading, p.binding, p.valid_from, p.valid_to,
          bs.short_name || ' (' || bs.number || ') ' || b.designation, p.certainty, {keyed("p")}, p.ref AS _ref
        FROM provision p JOIN statute s ON s.id = p.statute LEFT JOIN provision b ON b.id = p.became
        LEFT JOIN statute bs ON bs.id = b.statute ORDER BY s.short_name_sort, s.number, p.ref, p.id""",
    entity="provision",
    grain="ett lagrum",
)

REQUIREMENTS = Table(
    "krav",
    "Krav",
    "Varje krav på ledningssystemet, var det kommer ifrån och vilket område det hör till.",
    Publish.OPEN,
    (
        Column("krav", "Krav", "requirement.code"),
        Column("kravtext", "Kravets innehåll", "requirement.text"),
        Column("kraft", "Ska eller bör", "requirement.force"),
        Column("slag", "Slag", "requirement.kind"),
        Column("omrade", "Område", "requirement_area.name"),
        Column("lagrum", "Lagrum", NAMED_PROVISION),
        Column("hanvisning", "Källans hänvisning", "requirement.cited_as"),
        Column("galler_nar", "Gäller när", "requirement.applies_when"),
        key("krav_id", "Kravets märke"),
    ),
    f"""SELECT k.code, k.text, k.force, k.kind, o.name, {SPELT}, k.cited_as, k.applies_when, {keyed("k")}, k.ref AS _ref
        FROM requirement k LEFT JOIN requirement_area o ON o.id = k.topic LEFT JOIN provision p ON p.id = k.provision
        LEFT JOIN statute s ON s.id = p.statute ORDER BY length(k.code), k.code_sort, k.id""",
    entity="requirement",
    grain="ett krav",
)

FULFILMENT = Table(
    "kravuppfyllnad",
    "Krav och hur de uppfylls",
    "Varje krav på ledningssystemet, hur det tillämpas, vem som ansvarar och hur långt det kommit.",
    Publish.COMMITTEE,
    (
        Column("krav", "Krav", "requirement.code"),
        Column("kravtext", "Kravets innehåll", "requirement.text"),
        Column("kraft", "Ska eller bör", "requirement.force"),
        Column("omrade", "Område", "requirement_area.name"),
        Column("lagrum", "Lagrum", NAMED_PROVISION),
        Column("enhet", "Enhet", "unit.name"),
        Column("tillampning", "Så gör vi", "application.text"),
        Column("ansvarig", "Ansvarig", "role.name"),
        Column("uppfyllnad", "Uppfyllnad", "application.fulfilment"),
        day("bedomt", "Bedömt", "application.assessed_on"),
        key("krav_id", "Kravets märke"),
    ),
    f"""SELECT k.code, k.text, k.force, o.name, {SPELT}, u.name, t.text, r.name, {JUDGED}, t.assessed_on, {keyed("k")},
          ifnull(t.ref, k.ref) AS _ref
        FROM requirement k LEFT JOIN application t ON t.requirement = k.id LEFT JOIN unit u ON u.id = t.unit
        LEFT JOIN role r ON r.id = t.responsible_role LEFT JOIN requirement_area o ON o.id = k.topic
        LEFT JOIN provision p ON p.id = k.provision LEFT JOIN statute s ON s.id = p.statute
        ORDER BY length(k.code), k.code_sort, u.name_sort, k.id, t.id""",
    entity="requirement",
    grain="ett krav och en tillämpning; ett krav utan tillämpning har en rad",
)

COVERAGE = Table(
    "lagtackning",
    "Lagtäckning",
    "Varje lagrum som ställer krav: hur många krav, och hur många av dem som är uppfyllda där de tillämpas. Ett krav "
    "räknas efter sin svagaste tillämpning.",
    Publish.COMMITTEE,
    (
        Column("forfattning", "Författning", "statute.short_name"),
        Column("nummer", "Nummer", "statute.number"),
        Column("lagrum", "Lagrum", "provision.designation"),
        Column("rubrik", "Rubrik", "provision.heading"),
        day("galler_till", "Gäller till", "provision.valid_to"),
        Column("ersatt_av", "Ersatt av", NAMED_PROVISION),
        number("krav", "Krav", "requirement.provision"),
        number("uppfyllda", "Uppfyllda", "application.fulfilment"),
        number("delvis", "Delvis eller planerade", "application.fulfilment"),
        number("saknas", "Saknas", "application.fulfilment"),
        number("ej_bedomda", "Ej bedömda", "application.fulfilment"),
        key("lagrum_id", "Lagrummets märke"),
    ),
    f"""WITH met AS (SELECT k.id, k.provision, max(CASE t.fulfilment WHEN 'uppfyllt' THEN 1 WHEN 'ej tillämpligt' THEN 1
              WHEN 'delvis' THEN 3 WHEN 'planerad' THEN 3 WHEN 'saknas' THEN 4 ELSE 2 END) AS worst
            FROM requirement k LEFT JOIN application t ON t.requirement = k.id GROUP BY k.id)
        SELECT s.short_name, s.number, p.designation, p.heading, p.valid_to,
          bs.short_name || ' (' || bs.number || ') ' || b.designation, count(*), sum(met.worst = 1), sum(met.worst = 3),
          sum(met.worst = 4), sum(met.worst = 2), {keyed("p")}, p.ref AS _ref
        FROM met JOIN provision p ON p.id = met.provision JOIN statute s ON s.id = p.statute
        LEFT JOIN provision b ON b.id = p.became LEFT JOIN statute bs ON bs.id = b.statute
        GROUP BY p.id ORDER BY s.short_name_sort, s.number, p.ref, p.id""",
    entity="provision",
    grain="ett lagrum som ställer krav",
)

AREAS = Table(
    "omraden",
    "Områden som ledningssystemet omfattar",
    "Lagstiftningens områden: vilka som omfattas, vilka som är planerade, och hur många krav de har.",
    Publish.OPEN,
    (
        order("nr", "Nr", "requirement_area.number"),
        Column("omrade", "Område", "requirement_area.name"),
        Column("forfattning", "Författning", "statute.short_name statute.number"),
        Column("hanvisning", "Källans hänvisning", "requirement_area.cited_as"),
        Column("tackning", "Täckning", "requirement_area.coverage"),
        number("krav", "Krav", "requirement.topic"),
    ),
    """SELECT o.number, o.name, s.short_name || ' (' || s.number || ')', o.cited_as, o.coverage,
          (SELECT count(*) FROM requirement k WHERE k.topic = o.id), o.ref AS _ref
        FROM requirement_area o LEFT JOIN statute s ON s.id = o.statute ORDER BY o.number, o.id""",
    entity="requirement_area",
    grain="ett område",
)

DEFINITIONS = Table(
    "begrepp",
    "Begrepp",
    "Vad orden betyder i ledningssystemet.",
    Publish.OPEN,
    (
        Column("begrepp", "Begrepp", "definition.term"),
        Column("betydelse", "Betydelse", "definition.text"),
        Column("kalla", "Källa", "definition.source"),
    ),
    "SELECT d.term, d.text, d.source, d.ref AS _ref FROM definition d ORDER BY d.term_sort, d.id",
    entity="definition",
    grain="ett begrepp",
)

# What is asked of every municipality, and what this one has answered. What has no requirement is for the program.
ARRANGED = Table(
    "sa_ar_det_ordnat",
    "Så är det ordnat",
    "Hur kommunen har ordnat sitt ledningssystem: frågorna och svaren.",
    Publish.COMMITTEE,
    (
        Column("fraga", "Fråga", "setting.question"),
        Column("svar", "Svar", "setting.value"),
    ),
    """SELECT s.question, s.value, s.ref AS _ref FROM setting s
        WHERE s.question IS NOT NULL AND s.value IS NOT NULL AND s.requirements IS NOT NULL
        ORDER BY s.question_sort, s.id""",
    entity="setting",
    through="setting.requirements",
    grain="en fråga som är besvarad",
)

TABLES = (PROVISIONS, REQUIREMENTS, FULFILMENT, COVERAGE, AREAS, DEFINITIONS, ARRANGED)
