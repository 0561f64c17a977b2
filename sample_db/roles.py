"""Which role does what: found in the profile's own settings, and by the kind of the role where it is silent."""

from __future__ import annotations

import sqlite3

from lsk.store import Store
from sample_db.words import Sample

SETTINGS = {
    "committee": "responsible_body",
    "preparing": "preparing_body",
    "top": "top_manager",
    "middle": "middle_manager",
    "unit_manager": "unit_manager",
    "quality": "quality_role",
    "medical": "medical_role",
}


def read(sample: Sample, store: Store) -> None:
    """The profile's words, levels and roles, into the sample."""
    db = sample.db = store.db
    for row in db.execute("SELECT list, value FROM choice_value ORDER BY list, number"):
        sample.lists.setdefault(row["list"], []).append(row["value"])
    sample.settings = {row["key"]: row["value"] for row in db.execute("SELECT key, value FROM setting")}
    roles = db.execute("SELECT * FROM role ORDER BY ref").fetchall()
    sample.roles = {row["name"]: row["id"] for row in roles}
    sample.levels = {row["name"]: row["level"] or "" for row in roles}
    sample.duties = duties(sample, roles)
    for unit in sample.place["units"]:
        sample.likes[unit["short"]] = unit["like"]
        sample.manager_roles[unit["short"]] = unit.get("manager", sample.duties["unit_manager"])


def duties(sample: Sample, roles: list[sqlite3.Row]) -> dict[str, str]:
    """What is to be done → the name of the role that does it. No ``medical`` where nobody does."""

    def first(kind: str, level: str = "") -> str | None:
        return next((r["name"] for r in roles if r["kind"] == kind and level in ("", r["level"])), None)

    named = {what: of_setting(sample, key) for what, key in SETTINGS.items()}
    named["preparing"] = named["preparing"] or first("politisk", "utskott") or named["committee"]
    named["middle"] = named["middle"] or named["top"]
    named["unit_manager"] = named["unit_manager"] or first("chef", "enhet")
    named["quality"] = named["quality"] or named["middle"]
    named["medical"] = named["medical"] or first("medicinsk")
    named["staff"] = first("medarbetare")
    return {what: name for what, name in named.items() if name}


def of_setting(sample: Sample, key: str) -> str | None:
    """The first of the roles that a setting names."""
    words = (sample.settings.get(key) or "").split(", ")
    return next((word for word in words if word in sample.roles), None)


def bodies(sample: Sample, store: Store) -> list[str]:
    """The political bodies that the municipality's own order sends anything to."""
    rows = store.db.execute(
        """SELECT r.name FROM role r WHERE r.kind = 'politisk' AND (
             r.name IN (SELECT answer FROM routing WHERE matter = 'dokument beslutas av')
             OR r.id IN (SELECT recipient FROM obligation UNION SELECT via FROM obligation)) ORDER BY r.ref"""
    )
    own = [sample.duties["committee"], sample.duties["preparing"], *sample.place.get("deciders", {}).values()]
    return list(dict.fromkeys([*own, *(row["name"] for row in rows)]))
