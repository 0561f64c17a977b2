"""What this computer remembers for its user: the last file, and who acts in which file. Not part of any LSK file."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

from platformdirs import user_state_path


def _file() -> Path:
    return user_state_path("lsk", appauthor=False) / "minne.json"


def _read() -> dict[str, Any]:
    try:
        memory: dict[str, Any] = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # nothing to remember yet, or nothing that can be read: the person is asked again
    return memory if isinstance(memory, dict) else {}


def _write(memory: dict[str, Any]) -> None:
    _file().parent.mkdir(parents=True, exist_ok=True)
    work = _file().with_suffix(".ny")
    work.write_text(json.dumps(memory, ensure_ascii=False, indent=2), encoding="utf-8")
    work.replace(_file())


def actor(path: Path | None) -> str | None:
    """Who last said they act in this file on this computer."""
    return None if path is None else _read().get("actors", {}).get(str(path.resolve()))


def last_file() -> Path | None:
    """The file that was open last, if it is still there."""
    name = _read().get("last")
    return Path(name) if name and Path(name).exists() else None


def remember(path: Path, who: str | None = None) -> None:
    """Keep the last opened file, and who acts in it."""
    memory = _read()
    memory["last"] = str(path.resolve())
    if who:
        memory.setdefault("actors", {})[str(path.resolve())] = who
    _write(memory)


def user_name() -> str:
    """The name this computer knows its user by; a script without one is "okänd"."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "okänd"
