"""Commands about the year: plan it, put it in a calendar, remind those who answer for it."""

from __future__ import annotations

import os
import sqlite3
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lsk.cli_support import (
    acting,
    actor_option,
    command,
    confirm,
    emit,
    json_option,
    open_store,
    path_argument,
    yes_option,
)
from lsk.errors import LskError, Usage

if TYPE_CHECKING:
    from lsk.year.mail import Server
    from lsk.year.plan import Plan
    from lsk.year.remind import Reminder

MAIL_PORT = 25
PASSWORD = "LSK_SMTP_LOSENORD"


@command("year")
@path_argument
@click.option("--year", metavar="ÅR", type=click.IntRange(1990, 2200), help="Vilket år (annars i år).")
@click.option("--yes", is_flag=True, help="Skriv in planen i filen.")
@actor_option
@json_option
def year_command(path: Path, year: int | None, yes: bool, actor: str | None, as_json: bool) -> None:
    """Visa vad årets regler ger i FIL: nytt, ändrat, och vad som utgår och varför. Inget skrivs utan --yes.

    Exempel: lsk year kommun.db --year 2027 --yes
    """
    from lsk.year.plan import plan, write

    with open_store(path, readonly=not yes) as store:
        planned = plan(store, year or store.today.year)
        if yes and planned.writes:
            write(store, planned, acting(actor, path))
    if as_json:
        emit([as_data(planned)], True)
        return
    show(planned)
    if yes:
        click.echo(f"{planned.writes} ändringar är skrivna." if planned.writes else "Inget behövde ändras.")
    elif planned.writes:
        click.echo(f"Inget är skrivet. Skriv in planen: lsk year {path} --year {planned.year} --yes")


def as_data(planned: Plan) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(planned)


def show(planned: Plan) -> None:
    """A plan in plain lines: new by obligation, the rest one by one."""
    by_name: dict[str, list[Any]] = {}
    for item in planned.new:
        by_name.setdefault(item.name, []).append(item)
    new = [
        {"uppgift": name, "antal": len(items), "enheter": len({item.unit for item in items} - {None}) or None,
         "första": min(item.due for item in items), "sista": max(item.due for item in items)}
        for name, items in by_name.items()
    ]  # fmt: skip
    changed = [
        {"uppgift": moved.item.name, "enhet": moved.item.unit_name, "period": moved.item.period,
         "från": moved.before, "till": moved.item.due}
        for moved in planned.changed
    ]  # fmt: skip
    dropped = [
        {"uppgift": gone.name, "enhet": gone.unit_name, "period": gone.period, "varför": gone.reason}
        for gone in planned.dropped
    ]
    unplanned = [{"uppgift": name, "varför": why} for name, why in planned.unplanned]
    parts = (("Nytt", new), ("Ändrat", changed), ("Utgår", dropped), ("Planeras inte", unplanned))
    for heading, rows in parts:
        if rows:
            click.echo(f"{heading} ({planned.year})")
            emit(rows, False, {key: key.capitalize() for key in rows[0]})
            click.echo("")
    if planned.there:
        click.echo(f"Redan i årshjulet för {planned.year}: {planned.there}.")
    elif not any(rows for _, rows in parts):
        click.echo(f"Det finns inga återkommande uppgifter att planera {planned.year}.")


@command("calendar")
@path_argument
@click.option("--unit", metavar="ENHET", help="Bara den här enheten och de under den.")
@click.option("--to", metavar="FIL.ics", type=click.Path(path_type=Path, dir_okay=False), required=True,
              help="Kalenderfilen.")  # fmt: skip
@click.option("--year", metavar="ÅR", type=click.IntRange(1990, 2200), help="Från och med det här året (annars i år).")
def calendar_command(path: Path, unit: str | None, to: Path, year: int | None) -> None:
    """Skriv det som har en dag i FIL som kalenderfil. Läs in den igen efter en ändring: samma händelser uppdateras.

    Exempel: lsk calendar kommun.db --unit HTN --to arshjul.ics
    """
    from lsk.records import find
    from lsk.rules.ownership import subtree
    from lsk.year.calendar import calendar, save

    if to.suffix.lower() != ".ics":
        raise Usage(f"{to} ska ha ett namn som slutar på .ics.")
    with open_store(path, readonly=True) as store:
        units = None if unit is None else subtree(store.db, find(store.db, "unit", unit)[1])
        first = date(year or store.today.year, 1, 1)
        content, count = calendar(store.db, first, f"Årshjul, {whose(store.db)}", units)
    save(content, to)
    click.echo(f"{to} är skriven: {count} händelser från och med {first.isoformat()}.")


def whose(db: sqlite3.Connection) -> str:
    row = db.execute("SELECT name FROM municipality").fetchone()
    return str(row["name"]) if row else "kommunen"


@command("remind")
@path_argument
@click.option("--smtp", metavar="SERVER[:PORT]", help="Skicka som e-post genom den här servern.")
@click.option("--from", "sender", metavar="ADRESS", help="Avsändarens adress; behövs med --smtp.")
@click.option("--user", metavar="NAMN", default="", help=f"Logga in på servern; lösenordet tas ur {PASSWORD}.")
@yes_option
def remind_command(path: Path, smtp: str | None, sender: str | None, user: str, yes: bool) -> None:
    """Visa vad var och en i FIL är sen med och ska börja med, eller mejla listan till den det gäller.

    Inget om enskilda ärenden är med, bara deras beteckning. Avslutas med kod 1 om något inte kunde skickas.
    """
    from lsk.year.remind import reminders

    server = server_named(smtp, sender, user)
    with open_store(path, readonly=True) as store:
        today, name = store.today, whose(store.db)
        lists = reminders(store.db, today)
    if not lists:
        click.echo("Ingen har något försenat eller nära förestående.")
    elif server is None:
        click.echo(f"\n{'-' * 40}\n".join(mine.text(name, today) for mine in lists), nl=False)
    else:
        confirm(f"Listor till {sum(bool(mine.to.email) for mine in lists)} personer skickas från {sender}.", yes)
        sys.exit(mailed(lists, server, str(sender), name, today))


def mailed(lists: list[Reminder], server: Server, sender: str, name: str, today: date) -> int:
    """Send, and say what came of each; 1 when any was not sent."""
    from lsk.year.mail import send

    failed = 0
    for outcome in send(lists, server, sender, name, today):
        failed += bool(outcome.trouble)
        click.echo(f"Inte skickad till {outcome.name}: {outcome.trouble}." if outcome.trouble
                   else f"Skickad till {outcome.name}.")  # fmt: skip
    click.echo(f"{len(lists) - failed} av {len(lists)} listor är skickade.")
    return 1 if failed else 0


def server_named(smtp: str | None, sender: str | None, user: str) -> Server | None:
    """The mail server that was asked for; Usage when it cannot be one."""
    from lsk.year.mail import Server

    if smtp is None:
        return None
    if not sender or not sender.isprintable() or "@" not in sender:
        raise Usage("Ange avsändarens e-postadress med --from, till exempel --from kvalitet@kommunen.se.")
    host, _, port = smtp.partition(":")
    if not host or (port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        raise Usage(f"{smtp} är ingen e-postserver. Skriv till exempel --smtp mejl.kommunen.se:25")
    password = os.environ.get(PASSWORD, "")
    if user and not password:
        raise LskError(f"Lösenordet för {user} saknas. Sätt det i miljövariabeln {PASSWORD}. Inget är skickat.")
    return Server(host, int(port or MAIL_PORT), user, password)
