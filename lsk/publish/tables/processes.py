"""Published of the structure: processes, what is done in them, and the documents in force."""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day, key, keyed, number

PROCESSES = Table(
    "processer",
    "Processer",
    "Verksamhetens processer: syfte, avsett resultat, vem som äger dem och när de ska ses över.",
    Publish.OPEN,
    (
        key("process_id", "Processens märke"),
        Column("nummer", "Nr", "process.number"),
        Column("process", "Process", "process.name"),
        Column("hor_till", "Hör till", "process.name"),
        Column("slag", "Slag", "process.kind"),
        Column("agare", "Ägare", "role.name"),
        Column("enhet", "Enhet", "unit.name"),
        Column("syfte", "Syfte", "process.purpose"),
        Column("avsett_resultat", "Avsett resultat", "process.intended_result"),
        Column("samverkan", "Samverkan", "process.collaboration"),
        number("aktiviteter", "Aktiviteter", "activity.process"),
        day("ses_over", "Ses över senast", "process.next_review"),
    ),
    f"""SELECT {keyed("p")}, p.number, p.name, o.name, p.kind, r.name, u.name, p.purpose, p.intended_result,
          p.collaboration, (SELECT count(*) FROM activity a WHERE a.process = p.id), p.next_review, p.ref AS _ref
        FROM process p LEFT JOIN process o ON o.id = p.parent LEFT JOIN role r ON r.id = p.owner_role
        LEFT JOIN unit u ON u.id = p.unit WHERE p.status <> 'upphörd'
        ORDER BY p.number IS NULL, CAST(p.number AS REAL), p.number, p.name_sort, p.id""",
    entity="process",
    through="process.status",
    grain="en process som inte har upphört",
)

ACTIVITIES = Table(
    "processaktiviteter",
    "Aktiviteter i processerna",
    "Vad som görs i varje process, i ordning, och vem som ansvarar.",
    Publish.OPEN,
    (
        key("process_id", "Processens märke"),
        Column("process", "Process", "process.name"),
        number("nr", "Nr", "activity.process"),
        Column("aktivitet", "Aktivitet", "activity.name"),
        Column("beskrivning", "Beskrivning", "activity.description"),
        Column("ansvarig", "Ansvarig", "role.name"),
    ),
    f"""SELECT {keyed("p")}, p.name, row_number() OVER (PARTITION BY a.process ORDER BY a.position, a.id), a.name,
          a.description, r.name, a.ref AS _ref
        FROM activity a JOIN process p ON p.id = a.process LEFT JOIN role r ON r.id = a.responsible_role
        WHERE p.status <> 'upphörd'
        ORDER BY p.number IS NULL, CAST(p.number AS REAL), p.number, p.name_sort, p.id, a.position, a.id""",
    entity="activity",
    through="process.status process.number activity.position",
    grain="en aktivitet",
)

DOCUMENTS = Table(
    "gallande_styrdokument",
    "Gällande styrdokument",
    "Fastställda versioner: vem som beslutat, när de gäller och när de ska ses över.",
    Publish.OPEN,
    (
        Column("dokument", "Dokument", "document.title"),
        Column("slag", "Slag", "document.kind"),
        Column("amne", "Ämne", "document.topic"),
        Column("galler_for", "Gäller för", "unit.name"),
        Column("version", "Version", "document_version.version_number"),
        Column("beslutat_av", "Beslutat av", "role.name"),
        day("beslutat", "Beslutat", "document_version.decided_on"),
        Column("paragraf", "Paragraf", "document_version.decision_paragraph"),
        day("galler_fran", "Gäller från", "document_version.valid_from"),
        day("ses_over", "Ses över senast", "document_version.next_review"),
        Column("lage", "Läge", "document_version.next_review"),
        Column("agare", "Ansvarar för dokumentet", "role.name"),
        key("dokument_id", "Dokumentets märke"),
    ),
    f"""SELECT d.title, d.kind, d.topic, ifnull(u.name, 'hela verksamheten'), v.version_number, r.name, v.decided_on,
          v.decision_paragraph,
          v.valid_from, v.next_review, CASE WHEN v.next_review < :today THEN 'ska ses över' ELSE 'gäller' END, o.name,
          {keyed("d")}, v.ref AS _ref
        FROM document_version v JOIN document d ON d.id = v.document LEFT JOIN unit u ON u.id = d.unit
        LEFT JOIN role r ON r.id = v.decided_by LEFT JOIN role o ON o.id = d.owner_role
        WHERE v.status = 'fastställd' ORDER BY d.title_sort, v.id""",
    entity="document_version",
    through="document_version.status",
    grain="en fastställd version",
)

MISSING = Table(
    "saknade_styrdokument",
    "Riktlinjer och rutiner som saknas",
    "Riktlinjer och rutiner som ska finnas men inte har någon fastställd version.",
    Publish.COMMITTEE,
    (
        Column("dokument", "Dokument", "document.title"),
        Column("slag", "Slag", "document.kind"),
        Column("amne", "Ämne", "document.topic"),
        Column("galler_for", "Gäller för", "unit.name"),
        Column("ansvarig", "Ansvarig", "role.name"),
        Column("lage", "Läge", "document_version.status"),
    ),
    """SELECT d.title, d.kind, d.topic, ifnull(u.name, 'hela verksamheten'), r.name,
          iif(v.document IS NULL, 'inte påbörjat', 'arbete pågår'), d.ref AS _ref
        FROM document d LEFT JOIN unit u ON u.id = d.unit LEFT JOIN role r ON r.id = d.owner_role
        LEFT JOIN (SELECT document, max(status NOT IN ('utkast', 'granskas')) AS decided FROM document_version
          GROUP BY document) v ON v.document = d.id
        WHERE d.kind IN ('riktlinje', 'rutin') AND ifnull(v.decided, 0) = 0
        ORDER BY d.kind, d.title_sort, d.id""",
    entity="document",
    through="document_version.status",
    grain="en riktlinje eller rutin",
)

TABLES = (PROCESSES, ACTIVITIES, DOCUMENTS, MISSING)
