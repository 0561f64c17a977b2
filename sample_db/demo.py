"""The whole loop on the sample: unit files, edits offline, the same action changed in two places, sync, publication."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lsk.change import Change, Record
from lsk.cli_support import program
from lsk.errors import LskError
from lsk.store import Store
from sample_db import roles
from sample_db.build import DEFAULT_PROFILE, build, place_of, profiles
from sample_db.organisation import LETTERS
from sample_db.words import Sample, places, read_texts

MARK = "lsk-demo.txt"
SITE = "publicerat"
HOW_MANY = 3  # unit files
COORDINATOR = ""  # among the actors, beside the units


@dataclass
class Demo:
    """Where the demo lies, who acts in it, and how it tells what it does."""

    folder: Path
    say: Callable[[str], None]
    progress: Callable[[str], None]
    profile: str = DEFAULT_PROFILE
    units: list[str] = field(default_factory=list)  # short names of those that get a file
    actors: dict[str, str] = field(default_factory=dict)  # unit short name → its manager; COORDINATOR → the coordinator

    @property
    def main(self) -> Path:
        return self.folder / main_name(self.profile)

    @property
    def place(self) -> dict[str, Any]:
        return place_of(self.profile)

    def unit_file(self, short: str) -> Path:
        return self.folder / file_name(short)


def main_name(profile: str) -> str:
    return f"{place_of(profile)['file']}.db"


def file_name(short: str) -> str:
    return f"enhet-{short.translate(LETTERS)}.db"


def make_room(folder: Path) -> None:
    """An empty folder with the demo's mark. LskError when it holds anything that no demo has put there."""
    if folder.exists() and not folder.is_dir():
        raise LskError(f"{folder} är en fil. Ange en mapp: lsk demo MAPP")
    mark = folder / MARK
    own = set(mark.read_text(encoding="utf-8").splitlines()) if mark.exists() else set()
    foreign = [p for p in present(folder) if p not in own]
    if foreign:
        raise LskError(
            f"{folder} innehåller {foreign[0]}, som inte kommer från en tidigare demo. "
            "Välj en tom mapp: lsk demo ANNAN_MAPP"
        )
    try:
        if own:
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        sign(folder, [*(name for profile in profiles() for name in names_of(profile)), f"{SITE}/namnd.db"])
    except OSError as error:
        raise LskError(
            f"Mappen {folder} kan inte användas ({error.strerror}). Stäng filer som är öppna, eller välj en annan mapp."
        ) from error


def names_of(profile: str) -> list[str]:
    """The files that a demo of that profile may leave."""
    return [main_name(profile), *(file_name(unit["short"]) for unit in place_of(profile)["units"])]


def sign(folder: Path, names: list[str]) -> None:
    """Write down which files are the demo's own, with what SQLite and a half-done save may leave beside them."""
    beside = [name + suffix for name in names for suffix in ("", "-journal", ".ny", ".ny-journal")]
    (folder / MARK).write_text("\n".join([MARK, *beside]) + "\n", encoding="utf-8")


def present(folder: Path) -> list[str]:
    """The files of a folder, by their path in it."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())


def run(demo: Demo, seed: int, today: date) -> None:
    """Every step in turn, each with a line or two about what it did."""
    place_of(demo.profile)
    make_room(demo.folder)
    build_sample(demo, seed, today)
    make_unit_files(demo)
    contested = edit_offline(demo, today)
    edit_main(demo, contested, today)
    synchronise(demo)
    publish_site(demo)
    sign(demo.folder, [name for name in present(demo.folder) if name != MARK])


def build_sample(demo: Demo, seed: int, today: date) -> None:
    from lsk import rules
    from lsk.model import ENTITIES

    with build(demo.main, profile=demo.profile, seed=seed, today=today, progress=demo.progress) as store:
        records = sum(store.db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in ENTITIES)
        shortcomings = len(rules.check(store.db))
        known = words(demo, store)
        demo.actors[COORDINATOR] = holder(store, known.duties["quality"], None)
        demo.units = busiest(store, known)
    demo.say(
        f"1. Exempelkommunen {demo.place['short']} är byggd: {demo.main}, {records} poster. "
        f"lsk check visar {shortcomings} brister."
    )


def words(demo: Demo, store: Store) -> Sample:
    """The municipality's own words and roles, as the sample finds them."""
    sample = Sample(random.Random(0), store.today, 1, read_texts(), demo.place, places()["meanings"])
    roles.read(sample, store)
    return sample


def busiest(store: Store, known: Sample) -> list[str]:
    """The units with the most actions under way: they have something to work with."""
    rows = store.db.execute(
        """SELECT u.short_name FROM unit u LEFT JOIN action a ON a.unit = u.id AND a.status = 'pågår'
           GROUP BY u.id ORDER BY count(a.id) DESC, u.ref"""
    )
    return [row["short_name"] for row in rows if row["short_name"] in known.likes][:HOW_MANY]


def holder(store: Store, role: str, unit: str | None) -> str:
    """The name of whoever holds the role now."""
    row = store.db.execute(
        """SELECT p.name FROM assignment a JOIN person p ON p.id = a.person JOIN role r ON r.id = a.role
           WHERE r.name = ?1 AND (?2 IS NULL OR a.unit = ?2) AND a.valid_to IS NULL ORDER BY a.valid_from, a.ref""",
        (role, unit),
    ).fetchone()
    return str(row["name"])


def make_unit_files(demo: Demo) -> None:
    from sync.unit_file import make_unit_file

    demo.say("2. Tre enheter har fått var sin fil:")
    with Store.open(demo.main) as store:
        known = words(demo, store)
        for short in demo.units:
            demo.progress(f"Enhetsfil {short}")
            unit = store.db.execute("SELECT id, name FROM unit WHERE short_name = ?", (short,)).fetchone()
            make_unit_file(store, unit["id"], demo.unit_file(short), demo.actors[COORDINATOR])
            demo.actors[short] = holder(store, known.manager_roles[short], unit["id"])
            demo.say(f"   {demo.unit_file(short)}  {unit['name']}")


def edit_offline(demo: Demo, today: date) -> str:
    """Each manager works in the unit's own file. Returns the action that the main file will change too."""
    demo.say("3. Utan nät, var och en i sin fil:")
    contested = ""
    for short in demo.units:
        with Store.open(demo.unit_file(short), today=today) as store:
            demo.say(f"   {store.file.name}:")
            with store.change(demo.actors[short], "Ny avvikelse") as change:
                reported = report(words(demo, store), store, change, today)
                demo.say(f"      registrerade avvikelsen {reported.ref}")
            with store.change(demo.actors[short], "Egenkontroll genomförd") as change:
                demo.say(f"      bockade av egenkontrollen {tick_off(store, change, today)}")
            action = open_action(store)
            with store.change(demo.actors[short], "Avstämning av åtgärd") as change:
                due = today + timedelta(days=30)
                change.update("action", action["id"], {"due": due.isoformat(), "result": "Halva gruppen är klar."})
                demo.say(f"      flyttade åtgärden {action['ref']} till {due}")
            contested = contested or action["id"]
    return contested


def report(known: Sample, store: Store, change: Change, today: date) -> Record:
    """A new deviation of a kind that the unit knows."""
    process = store.db.execute(
        "SELECT process FROM deviation WHERE process IS NOT NULL ORDER BY ref DESC LIMIT 1"
    ).fetchone()
    texts = known.texts["general"]
    record: Record = change.insert(
        "deviation",
        {
            "kind": known.some_word("deviation_kinds", "avvikelse"),
            "unit": store.file.unit,
            "received_on": today.isoformat(),
            "happened_on": today.isoformat(),
            "what_happened": texts["demo_deviation"][0],
            "immediate_action": texts["demo_immediate"][0],
            "origin": "intern",
            "source": known.word("deviation_sources", "personal"),
            "process": process["process"],
            "severity": known.word("severities", "mindre allvarlig"),
        },
    )
    return record


def tick_off(store: Store, change: Change, today: date) -> str:
    """The planned round that falls due first is done."""
    row = store.db.execute(
        """SELECT r.id, r.period, s.name FROM self_check_round r JOIN self_check s ON s.id = r.self_check
           WHERE r.status = 'planerad' AND s.unit = ? ORDER BY r.due, r.ref LIMIT 1""",
        (store.file.unit,),
    ).fetchone()
    change.update(
        "self_check_round",
        row["id"],
        {
            "status": "genomförd",
            "done_on": today.isoformat(),
            "checked_count": 12,
            "compliant_count": 11,
            "result": "Kontrollen visar god följsamhet.",
        },
    )
    return f"{row['name']}, {row['period']}"


def open_action(store: Store) -> Any:
    """The unit's action that has come least far; one that is done if none is open."""
    return store.db.execute(
        """SELECT id, ref FROM action WHERE unit = ?
           ORDER BY status IN ('pågår', 'beslutad') DESC, proposed_on DESC, ref DESC LIMIT 1""",
        (store.file.unit,),
    ).fetchone()


def edit_main(demo: Demo, action: str, today: date) -> None:
    """The coordinator gives the same action another day, knowing nothing of the manager's."""
    with Store.open(demo.main, today=today) as store:
        due = today + timedelta(days=60)
        with store.change(demo.actors[COORDINATOR], "Ny tid efter beslut i ledningsgruppen") as change:
            change.update("action", action, {"due": due.isoformat()})
        ref = store.db.execute("SELECT ref FROM action WHERE id = ?", (action,)).fetchone()["ref"]
    demo.say(f"4. Samtidigt i huvudfilen: {demo.place['coordinator']} flyttade {ref} till {due}.")


def synchronise(demo: Demo) -> None:
    """All unit files with the main file; what nobody's eyes have settled is listed with both values."""
    from sync.conflicts import conflicts
    from sync.merge import sync_files

    demo.progress("Synkar")
    summaries = sync_files(demo.main, [demo.unit_file(short) for short in demo.units], demo.actors[COORDINATOR])
    demo.say("5. Enhetsfilerna är synkade med huvudfilen:")
    for short, summary in zip(demo.units, summaries, strict=True):
        up, down = summary.up, summary.down
        added = f"{up.added} {'ny post' if up.added == 1 else 'nya poster'}"
        demo.say(f"   {short}: {added} och {up.changed} ändrade upp, {down.rows} ner.")
    with Store.open(demo.main, readonly=True) as store:
        found = conflicts(store)
    demo.say(f"   {len(found)} {'konflikt' if len(found) == 1 else 'konflikter'} att ta ställning till:")
    for conflict in found:
        demo.say(f"      {conflict.ref} {conflict.title}: {conflict.label} (var {conflict.base_words})")
        for side in conflict.sides:
            demo.say(f"         {side.words}  enligt {side.actor} ({side.file})")


def publish_site(demo: Demo) -> None:
    from lsk.publish import publish

    demo.progress("Publicerar")
    with Store.open(demo.main, readonly=True) as store:
        done = publish(store, demo.folder / SITE)
    demo.say(f"6. Nämndens kopia är publicerad: {done.path}, {len(done.tables)} tabeller utan personuppgifter.")


def next_commands(demo: Demo) -> str:
    first = demo.unit_file(demo.units[0])
    lines = (
        f"open {quoted(demo.main)}",
        f"conflicts {quoted(demo.main)}",
        f"check {quoted(demo.main)}",
        f"sync {quoted(demo.main)} {quoted(first)}",
        f"serve {quoted(demo.folder / SITE)}",
    )
    return "\n".join(["", "Fortsätt själv:", *(f"   {program()} {line}" for line in lines)])


def quoted(path: Path) -> str:
    """A path as it can be pasted into any terminal."""
    return f'"{path}"' if " " in str(path) else str(path)
