"""What to do first in a file that has just been made: it says so itself, on *Idag*, until it is in use."""

from __future__ import annotations

from lsk.store import Store
from lsk_tui.lines import Jump, Line
from lsk_tui.words import counted

HEADING = "Börja här"
OPEN = "t.value IS NULL"
IN_USE = ("assignment", "deviation", "action", "risk")  # no profile brings any of these
LABEL = 11  # cells, as in the rest of *Idag*


def first_steps(store: Store) -> list[Line]:
    """The steps, each leading to where it is taken. None in a unit's file, nor once there is anything of one's own."""
    used = " OR ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in IN_USE)
    new = f"SELECT EXISTS (SELECT 1 FROM setting) AND NOT ({used})"  # a profile brings settings
    if store.file.is_unit_file or not store.db.execute(new).fetchone()[0]:
        return []
    terms = store.terms
    appointed = terms.entity_label("assignment", many=True).lower()
    steps: list[tuple[str, object]] = [
        (f"{there(store, 'unit')}. Lägg till dem som saknas.", Jump("unit")),
        (f"{there(store, 'person')}. Lägg in dem som leder arbetet.", Jump("person")),
        (f"Säg vem som har vilken av {counted_rows(store, 'role')} ({appointed}).", Jump("assignment")),
        (
            f"Svara på det som profilen lämnar öppet: {counted_rows(store, 'setting', OPEN)}.",
            Jump("setting", where=OPEN, title=f"{terms.entity_label('setting', many=True)}: inte bestämda"),
        ),
        ("Gör en fil åt varje enhet som ska arbeta i sin egen (F8).", "work"),
    ]
    lines = [Line(text, f"steg {n}", target, label_width=LABEL) for n, (text, target) in enumerate(steps, 1)]
    return [Line(HEADING, heading=True), *lines, Line("", heading=True)]


def counted_rows(store: Store, entity: str, where: str = "1") -> str:
    n = store.db.execute(f'SELECT count(*) FROM "{entity}" t WHERE {where}').fetchone()[0]
    return counted(n, entity, store.terms)


def there(store: Store, entity: str) -> str:
    """ "3 enheter finns", "0 personer finns"."""
    return f"{counted_rows(store, entity)} finns"
