"""Processes, activities, routines and steering documents."""

from lsk.rules import Breach, finding, gate, warning

VALID = "EXISTS (SELECT 1 FROM document_version v WHERE v.document = t.id AND v.status = 'fastställd')"


@warning("process", "R13", columns=("owner_role", "status"))
def a_process_has_an_owner() -> Breach:
    """R13: every process has an owner: socialchef, MAS or enhetschef."""
    return Breach(
        "SELECT t.id, t.ref, t.name FROM {rows} t WHERE t.owner_role IS NULL AND t.status <> 'upphörd'",
        "Processen {name} saknar processägare.",
        "Välj ansvarig roll.",
    )


@gate("process", "R13", columns=("status",))
def an_established_process_has_an_owner() -> Breach:
    """R13: a process is not established before somebody owns it."""
    return Breach(
        "SELECT t.id, t.ref, t.name FROM {rows} t WHERE t.status = 'fastställd' AND t.owner_role IS NULL",
        "Processen {name} kan inte fastställas utan processägare.",
        "Välj processägare först.",
    )


@finding("activity", "R8 R57")
def an_activity_has_a_routine() -> Breach:
    """R8 R57, 4 kap. 4 §: each activity has the routine that is needed."""
    return Breach(
        """SELECT t.id, t.ref, t.name, p.name AS process FROM {rows} t JOIN process p ON p.id = t.process
           WHERE NOT EXISTS (SELECT 1 FROM link l WHERE l.source = t.id AND l.kind = 'rutin')""",
        "Aktiviteten {name} i {process} saknar rutin.",
        "Koppla en rutin till aktiviteten.",
    )


@finding("process", "R8")
def a_process_has_activities() -> Breach:
    """4 kap. 3 §: for each process its activities are stated, in order."""
    return Breach(
        """SELECT t.id, t.ref, t.name FROM {rows} t WHERE t.status <> 'upphörd'
           AND NOT EXISTS (SELECT 1 FROM activity a WHERE a.process = t.id)
           AND NOT EXISTS (SELECT 1 FROM process c WHERE c.parent = t.id)""",
        "Processen {name} saknar aktiviteter.",
        "Beskriv aktiviteterna i ordning.",
    )


@gate("document_version", "R31 R33", columns=("status", "decided_by"))
def a_document_is_decided_by_the_right_body() -> Breach:
    """R31 R33: who may establish a document follows its kind and topic."""
    return Breach(
        """SELECT t.id, t.ref, d.title, d.kind, ifnull(r.name, 'ingen') AS decider,
             (SELECT w.answer FROM routing w WHERE w.matter = 'dokument beslutas av'
                AND (w.kind IS NULL OR w.kind = d.kind)
                AND (w.topic IS NULL OR w.topic = d.topic) ORDER BY w.priority LIMIT 1) AS ought
           FROM {rows} t JOIN document d ON d.id = t.document LEFT JOIN role r ON r.id = t.decided_by
           WHERE t.status = 'fastställd' AND ought IS NOT NULL AND ought <> 'verksamheten'
             AND ifnull(r.name, '') <> ought AND ifnull(r.short_name, '') <> ought""",
        "{title} ({kind}) ska beslutas av {ought}, inte av {decider}.",
        "Ange rätt beslutsfattare, eller låt versionen vara utkast till dess.",
    )


@gate("document_version", "R31 R57", columns=("status", "decided_on", "decided_by"))
def an_established_version_says_who_decided_and_when() -> Breach:
    """R31 R57: an established document bears its decider and date."""
    return Breach(
        """SELECT t.id, t.ref, d.title, t.version_number FROM {rows} t JOIN document d ON d.id = t.document
           WHERE t.status = 'fastställd' AND (t.decided_by IS NULL OR t.decided_on IS NULL)""",
        "{title} version {version_number} kan inte vara fastställd utan beslutsfattare och datum.",
        "Fyll i beslutad av och beslutsdatum.",
    )


@gate("document_version", "R57", columns=("status",))
def one_version_of_a_document_is_in_force() -> Breach:
    """R57: at most one version of a document is established at a time."""
    return Breach(
        """SELECT t.id, t.ref, d.title FROM {rows} t JOIN document d ON d.id = t.document WHERE t.status = 'fastställd'
           AND EXISTS (SELECT 1 FROM document_version o WHERE o.document = t.document AND o.id <> t.id
             AND o.status = 'fastställd')""",
        "{title} har redan en fastställd version.",
        "Sätt den gamla versionen till ersatt först.",
    )


@finding("document", "R33 R35 R57", severity="fel")
def a_steering_document_has_a_version_in_force() -> Breach:
    """R33: guidelines and routines that must exist are established."""
    return Breach(
        f"SELECT t.id, t.ref, t.title FROM {{rows}} t WHERE NOT {VALID}",
        "{title} har ingen fastställd version.",
        "Lägg till en version och låt rätt instans fastställa den.",
    )


@finding("document_version", "R14")
def a_document_is_reviewed_in_time() -> Breach:
    """R14: processes and routines are revised when needed; a passed review date is late."""
    return Breach(
        """SELECT t.id, t.ref, d.title, t.next_review FROM {rows} t JOIN document d ON d.id = t.document
           WHERE t.status = 'fastställd' AND t.next_review < date('now')""",
        "{title} skulle ha setts över {next_review}.",
        "Se över dokumentet och sätt ett nytt datum.",
    )


@finding("unit", "R4 R21 R32", severity="fel")
def a_unit_has_a_lex_sarah_routine() -> Breach:
    """R4 R32: each unit has a routine for lex Sarah, its own or one that is common to all."""
    return Breach(
        """SELECT t.id, t.ref, t.name FROM {rows} t WHERE t.level = 'enhet' AND NOT EXISTS (
             SELECT 1 FROM document d JOIN document_version v ON v.document = d.id AND v.status = 'fastställd'
             WHERE d.topic = 'lex Sarah' AND d.kind IN ('rutin', 'riktlinje') AND (d.unit IS NULL OR d.unit = t.id))""",
        "{name} saknar fastställd rutin för lex Sarah.",
        "Lägg till rutinen eller fastställ en gemensam.",
    )
