"""What *Idag* shows: clocks, late, conflicts, decisions, news, soon due and waiting. Each line knows where it leads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from weakref import WeakKeyDictionary

from lsk import capture, clocks, decisions, rules
from lsk.due import DUE
from lsk.model import ENTITIES
from lsk.records import one, title_of
from lsk.rules.ownership import subtree
from lsk.schema import quote
from lsk.store import Store
from lsk.terms import numbered
from lsk_tui.beginning import first_steps
from lsk_tui.lines import Contested, Jump, Line, Seen
from lsk_tui.lookup import telling
from lsk_tui.owning import in_its_place, owner
from lsk_tui.words import counted, cut
from sync.news import Arrival, news
from sync.status import FileStatus, status

SOON_DAYS = 30
MOST = 4  # lines of one kind under a heading; the rest are behind the line that counts them
MOST_DUE = 8  # lines of all kinds together under a heading of days

NOT_BEGUN = "NOT EXISTS (SELECT 1 FROM investigation i WHERE i.deviation = t.id)"
LEX = ", ".join(map(quote, clocks.TRACKS))  # these have clocks of their own

# What waits for somebody's next step, with the words for it.
WAITING = {
    "deviation": (
        f"t.status IN ('mottagen', 'registrerad') AND ifnull(t.track, '') NOT IN ({LEX}) AND {NOT_BEGUN}",
        "att utreda",
    ),
    "investigation": (
        f"t.finished_on IS NULL AND t.status NOT IN ('ej anmäld', 'avslutad') AND t.kind NOT IN ({LEX})",
        "pågår",
    ),
}

LABEL = 11  # cells: a date, or a word for what is the matter

# Rules that say of one record what stands under its day, or its clock, already.
TOLD = {
    "an_action_is_done_in_time", "a_self_check_is_done_in_time", "an_obligation_is_met_in_time",
    "a_document_is_reviewed_in_time", clocks.SERIOUS,
}  # fmt: skip

Moment = tuple[int, int, str]

# To ask every rule about a large file takes seconds, so the answer holds until something is written, or the day ends.
KNOWN: WeakKeyDictionary[Store, tuple[Moment, list[Line]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Few:
    """The first (id, value) of what fits, and how many there are."""

    first: list[tuple[str, str]]
    count: int


def agenda(store: Store, actor: str = "", seen: int | None = None) -> list[Line]:
    """All but the findings, which take longer to find. ``seen``: how far the news has been read."""
    today, soon = store.today.isoformat(), (store.today + timedelta(SOON_DAYS)).isoformat()
    lines = first_steps(store) + running(store) + conflicts(store) + to_decide(store, actor)
    lines += due(store, "Försenat", f"< '{today}'")
    lines += arrived(store, seen) + due(store, f"Inom {SOON_DAYS} dagar", f"BETWEEN '{today}' AND '{soon}'")
    return lines + waiting(store) + silent(store)


def section(heading: str, lines: list[Line], count: int = 0) -> list[Line]:
    if not lines:
        return []
    return [Line(f"{heading} ({count})" if count else heading, heading=True), *lines, Line("", heading=True)]


def line(text: str, label: str, target: object = None) -> Line:
    return Line(text, label, target, label_width=LABEL, one_line=True)


def running(store: Store) -> list[Line]:
    """The clocks of lex Sarah and lex Maria, then of complaints to be answered; what runs out first at the top."""
    serious, n = clocks.running(store.db, MOST, units(store))
    lines = [one_clock(store, clock) for clock in serious]
    if n > len(serious):
        where, title = f"t.track IN ({LEX}) AND t.status <> 'avslutad'", "Öppna lex Sarah och lex Maria"
        lines.append(line(f"alla {n} öppna ärenden", "…", Jump("deviation", where=where, title=title)))
    asked, more = clocks.unanswered(store.db, MOST, units(store))
    lines += [one_clock(store, clock) for clock in asked]
    if more > len(asked):
        where, title = f"t.id IN ({clocks.waiting_for_answer()})", "Klagomål och synpunkter att besvara"
        lines.append(line(f"alla {more} att besvara", "…", Jump("deviation", where=where, title=title)))
    return section("Klockor som går", lines, n + more)


def one_clock(store: Store, clock: clocks.Clock) -> Line:
    name, record = ("investigation", clock.investigation) if clock.investigation else ("deviation", clock.deviation)
    whose = one(store.db, "unit", owner(store.db, "deviation", clock.deviation) or "")
    what = cut(title_of(store.db, "deviation", clock.deviation), 42)
    kind = f"{clock.track} {whose['short_name']}" if whose else clock.track
    text = f"{kind} – {time_left(store, clock)}: {what} ({clock.asks})"
    return replace(line(text, str(clock.until or clock.since), Jump(name, record)), one_line=False)


def time_left(store: Store, clock: clocks.Clock) -> str:
    """ "12 dagar kvar"; where there is no day to count to, how long it has run."""
    if clock.until is None:
        return f"dag {(store.today - clock.since).days + 1}"
    days = (clock.until - store.today).days
    return f"{numbered(days, 'dag', 'dagar')} kvar" if days >= 0 else f"{numbered(-days, 'dag', 'dagar')} över tiden"


def due(store: Store, heading: str, when: str) -> list[Line]:
    """What falls due then, over all the kinds that have a day, the earliest first."""
    found: list[tuple[str, str, str]] = []
    counts: dict[str, tuple[int, str]] = {}
    for name, kind in DUE.items():
        where = f"({kind.open}) AND t.{kind.day} {when}"
        some = few(store, name, where, f"t.{kind.day}", MOST_DUE)
        found += [(day, name, record) for record, day in some.first]
        counts[name] = some.count, where + within(store, name)
    first = sorted(found)[:MOST_DUE]
    lines = [line(about(store, name, record), day, Jump(name, record)) for day, name, record in first]
    for name, (n, where) in counts.items():
        shown = sum(kind == name for _, kind, _ in first)
        lines += rest_of(store, name, n, shown, where, heading.lower(), DUE[name].day)
    return section(heading, lines, sum(n for n, _ in counts.values()))


def few(store: Store, name: str, where: str, column: str, most: int = MOST) -> Few:
    """The first that fit, by ``column``. In a unit's own file only what is the unit's."""
    rows = store.db.execute(
        f"""SELECT t.id, {column} AS value, count(*) OVER () AS n FROM "{name}" t WHERE {where} {within(store, name)}
            ORDER BY 2, t.id LIMIT ?""",
        (most,),
    ).fetchall()
    return Few([(row["id"], row["value"]) for row in rows], rows[0]["n"] if rows else 0)


def rest_of(store: Store, name: str, n: int, shown: int, where: str, what: str, sort: str = "") -> list[Line]:
    """The line that leads to all ``n`` of a kind, ordered by ``sort``, when fewer are shown."""
    title = f"{store.terms.entity_label(name, many=True)}: {what}"
    every = f"alla {counted(n, name, store.terms)}" if shown else counted(n, name, store.terms)
    return [line(every, "…", Jump(name, where=where, title=title, sort=sort))] if n > shown else []


def within(store: Store, name: str) -> str:
    """The end of a condition: in a unit's own file only what is the unit's."""
    mine = units(store)
    return f" AND {capture.owner(ENTITIES[name], 't')} IN ({', '.join(map(quote, mine))})" if mine else ""


def units(store: Store) -> list[str]:
    """The unit of a unit's own file, and those under it. None in a main file, where all is shown."""
    return sorted(subtree(store.db, store.file.unit)) if store.file.is_unit_file else []


def to_decide(store: Store, actor: str) -> list[Line]:
    """What waits for a decision: what the person decides first, then with the name of who does."""
    lines = []
    waiting_ones = decisions.queues(store.db, actor, store.today.isoformat(), MOST, units(store))
    for queue in waiting_ones:
        for entry in queue.first:
            by = f" – beslutas av {entry.by}" if entry.by and not entry.mine else ""
            text = f"{about(store, entry.entity, entry.record, 60 if by else 150)}{by}"
            told = line(text, "ditt beslut" if entry.mine else "beslut", Jump(entry.entity, entry.record))
            lines.append(replace(told, one_line=not by))
        lines += rest_of(store, queue.entity, queue.count, len(queue.first), queue.where, "väntar på beslut")
    mine, count = sum(q.mine for q in waiting_ones), sum(q.count for q in waiting_ones)
    heading = "Väntar på beslut" + (f", varav {mine} ditt" if mine else "")
    return section(heading, sorted(lines, key=lambda entry: entry.label != "ditt beslut"), count)


def arrived(store: Store, seen: int | None) -> list[Line]:
    """What the latest syncs brought, counted by kind, until somebody says that it is read."""
    came = news(store, seen)
    lines = [one_arrival(store, arrival) for arrival in came.arrivals]
    if lines:
        lines.append(line("Allt det här är läst: visa det inte längre", "läst", Seen(came.epoch)))
    return section(f"Nytt från andra filer, senast {came.at}", lines)


def one_arrival(store: Store, arrival: Arrival) -> Line:
    from_them = f" från {', '.join(arrival.codes[:3])}{' med flera' if len(arrival.codes) > 3 else ''}"
    came = [counted(arrival.count, arrival.entity, store.terms)] if arrival.count else []
    gone = [f"{counted(arrival.gone, arrival.entity, store.terms)} som tagits bort"] if arrival.gone else []
    text = ", ".join([*came, *gone]) + from_them
    if not arrival.count:
        return line(text, "nytt")
    title = f"{store.terms.entity_label(arrival.entity, many=True)}: nytt från andra filer"
    return line(text, "nytt", Jump(arrival.entity, where=arrival.where, title=title))


def waiting(store: Store) -> list[Line]:
    """What somebody has to take the next step with."""
    lines: list[Line] = []
    count = 0
    for name, (where, what) in WAITING.items():
        some = few(store, name, where, "t.ref")
        lines += [line(f"{ref} · {about(store, name, record)}", what, Jump(name, record)) for record, ref in some.first]
        lines += rest_of(store, name, some.count, len(some.first), where + within(store, name), what)
        count += some.count
    return section("Väntar på nästa steg", lines, count)


def silent(store: Store) -> list[Line]:
    """Files that have not been heard from for long, and in a unit's file what is not sent."""
    quiet = [file for file in status(store) if file.mark and not file.mark.startswith("spärrad")]
    lines = [one_file(store, file) for file in quiet[:MOST]]
    if len(quiet) > MOST:
        lines.append(line(f"och {len(quiet) - MOST} till, som visas när dessa har hörts av", "…", "work"))
    return section("Filer som inte hörts av", lines, len(quiet))


def one_file(store: Store, file: FileStatus) -> Line:
    waits = f"; {numbered(file.waits, 'ändring', 'ändringar')} väntar" if file.waits else ""
    return line(f"{file.name or file.code}: {file.mark}{waits}", cut(file.code, LABEL), "work")


def nearest(store: Store) -> list[Line]:
    """What is due next, however far off: for the day when nothing else is to be done."""
    soon = (store.today + timedelta(SOON_DAYS)).isoformat()
    return [entry for entry in due(store, "Senare", f"> '{soon}'") if isinstance(entry.target, Jump)][:1]


def about(store: Store, name: str, record: str, width: int = 150) -> str:
    """ "Åtgärd HTN: Inför dubbelsignering": what it is, whose in a file of many units, what it belongs to."""
    title = in_its_place(store.db, name, record, telling(store, name, record))
    whose = None if store.file.is_unit_file else one(store.db, "unit", owner(store.db, name, record) or "")
    kind = store.terms.entity_label(name)
    return f"{kind} {whose['short_name']}: {cut(title, width)}" if whose else f"{kind}: {cut(title, width)}"


def conflicts(store: Store) -> list[Line]:
    """Two people wrote different things in the same field; Enter shows both, for a person to decide."""
    rows = store.db.execute(
        """SELECT c.row, c.col, n.entity, n.name, count(*) OVER () AS n FROM sync_conflict c
           JOIN sync_column n ON n.tbl = c.tbl AND n.no = max(c.col, 0) ORDER BY c.found_at, c.row LIMIT ?""",
        (MOST,),
    ).fetchall()
    lines = []
    for row in rows:
        what = "borttagen och ändrad" if row["col"] < 0 else store.terms.field_label(row["entity"], row["name"])
        text = f"{what} – {about(store, row['entity'], row['row'])}"
        lines.append(line(text, "konflikt", Contested(row["row"], row["col"])))
    if rows and rows[0]["n"] > MOST:
        lines.append(line(f"och {rows[0]['n'] - MOST} till, som visas när dessa är avgjorda", "…"))
    return section("Konflikter att avgöra", lines, rows[0]["n"] if rows else 0)


def findings(store: Store) -> list[Line]:
    """The shortcomings of the file, the gravest first: one line a rule, leading to the record or to all it concerns.

    In a unit's own file only what the unit can mend.
    """
    now = moment(store)
    known = KNOWN.get(store)
    if known is None or known[0] != now:
        known = KNOWN[store] = now, asked(store)
    return known[1]


def moment(store: Store) -> Moment:
    """How far the file has come: its own changes, its merges, and the day."""
    seq, epoch = store.db.execute("SELECT seq, epoch FROM sync_local").fetchone()
    return int(seq), int(epoch), store.today.isoformat()


def asked(store: Store) -> list[Line]:
    broken = [f for f in rules.check(store.db) if f.rule not in TOLD]
    lines = []
    for rule, group in groupby(broken, key=lambda f: f.rule):
        first, *others = group
        more = f" – och {len(others)} till" if others else ""
        source = f" ({first.requirement})" if first.requirement else ""
        target = every(store, rule, first) if others else Jump(first.entity, first.record)
        lines.append(Line(f"{first.message}{more}{source}", first.severity, target, label_width=LABEL))
    return section("Brister", lines, len(broken))


def every(store: Store, rule: str, first: rules.Finding) -> Jump:
    """The list of all records that break a rule; a record that is mended leaves it."""
    broken = rules.RULES[rule].breach.sql.replace("{rows}", rules.mine(store.db, first.entity))
    title = f"{store.terms.entity_label(first.entity, many=True)}: brister"
    return Jump(first.entity, where=f"t.id IN (SELECT b.id FROM ({broken}) b)", title=title)
