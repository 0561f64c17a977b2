"""Published of the thread: from paragraph over requirement and process to the decision. No cases, and no risk's words.

A kind of record that may be met on the way is a ``Node``; each way to go on from it is an ``Edge``. Both are declared
with the fields they read, so that a level sees those, and only those, that its marks allow.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day, key

LONGEST = 200  # characters of a title
OVER = "CASE WHEN {done} IS NOT NULL THEN 'klar' WHEN {due} < :today THEN 'försenad' ELSE 'pågår' END"
REPORTED = "CASE WHEN t.reported_on IS NOT NULL THEN 'redovisad' WHEN t.done_on IS NOT NULL THEN 'genomförd' END"


@dataclass(frozen=True)
class Node:
    """A kind of record on the thread: its word, where it is published, and SQL for its title over ``t``.

    ``state`` and ``day`` say how it stands. ``fields`` are read for them; ``where`` decides, by ``through``, which
    records there are.
    """

    word: str
    table: str
    title: str
    fields: str
    _: KW_ONLY
    join: str = ""
    where: str = "1"
    through: str = ""
    state: str = "NULL"
    day: str = "NULL"
    told: str = ""  # fields that the state and the day are read from
    level: Publish = Publish.OPEN


NODES = {
    "provision": Node(
        "lagrum", "lagrum",
        "s.short_name || ' (' || s.number || ') ' || t.designation || ifnull(': ' || t.heading, '')",
        "provision.designation provision.heading statute.short_name statute.number",
        join="JOIN statute s ON s.id = t.statute",
    ),
    "requirement": Node("krav", "krav", "t.code || ' ' || t.text", "requirement.code requirement.text"),
    "duty": Node(
        "ansvar", "ansvarsfordelning", "r.name || ': ' || t.text", "role.name duty.text",
        join="JOIN role r ON r.id = t.role",
    ),
    "obligation": Node("årshjulsuppgift", "aterkommande_uppgifter", "t.name", "obligation.name"),
    "application": Node(
        "tillämpning", "kravuppfyllnad", "t.text || ifnull(' (' || u.name || ')', '')", "application.text unit.name",
        join="LEFT JOIN unit u ON u.id = t.unit", state="ifnull(t.fulfilment, 'ej bedömt')", day="t.assessed_on",
        told="application.fulfilment application.assessed_on", level=Publish.COMMITTEE,
    ),
    "process": Node("process", "processer", "t.name", "process.name", where="t.status <> 'upphörd'",
                    through="process.status"),
    "activity": Node("aktivitet", "processaktiviteter", "t.name", "activity.name"),
    "document": Node("dokument", "gallande_styrdokument", "t.title", "document.title"),
    "document_version": Node(
        "version", "gallande_styrdokument", "d.title || ', version ' || t.version_number",
        "document.title document_version.version_number", join="JOIN document d ON d.id = t.document",
        where="t.status = 'fastställd'", through="document_version.status",
        state="CASE WHEN t.next_review < :today THEN 'ska ses över' ELSE 'gäller' END", day="t.next_review",
        told="document_version.next_review",
    ),
    "agreement": Node("överenskommelse", "overenskommelser", "t.name", "agreement.name",
                      where="t.status NOT IN ('förslag', 'upphörd')", through="agreement.status"),
    "goal": Node("mål", "mal", "t.title", "goal.title", where="t.status = 'fastställt'", through="goal.status"),
    "indicator": Node("indikator", "indikatorer", "t.name", "indicator.name"),
    "commitment": Node("åtagande", "ataganden", "t.text", "commitment.text",
                       state="ifnull(t.fulfilment, 'ej bedömt')", day="t.followed_up_on",
                       told="commitment.fulfilment commitment.followed_up_on"),
    "plan": Node("plan", "planer", "t.title", "plan.title", where="t.status <> 'utkast'", through="plan.status",
                 day="t.follow_up_due", told="plan.follow_up_due"),
    "self_check": Node("egenkontroll", "egenkontroll_omgangar", "t.name || ifnull(', ' || u.name, '')",
                       "self_check.name unit.name", join="LEFT JOIN unit u ON u.id = t.unit", level=Publish.COMMITTEE),
    "internal_control_plan": Node(
        "internkontrollplan", "internkontrollplaner", "t.title", "internal_control_plan.title",
        where="t.status <> 'utkast'", through="internal_control_plan.status", day="t.follow_up_due",
        told="internal_control_plan.follow_up_due",
    ),
    "control_point": Node("kontrollmoment", "kontrollmoment", "t.text", "control_point.text"),
    "review": Node("granskning", "granskningar", "t.title", "review.title", state=REPORTED,
                   day="coalesce(t.reported_on, t.done_on)", told="review.done_on review.reported_on"),
    "action": Node(
        "åtgärd", "atgarder_uppfoljning", "t.text", "action.text",
        where="t.decision IS NOT NULL AND t.status <> 'avslagen'", through="action.status",
        state=f"ifnull('klar, effekt: ' || t.effect, {OVER.format(done='t.done_on', due='t.due')})",
        day="coalesce(t.done_on, t.due)", told="action.status action.due action.done_on action.effect",
        level=Publish.COMMITTEE,
    ),
    "report": Node("rapport", "rapporter", "t.title", "report.title", where="t.status <> 'utkast'",
                   through="report.status", state="iif(t.submitted_on IS NULL, NULL, 'inlämnad')",
                   day="t.submitted_on", told="report.submitted_on"),
    "decision": Node(
        "beslut", "beslut_och_uppfoljning", "t.paragraph || ' ' || m.held_on || ', ' || t.text",
        "decision.paragraph decision.text meeting.held_on", join="JOIN meeting m ON m.id = t.meeting",
        state=OVER.format(done="t.followed_up_on", due="t.follow_up_due"),
        day="coalesce(t.followed_up_on, t.follow_up_due)", told="decision.followed_up_on decision.follow_up_due",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Edge:
    """A way from one record to another: a reference (entity.field, from what is referred to if ``back``), or SQL."""

    word: str
    field: str = ""
    _: KW_ONLY
    back: bool = False
    sql: str = ""
    through: str = ""

    @property
    def select(self) -> str:
        entity, _, name = self.field.partition(".")
        ends = f'"{name}", id' if self.back else f'id, "{name}"'
        return self.sql or f'SELECT {ends}, \'{self.word}\' FROM "{entity}" WHERE "{name}" IS NOT NULL'


LINKED = """SELECT iif(kind = 'uppfyller', target, source), iif(kind = 'uppfyller', source, target),
    CASE kind WHEN 'uppfyller' THEN 'uppfylls av' WHEN 'styrs av' THEN 'styrs av' WHEN 'rutin' THEN 'har rutinen'
      WHEN 'beslutas genom' THEN 'beslutades i' WHEN 'leder till' THEN 'ledde till' ELSE 'hör ihop med' END
  FROM link"""

EDGES = (
    Edge("ersattes av", "provision.became"),
    Edge("ställer krav", "requirement.provision", back=True),
    Edge("ger ansvar", "duty.provision", back=True),
    Edge("ger uppgift", "obligation.provision", back=True),
    Edge("tillämpas så", "application.requirement", back=True),
    Edge("delas i", "process.parent", back=True),
    Edge("består av", "activity.process", back=True),
    Edge("gäller i", "document_version.document", back=True),
    Edge("finns i", "agreement.document"),
    Edge("bryts ner i", "goal.parent", back=True),
    Edge("mäts med", "indicator.goal", back=True),
    Edge("lovas i", "commitment.goal", back=True),
    Edge("innehåller", "control_point.plan", back=True),
    Edge("kontrolleras i", "control_point.process", back=True),
    Edge("kontrolleras i", "self_check.process", back=True),
    Edge("kontrolleras i", "self_check.document", back=True),
    Edge("nås genom", "action.goal", back=True),
    *(Edge("beslutades i", f"{entity}.decision") for entity in (
        "document_version", "goal", "commitment", "plan", "internal_control_plan", "report", "action")),
    Edge("beslutades i", "decision.subject", back=True, through="decision.subject"),
    Edge("ledde till", "action.origin", back=True, through="action.origin"),
    Edge("ledde till", sql="""SELECT f.review, a.id, 'ledde till' FROM action a
      JOIN review_finding f ON f.id = a.origin""", through="action.origin review_finding.review"),
    Edge("redovisades i", sql="""SELECT o.obligation, o.evidence, 'redovisades i' FROM occurrence o
      WHERE o.evidence IS NOT NULL""", through="occurrence.evidence"),
    Edge("hör ihop med", sql=LINKED, through="link.kind link.source link.target"),
)  # fmt: skip


def seen(level: Publish) -> dict[str, Node]:
    """The kinds of record that the level may meet."""
    return {name: node for name, node in NODES.items() if level in (node.level, Publish.COMMITTEE)}


def posts(level: Publish) -> str:
    """SQL for every record of the thread: id, word, title, state, day, table, reference, place."""
    return " UNION ALL ".join(
        f"""SELECT t.id AS id, '{node.word}' AS word, {node.title} AS title, {node.state} AS state, {node.day} AS day,
          '{node.table}' AS place, t.ref AS ref, {number} AS number FROM "{name}" t {node.join} WHERE {node.where}"""
        for number, (name, node) in enumerate(seen(level).items())
    )


def ends(level: Publish) -> str:
    """SQL for the ids alone."""
    return " UNION ALL ".join(
        f'SELECT t.id AS id FROM "{name}" t WHERE {node.where}' for name, node in seen(level).items()
    )


def edges(level: Publish) -> tuple[Edge, ...]:
    """The ways that start and end where the level may go. A reference is one only if both its kinds are known."""
    return tuple(edge for edge in EDGES if edge.sql or edge.field.partition(".")[0] in seen(level))


def ways(level: Publish) -> str:
    return " UNION ".join(edge.select for edge in edges(level))


def through(level: Publish) -> str:
    return " ".join([*(n.through for n in seen(level).values()), *(e.through for e in edges(level))])


def fields(level: Publish, name: str) -> str:
    return " ".join(dict.fromkeys(" ".join(getattr(node, name) for node in seen(level).values()).split()))


def cut(text: str) -> str:
    return f"iif(length({text}) > {LONGEST}, substr({text}, 1, {LONGEST - 1}) || '…', {text})"


def referring(level: Publish) -> str:
    """The references that are ways, as sources."""
    return " ".join(edge.field for edge in edges(level) if edge.field and not edge.through)


def post_table(level: Publish) -> Table:
    return Table(
        "spar_poster",
        "Spåret: poster",
        "Allt som spåret går genom, från lagrum till beslut: krav, processer, dokument, mål med mera. Inga ärenden.",
        level,
        (
            key("id", "Märke"),
            Column("slag", "Slag", "provision.binding"),
            Column("titel", "Vad", fields(level, "fields")),
            Column("lage", "Läge", fields(level, "told")),
            day("dag", "Dag", fields(level, "told")),
            Column("lank", "Finns i tabellen", "provision.binding"),
        ),
        f"""SELECT substr(p.id, -12), p.word, {cut("p.title")}, p.state, p.day, p.place, p.ref AS _ref
            FROM ({posts(level)}) p ORDER BY p.number, p.title, p.id""",
        entity="link",
        through=through(level),
        grain="en post",
        indexes=("id", "slag"),
    )


def edge_table(level: Publish) -> Table:
    return Table(
        "spar_kanter",
        "Spåret: samband",
        "Hur posterna hänger ihop, i riktning från lagrum till beslut.",
        level,
        (key("fran", "Från"), key("till", "Till"), Column("slag", "Samband", referring(level))),
        f"""WITH post AS MATERIALIZED ({ends(level)}), way(source, target, word) AS ({ways(level)})
            SELECT substr(w.source, -12), substr(w.target, -12), w.word FROM way w
            WHERE w.source IN (SELECT id FROM post) AND w.target IN (SELECT id FROM post) AND w.source <> w.target
            ORDER BY w.source, w.word, w.target""",
        entity="link",
        through=through(level),
        grain="ett samband",
        indexes=("fran, till, slag", "till, fran, slag"),
    )


# What hangs on a decision, whichever way it points.
FOLLOWING = Table(
    "beslut_foljder",
    "Vad det blev av besluten",
    "Allt som hänger på ett beslut: åtgärder, planer, mål, dokument och rapporter, och hur det går med dem.",
    Publish.COMMITTEE,
    (
        key("beslut_id", "Beslutets märke"),
        Column("organ", "Organ", "role.name"),
        day("sammantrade", "Sammanträde", "meeting.held_on"),
        Column("paragraf", "Paragraf", "decision.paragraph"),
        Column("slag", "Slag", "decision.paragraph"),
        key("post_id", "Postens märke"),
        Column("titel", "Vad", fields(Publish.COMMITTEE, "fields")),
        Column("lage", "Läge", fields(Publish.COMMITTEE, "told")),
        day("dag", "Dag", fields(Publish.COMMITTEE, "told")),
    ),
    f"""WITH post AS MATERIALIZED ({posts(Publish.COMMITTEE)}),
          way(source, target, word) AS MATERIALIZED ({ways(Publish.COMMITTEE)}),
          hanging(decision, post) AS (SELECT target, source FROM way UNION SELECT source, target FROM way)
        SELECT substr(d.id, -12), r.name, m.held_on, d.paragraph, p.word, substr(p.id, -12), {cut("p.title")}, p.state,
          p.day, p.ref AS _ref
        FROM hanging h JOIN decision d ON d.id = h.decision JOIN meeting m ON m.id = d.meeting
        JOIN role r ON r.id = m.body JOIN post p ON p.id = h.post
        ORDER BY m.held_on DESC, d.paragraph, d.id, p.number, p.title, p.id""",
    entity="decision",
    through=through(Publish.COMMITTEE),
    grain="ett beslut och en post som hänger på det",
    indexes=("beslut_id",),
)

# Twice: the committee meets more kinds than everybody does, and has its own table of the same name.
TABLES = (
    post_table(Publish.OPEN), edge_table(Publish.OPEN),
    post_table(Publish.COMMITTEE), edge_table(Publish.COMMITTEE), FOLLOWING,
)  # fmt: skip
