"""A file's own settings, words, roles and the rest, as a profile that can be edited and loaded again.

A record that came from a profile keeps its key there, and with it its id. One that was made in the file gets a key from
its name and keeps its id on a line of its own.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from typing import TYPE_CHECKING, Any

from lsk.located import EMPTY
from lsk.model import ENTITIES
from lsk.model.profile import PROFILE_RECORDS
from lsk.model.vocabulary import AnyRef, Entity, Flag, Personal, Ref
from lsk.profile import flat, keys_of, law_rows, names, parent_field, path_id, text_of

if TYPE_CHECKING:
    from lsk.store import Store

ONE_LINE = 100  # characters that a short record may fill on a line of its own
# What may be published in spite of the stop for personal data concerns single records, not how a municipality works.
OWN_SETTINGS = "SELECT * FROM setting WHERE key NOT LIKE 'publication_exception:%' ORDER BY rowid"
WHEN_NEEDED = ("decision", "meeting")  # of these only what a profile held or what the rest of it leans on
NESTED = {
    "duty": "role",
    "report_template_section": "report_template",
    "document_version": "document",
    "decision": "meeting",
    "application": "requirement",
    "activity": "process",
    "risk_score": "risk_scale",
}


def export(store: Store) -> dict[str, Any]:
    """The file's profile in the form that ``profile.read`` gives."""
    db = store.db
    municipality = db.execute("SELECT name, profile FROM municipality ORDER BY rowid LIMIT 1").fetchone()
    name = municipality["name"] if municipality else store.file.name
    profile: dict[str, Any] = {"profile": source_of(db) or slug(name), "name": name}
    settings = [texts(ENTITIES["setting"], row, {}) for row in db.execute(OWN_SETTINGS)]
    terms = {
        row["key"]: {k: row[k] for k in ("one", "many", "note") if row[k]}
        for row in db.execute("SELECT * FROM term ORDER BY rowid")
    }
    for part, content in (("settings", settings), ("choices", choices(db)), ("terms", terms)):
        if content:
            profile[part] = content
    return profile | {"records": records(db)}


def source_of(db: sqlite3.Connection) -> str | None:
    """The profile that the file was made from; its name is part of its records' ids."""
    row = db.execute("SELECT profile FROM municipality WHERE profile IS NOT NULL ORDER BY rowid LIMIT 1").fetchone()
    return row and str(row["profile"])


def choices(db: sqlite3.Connection) -> dict[str, list[Any]]:
    """Each list in its order; a word with something said of it has more than the word."""
    lists: dict[str, list[Any]] = {}
    for row in db.execute(
        "SELECT * FROM choice_value ORDER BY min(rowid) OVER (PARTITION BY list), list, number, rowid"
    ):
        entries = lists.setdefault(row["list"], [])
        more = {"note": row["note"], "retired": "ja" if row["retired"] else None}
        if row["number"] != len(entries) + 1:
            more["number"] = str(row["number"])
        said = {k: v for k, v in more.items() if v}
        entries.append({"value": row["value"], **said} if said else row["value"])
    return lists


def records(db: sqlite3.Connection) -> dict[str, list[dict[str, Any]]]:
    """The records by kind, children under their parents."""
    law = {row.id for row in law_rows()}
    rows = {name: [r for r in in_order(db, name) if r["id"] not in law] for name in PROFILE_RECORDS}
    from_profile = known_paths(source_of(db) or "")
    leave_unneeded(rows, from_profile)
    keys, derived = keys_in(rows, from_profile, source_of(db) or "")
    known = {i: key for (_, key), i in keys_of(law_rows()).items()} | keys
    top: dict[str, list[dict[str, Any]]] = {}
    written: dict[str, dict[str, Any]] = {}
    for name in PROFILE_RECORDS:
        entity, up = ENTITIES[name], parent_field(name, NESTED.get(name, ""))
        for row in rows[name]:
            if not ends_known(entity, row, known):
                continue
            above = written.get(row[up]) if up else None
            siblings = top.setdefault(name, []) if above is None else above.setdefault(name, [])
            own = {} if entity.identity else {"key": keys[row["id"]]}
            if above is not None and own and own["key"] == f"{keys[row[up]]}.{len(siblings) + 1}":
                own = {}  # the nth of its parent needs no key
            if row["id"] not in derived:
                own["id"] = row["id"]
            siblings.append(own | texts(entity, row, known, without=up if above is not None else ""))
            written[row["id"]] = siblings[-1]
    return top


def in_order(db: sqlite3.Connection, name: str) -> list[sqlite3.Row]:
    """All records of a kind: children by their number, others as they were made."""
    order = "number, rowid" if any(f.name == "number" for f in ENTITIES[name].columns) and name in NESTED else "rowid"
    return db.execute(f'SELECT * FROM "{name}" ORDER BY {order}').fetchall()


def leave_unneeded(rows: dict[str, list[sqlite3.Row]], from_profile: dict[tuple[str, str], str]) -> None:
    """What the committee meets about and decides is no part of a profile, but for what the profile builds on."""
    for name in WHEN_NEEDED:
        to_it = [(e, f.name) for e in rows for f in ENTITIES[e].columns if isinstance(f, Ref) and f.to == name]
        used = {row[field] for entity, field in to_it for row in rows[entity]}
        rows[name] = [row for row in rows[name] if row["id"] in used or (name, row["id"]) in from_profile]


def ends_known(entity: Entity, row: sqlite3.Row, known: dict[str, str]) -> bool:
    """Whether what the record must refer to is part of the profile."""
    return all(row[f.name] in known for f in entity.columns if isinstance(f, (Ref, AnyRef)) and f.required)


def texts(entity: Entity, row: sqlite3.Row, keys: dict[str, str], without: str = "") -> dict[str, str]:
    """A record's fields as they are written. Nothing about persons, and nothing that a new record has anyway."""
    found = {}
    for field in entity.columns:
        value = row[field.name]
        if value in (None, "") or field.name == without or field.personal is not Personal.NO:
            continue
        if value == entity.defaults.get(field.name) or (entity.name, field.name) == ("municipality", "profile"):
            continue
        if isinstance(field, (Ref, AnyRef)):
            if value in keys:
                found[field.name] = keys[value]
        else:
            found[field.name] = ("nej", "ja")[value] if isinstance(field, Flag) else str(value)
    return found


def keys_in(
    rows: dict[str, list[sqlite3.Row]], from_profile: dict[tuple[str, str], str], source: str
) -> tuple[dict[str, str], set[str]]:
    """id → key of each record, and the ids that follow from their keys."""
    keys: dict[str, str] = {}
    derived: set[str] = set()
    for name in PROFILE_RECORDS:
        entity = ENTITIES[name]
        taken = {from_profile[name, row["id"]] for row in rows[name] if (name, row["id"]) in from_profile}
        for row in rows[name]:
            found = from_profile.get((name, row["id"]))
            if found is None:
                found = unused(slug(str(row[entity.title] or row["ref"])), taken)
            taken.add(found)
            keys[row["id"]] = found
            if entity.identity or path_id(source, name, found) == row["id"]:
                derived.add(row["id"])
    return keys, derived


def known_paths(source: str) -> dict[tuple[str, str], str]:
    """(entity, id) → key, for the records of every profile there is, as if each was the source of this file."""
    from lsk import located

    found = {}
    for name in names():
        profile, _ = located.read(text_of(name))
        for row in flat(profile["records"]):
            found[row.entity.name, path_id(source, row.entity.name, row.path)] = row.path
    return found


def slug(text: str) -> str:
    """A short key out of a name: aou for åäö, - between words."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "post"


def unused(key: str, taken: set[str]) -> str:
    number, found = 1, key
    while found in taken:
        number += 1
        found = f"{key}-{number}"
    return found


# --- as text ------------------------------------------------------------------------------------------------------


def dump(profile: dict[str, Any]) -> str:
    """A profile as YAML: the parts in order, short records on one line."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Every scalar is text, so 10 and ja need no quotes; what YAML itself would misread still gets them."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.yaml_implicit_resolvers = {}
    Dumper.add_representer(dict, mapping)
    Dumper.add_multi_representer(str, scalar)
    text = yaml.dump(profile, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=120, default_flow_style=False)
    spaced = re.sub(r"^(?=(?:  )?[a-z_]+:$)", "\n", text, flags=re.M)
    return re.sub(r"^([a-z]+:\n)\n", r"\1", spaced, flags=re.M)


def mapping(dumper: Any, values: dict[str, Any]) -> Any:
    """A short record of texts stands on one line."""
    short = all(isinstance(v, str) and "\n" not in v for v in values.values())
    flow = short and sum(len(k) + len(v) + 4 for k, v in values.items()) < ONE_LINE
    return dumper.represent_mapping("tag:yaml.org,2002:map", values.items(), flow_style=flow)


def scalar(dumper: Any, value: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style="'" if value in EMPTY else None)
