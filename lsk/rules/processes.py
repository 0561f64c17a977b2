"""Processes, activities, routines and steering documents."""

from lsk.rules import Breach, decided, finding, gate, warning

POLITICAL = "EXISTS (SELECT 1 FROM role r WHERE r.id = t.decided_by AND r.kind = 'politisk')"
# Who establishes a version (t) of a document (d): the first answer of the municipality's routing.
OUGHT = """(SELECT w.answer FROM routing w WHERE w.matter = 'dokument beslutas av'
  AND (w.kind IS NULL OR w.kind = d.kind) AND (w.topic IS NULL OR w.topic = d.topic)
  AND (w.change_class IS NULL OR w.change_class = t.change_class) ORDER BY w.priority LIMIT 1)"""
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


@gate("document_version", "R31 R33 J1 H9 H36 H37", columns=("status", "decided_by", "change_class"))
def a_document_is_decided_by_the_right_body() -> Breach:
    """R31 R33 J1 H9 H36 H37: who may establish a document follows its kind, its topic and the class of the change."""
    return Breach(
        f"""SELECT t.id, t.ref, d.title, d.kind, ifnull(r.name, 'ingen') AS decider,
             {OUGHT} AS ought
           FROM {{rows}} t JOIN document d ON d.id = t.document LEFT JOIN role r ON r.id = t.decided_by
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


@gate("document_version", "H36", columns=("status", "decided_by", "decision_paragraph", "decision"))
def a_political_decision_is_named() -> Breach:
    """H36: what a political body establishes bears the paragraph of its decision, where the municipality demands it."""
    return Breach(
        f"""SELECT t.id, t.ref, d.title FROM {{rows}} t JOIN document d ON d.id = t.document
           WHERE t.status = 'fastställd' AND {POLITICAL} AND coalesce(t.decision_paragraph, t.decision) IS NULL
             AND {decided("decision_paragraph_required")}""",
        "{title} kan inte vara fastställd utan paragraf i protokollet.",
        "Fyll i beslutets paragraf.",
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


@finding("printout", "J21")
def an_old_printout_is_replaced() -> Breach:
    """J21: what hangs on paper is the version in force."""
    return Breach(
        """SELECT t.id, t.ref, t.placed_at, d.title, v.version_number FROM {rows} t
           JOIN document_version v ON v.id = t.document_version JOIN document d ON d.id = v.document
           WHERE t.replaced_on IS NULL AND v.status IN ('ersatt', 'upphävd')""",
        "{placed_at}: {title} version {version_number} gäller inte längre, men är inte utbytt.",
        "Byt bladet (lsk binder --swap) och fyll i när.",
    )


@finding("document_version", "R14")
def a_document_is_reviewed_in_time() -> Breach:
    """R14: processes and routines are revised when needed; a passed review date is late."""
    return Breach(
        """SELECT t.id, t.ref, d.title, t.next_review FROM {rows} t JOIN document d ON d.id = t.document
           WHERE t.status = 'fastställd' AND t.next_review < today()""",
        "{title} skulle ha setts över {next_review}.",
        "Se över dokumentet och sätt ett nytt datum.",
    )


@gate("document_version", "V65 R57", columns=("status",))
def a_routine_says_how_and_who() -> Breach:
    """V65: a routine describes a procedure and how the responsibility for carrying it out is distributed."""
    return Breach(
        f"""SELECT t.id, t.ref, d.title FROM {{rows}} t JOIN document d ON d.id = t.document AND d.kind = 'rutin'
           WHERE t.status = 'fastställd' AND (t.procedure IS NULL OR t.responsibility IS NULL)
             AND {decided("routine_needs_procedure")}""",
        "{title} kan inte fastställas utan tillvägagångssätt och ansvar för utförandet.",
        "Fyll i båda först.",
    )


@gate("activity", "V64", columns=("position", "process"))
def activities_have_an_order() -> Breach:
    """V64: the mutual order of the activities in a process is determined."""
    return Breach(
        """SELECT t.id, t.ref, t.name, o.name AS other FROM {rows} t
           JOIN activity o ON o.process = t.process AND o.position = t.position AND o.id <> t.id""",
        "{name} har samma plats i ordningen som {other}.",
        "Flytta den ena.",
    )


@finding("document_version", "V1")
def an_established_version_has_a_whole_header() -> Breach:
    """V1: kind, responsible, applies to, valid from, version; and the § and diary number of a political decision."""
    return Breach(
        f"""SELECT t.id, t.ref, d.title FROM {{rows}} t JOIN document d ON d.id = t.document
           WHERE t.status = 'fastställd' AND {decided("document_header_required")}
             AND (d.owner_role IS NULL OR t.valid_from IS NULL OR coalesce(d.unit, d.applies_to) IS NULL
               OR ({POLITICAL} AND (t.decision_paragraph IS NULL OR t.diary_number IS NULL)))""",
        "{title}: dokumenthuvudet är ofullständigt (dokumentansvarig, gäller för, giltig från, beslutets § och dnr).",
        "Fyll i det som saknas.",
    )


@finding("unit", "R4 R21 R32 V44 V45 V48 V49 J3 J39 J40", severity="fel")
def a_unit_has_the_routines_it_must_have() -> Breach:
    """R4 V48 V49 J40: each unit has the routines that are demanded, its own or one that is common to all."""
    return Breach(
        """SELECT t.id, t.ref, t.name, c.value AS topic FROM {rows} t
           JOIN choice_value c ON c.list = 'required_routines' OR (c.list = 'required_routines_health_care'
             AND t.has_health_care = 1)
           WHERE t.level = 'enhet' AND ifnull(t.system_applies, '') NOT IN ('frivilligt', 'omfattas ej')
             AND NOT EXISTS (
             SELECT 1 FROM document d JOIN document_version v ON v.document = d.id AND v.status = 'fastställd'
             WHERE d.topic = c.value AND d.kind IN ('rutin', 'riktlinje') AND (d.unit IS NULL OR d.unit = t.id))""",
        "{name} saknar fastställd rutin för {topic}.",
        "Lägg till rutinen eller fastställ en gemensam.",
    )


@finding("document", "J40")
def a_local_routine_follows_its_parent() -> Breach:
    """J40: a unit's routine that connects to a superior one is looked at again when that gets a new version."""
    return Breach(
        """SELECT t.id, t.ref, t.title, p.title AS parent FROM {rows} t JOIN document p ON p.id = t.parent
           JOIN document_version pv ON pv.document = p.id AND pv.status = 'fastställd'
           JOIN document_version v ON v.document = t.id AND v.status = 'fastställd'
           WHERE coalesce(v.revised_on, v.decided_on, v.valid_from) < coalesce(pv.valid_from, pv.decided_on)""",
        "{title}: kontrollera mot den nya versionen av {parent}.",
        "Gå igenom rutinen och fyll i när den reviderades.",
    )


@finding("document_version", "R22 V44 V45 H28", severity="notis")
def a_document_in_force_is_known() -> Breach:
    """R22: guidelines and routines are known: somebody has acknowledged reading them."""
    return Breach(
        """SELECT t.id, t.ref, d.title FROM {rows} t JOIN document d ON d.id = t.document
             AND d.kind IN ('riktlinje', 'rutin')
           WHERE t.status = 'fastställd' AND EXISTS (SELECT 1 FROM acknowledgement)
             AND NOT EXISTS (SELECT 1 FROM acknowledgement k WHERE k.document_version = t.id)""",
        "Ingen har kvitterat {title}.",
        "Be medarbetarna läsa och kvittera.",
    )


@finding("process", "V44 R60 J39")
def external_collaboration_is_agreed() -> Breach:
    """V44: collaboration is normally regulated in agreements."""
    return Breach(
        """SELECT t.id, t.ref, t.name FROM {rows} t WHERE t.collaboration IN ('extern', 'intern och extern')
           AND NOT EXISTS (SELECT 1 FROM link l JOIN agreement a ON a.id = l.target WHERE l.source = t.id)
           AND NOT EXISTS (SELECT 1 FROM link l JOIN agreement a ON a.id = l.source WHERE l.target = t.id)""",
        "Processen {name} kräver extern samverkan men har ingen överenskommelse.",
        "Koppla en överenskommelse till processen.",
    )


# The eight kinds that a unit's own system is made of (J17); what is allotted to the unit from above counts (J15).
MINE = "(x.unit = t.id OR x.allotted_to = t.id)"
OBJECT_KINDS = {
    "ansvarsfördelning": "FROM assignment x WHERE x.unit = t.id",
    "processer": f"FROM process x WHERE {MINE} AND x.parent IS NULL",
    "delprocesser": f"FROM process x WHERE {MINE} AND x.parent IS NOT NULL",
    "aktiviteter": "FROM activity x JOIN process p ON p.id = x.process WHERE p.unit = t.id OR p.allotted_to = t.id",
    "rutiner": "FROM document x WHERE x.unit = t.id AND x.kind = 'rutin'",
    "riskbedömningar": f"FROM risk x WHERE {MINE}",
    "egenkontroller": "FROM self_check x WHERE x.unit = t.id",
    "åtgärder": "FROM action x WHERE x.unit = t.id",
}


@finding("unit", "J3 J17 J19 J39", severity="notis")
def a_unit_holds_all_kinds_of_its_system() -> Breach:
    """J17: each unit develops all of the eight object kinds."""
    missing = " || ".join(f"iif(EXISTS (SELECT 1 {sql}), '', ', {name}')" for name, sql in OBJECT_KINDS.items())
    return Breach(
        f"""SELECT id, ref, name, substr(missing, 3) AS missing FROM (
              SELECT t.id, t.ref, t.name, {missing} AS missing FROM {{rows}} t
              WHERE t.level = 'enhet' AND {decided("unit_object_kinds_required")}) WHERE missing <> ''""",
        "{name} saknar {missing}.",
        "Lägg till det som saknas.",
    )
