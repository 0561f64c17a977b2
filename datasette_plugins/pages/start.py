"""The start page: the last quarter in six figures with their direction, and what waits for the committee.

Everything but the review of documents is counted on the day of publication, since that is what the file knows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import chain, islice

from datasette_plugins.facts import about
from datasette_plugins.pages.content import Asked, Change, Content, Figure, Waiting, change, has, one, rows
from datasette_plugins.pages.deviations import quarters_chart
from datasette_plugins.pages.goals import reached
from datasette_plugins.quarters import first_day, last_whole, quarter_before, quarter_of
from datasette_plugins.words import capital, number_of, shortened, text_of, written
from lsk.publish.deviations import GRAVE, VIEWS
from lsk.publish.vocabulary import ALL

AHEAD = timedelta(days=60)
SIX = 6


def start(db: sqlite3.Connection, asked: Asked) -> Content:
    published = date.fromisoformat(about(db)["publicerad"])
    year, number = last_whole(published)
    return {
        "title": "Uppföljning för nämnden" if has(db, "atgarder") else "Uppföljning av kvalitetsarbetet",
        "quarter": f"kvartal {number} {year}",
        "figures": list(islice(chain.from_iterable(make(db, asked, published) for make in FIGURES), SIX)),
        "waiting": list(waiting(db, asked, published)),
        "chart": quarters_chart(db) if has(db, "avvikelser_per_kvartal") else "",
    }


# --- six figures -----------------------------------------------------------------------------------------------------


def received(db: sqlite3.Connection, asked: Asked, published: date) -> Iterator[Figure]:
    """What came in during the last whole quarter. More reports may mean that more dare to report: neither is better."""
    if not has(db, "avvikelser_per_kvartal"):
        return
    now, before = last_whole(published), quarter_before(last_whole(published))
    going = quarter_of(published)
    for group, words, good in (
        (ALL, "Avvikelser, klagomål och synpunkter", ""),
        (VIEWS, "Varav klagomål och synpunkter", ""),
        (GRAVE, "Varav missförhållanden och vårdskador", "färre"),
    ):
        found = {
            (year, number): (count, hidden)
            for year, number, count, hidden in rows(
                db, "SELECT ar, kvartal, antal, antal_dold FROM avvikelser_per_kvartal WHERE grupp = ?", (group,)
            )
        }
        count, hidden = found.get(now, (0, 0))
        so_far, so_far_hidden = found.get(going, (0, 0))
        note = "" if going == now or so_far_hidden else f"Hittills i kvartal {going[1]}: {text_of(so_far)}."
        moved = change(count, found.get(before, (0, 0))[0], f"kvartal {before[1]}", good)
        if hidden:
            note = "Visas inte, för att skydda enskilda."
        elif moved is None:
            note = f"Kvartal {before[1]} visas inte, så det går inte att jämföra. {note}"
        table = f"{asked.base}/avvikelser_per_kvartal"
        yield Figure(words, text_of(count, hidden), moved, note, "/avvikelser", table)


def goals(db: sqlite3.Connection, asked: Asked, published: date) -> Iterator[Figure]:
    if has(db, "malutfall"):
        now, of, before, of_before = reached(db)
        than = f"förra perioden ({before} av {of_before})"
        note = f"Av {number_of(of, 'indikator', 'indikatorer')} med mål och utfall."
        moved = change(now, before, than, "fler") if of_before else None
        yield Figure("Indikatorer som når målet", str(now), moved, note, "/mal", f"{asked.base}/malutfall")


LATE = """SELECT count(*) FILTER (WHERE senast < :day AND (klar IS NULL OR klar >= :day)),
  count(*) FILTER (WHERE senast < :then AND (klar IS NULL OR klar >= :then)), count(*) FILTER (WHERE klar IS NULL)
  FROM atgarder_uppfoljning WHERE lage <> 'avslagen'"""


def late_actions(db: sqlite3.Connection, asked: Asked, published: date) -> Iterator[Figure]:
    if has(db, "atgarder_uppfoljning"):
        then = first_day(quarter_of(published))
        late, before, left = one(db, LATE, {"day": published.isoformat(), "then": then.isoformat()})
        of = f"Av {number_of(left, 'beslutad som inte är klar', 'beslutade som inte är klara')}."
        yield Figure(
            "Beslutade åtgärder som är försenade", str(late),
            change(late, before, f"den {written(then.isoformat())}", "färre"), f"{of} {own_late(db)}".rstrip(),
            "/atgarder", f"{asked.base}/atgarder_uppfoljning",
        )  # fmt: skip


def own_late(db: sqlite3.Connection) -> str:
    """What units have decided on their own and not done in time is counted by unit, and told beside."""
    if not has(db, "atgarder_enhet"):
        return ""
    shown = one(db, "SELECT total(forsenade), count(*) FILTER (WHERE forsenade IS NULL) FROM atgarder_enhet", {})
    if shown[1]:
        return ""
    late = number_of(int(shown[0]), "försenad åtgärd", "försenade åtgärder")
    return f"Enheterna har sammanlagt {late}, egna och beslutade."


IN_TIME = """SELECT count(*) FILTER (WHERE gjord <= senast), count(*) FROM egenkontroll_omgangar
  WHERE senast >= ? AND senast < ?"""


def self_checks(db: sqlite3.Connection, asked: Asked, published: date) -> Iterator[Figure]:
    if has(db, "egenkontroll_omgangar"):
        now = last_whole(published)
        before = quarter_before(now)
        after = quarter_of(first_day(now) + timedelta(days=100))
        done, of = one(db, IN_TIME, (first_day(now).isoformat(), first_day(after).isoformat()))
        done_then, of_then = one(db, IN_TIME, (first_day(before).isoformat(), first_day(now).isoformat()))
        yield Figure(
            "Egenkontroller gjorda i tid", f"{done} av {of}" if of else "0",
            compared(done, of, done_then, of_then, f"kvartal {before[1]}"),
            "" if of else "Ingen skulle göras under kvartalet.", "/kontroll", f"{asked.base}/egenkontroll_omgangar",
        )  # fmt: skip


def compared(done: int, of: int, done_then: int, of_then: int, than: str) -> Change | None:
    """Two shares, told as counts."""
    if not of or not of_then:
        return None
    share, share_then = done / of, done_then / of_then
    if share == share_then:
        return Change(f"samma andel som {than}")
    better = share > share_then
    words = f"{'större' if better else 'mindre'} andel än {than} ({done_then} av {of_then})"
    return Change(words, "▲" if better else "▼", "battre" if better else "samre")


def decisions(db: sqlite3.Connection, asked: Asked, published: date) -> Iterator[Figure]:
    then = first_day(quarter_of(published)).isoformat()
    late = """SELECT count(*) FROM beslut_och_uppfoljning
              WHERE folj_upp_senast < :day AND (uppfoljt IS NULL OR uppfoljt >= :day)"""
    (now,), (before,) = one(db, late, {"day": published.isoformat()}), one(db, late, {"day": then})
    (followed,) = one(db, "SELECT count(*) FROM beslut_och_uppfoljning WHERE uppfoljt IS NOT NULL")
    yield Figure(
        "Beslut som väntar på uppföljning", str(now), change(now, before, f"den {written(then)}", "färre"),
        f"{number_of(followed, 'beslut är uppföljt', 'beslut är uppföljda')}.",
        "/beslut", f"{asked.base}/beslut_och_uppfoljning",
    )  # fmt: skip


def year_wheel(db: sqlite3.Connection, asked: Asked, published: date) -> Iterator[Figure]:
    then = first_day(quarter_of(published)).isoformat()
    late = "SELECT count(*) FROM arshjul WHERE senast < :day AND (klart IS NULL OR klart >= :day)"
    (now,), (before,) = one(db, late, {"day": published.isoformat()}), one(db, late, {"day": then})
    (coming,) = one(db, "SELECT count(*) FROM arshjul WHERE lage = 'kommande'")
    yield Figure(
        "Försenat i årshjulet", str(now), change(now, before, f"den {written(then)}", "färre"),
        f"{number_of(coming, 'uppgift', 'uppgifter')} återstår i tid.", "/arshjul", f"{asked.base}/arshjul",
    )  # fmt: skip


def documents(db: sqlite3.Connection, asked: Asked, published: date) -> Iterator[Figure]:
    old, all_of_them = one(
        db, "SELECT count(*) FILTER (WHERE ses_over < ?), count(*) FROM gallande_styrdokument", (asked.day,)
    )
    note = f"Av {number_of(all_of_them, 'gällande dokument', 'gällande dokument')}."
    yield Figure(
        "Styrdokument som borde ha setts över", str(old), None, note,
        "/dokument", f"{asked.base}/gallande_styrdokument",
    )  # fmt: skip


FIGURES: tuple[Callable[[sqlite3.Connection, Asked, date], Iterator[Figure]], ...] = (
    *(received, goals, late_actions, self_checks, decisions, year_wheel, documents),
)


# --- what waits ------------------------------------------------------------------------------------------------------


def waiting(db: sqlite3.Connection, asked: Asked, published: date) -> Iterator[Waiting]:
    """Decisions to follow up, questions to answer, proposals to decide, and what the year sends to a political body."""
    for key, paragraph, held, text, due in rows(
        db,
        """SELECT beslut_id, paragraf, sammantrade, beslut, folj_upp_senast FROM beslut_och_uppfoljning
           WHERE folj_upp_senast < ? AND uppfoljt IS NULL ORDER BY folj_upp_senast LIMIT 4""",
        (published.isoformat(),),
    ):
        what = f"Följ upp {paragraph} den {written(held)}: {shortened(text, 140)}"
        yield Waiting(what, f"skulle ha följts upp {written(due)}", f"/beslut/{key}")
    if has(db, "namndfragor"):
        for question, on in rows(
            db, "SELECT fraga, fragad FROM namndfragor WHERE besvarad IS NULL ORDER BY fragad LIMIT 3"
        ):
            yield Waiting(f"Obesvarad fråga: {shortened(question, 140)}", f"ställd {written(on)}", "/fragor")
    if has(db, "atgarder"):
        ready = one(db, "SELECT sum(antal) FROM atgarder WHERE status = 'prioriterad'")[0]
        if ready:
            words = number_of(ready, "prioriterad åtgärd", "prioriterade åtgärder")
            yield Waiting(capital(words), "väntar på beslut", "/atgarder")
    for name, period, to, due, late, units, unit in rows(
        db,
        """SELECT uppgift, period, mottagare, senast, lage = 'försenat', count(enhet), min(enhet) FROM arshjul
           WHERE mottagarens_slag = 'politisk' AND lage IN ('försenat', 'kommande') AND senast <= ?
           GROUP BY 1, 2, 3, 4, 5 ORDER BY senast LIMIT 5""",
        ((published + AHEAD).isoformat(),),
    ):
        when = f"{'skulle ha kommit' if late else 'kommer senast'} {written(due)}"
        whose = f", {unit}" if units == 1 else f", från {units} enheter" if units else ""
        yield Waiting(f"{name}, {period}{whose}, till {to}", when, "/arshjul")
