"""What this computer remembers for its user: the last files, who acts in which, and how the app looks.

Not part of any LSK file.
"""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

RECENT = 8


def folder() -> Path:
    """Where it is kept: a folder of the user's own."""
    return user_state_path("lsk", appauthor=False)


def _file() -> Path:
    return folder() / "minne.json"


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


def recent() -> list[Path]:
    """The files that were open of late and are still there, the last one first."""
    names = _read().get("recent", [])
    return [Path(name) for name in names if isinstance(name, str) and Path(name).exists()]


def choice(name: str) -> str | None:
    """What the user last chose of a thing that is the computer's own, such as how the app looks."""
    value = _read().get("choices", {}).get(name)
    return value if isinstance(value, str) else None


def keep_choice(name: str, value: str) -> None:
    memory = _read()
    memory.setdefault("choices", {})[name] = value
    _write(memory)


def remember(path: Path, who: str | None = None) -> None:
    """Keep the last opened file, and who acts in it."""
    memory = _read()
    memory["last"] = str(path.resolve())
    earlier = [name for name in memory.get("recent", []) if name != memory["last"]]
    memory["recent"] = [memory["last"], *earlier][:RECENT]
    if who:
        memory.setdefault("actors", {})[str(path.resolve())] = who
    _write(memory)


def news_seen(replica: str) -> int | None:
    """How far somebody here has read what came to a file from others; None when nobody has said so."""
    epoch = _read().get("news", {}).get(replica)
    return epoch if isinstance(epoch, int) else None


def saw_news(replica: str, epoch: int) -> None:
    """Keep that what came to a file up to ``epoch`` has been read."""
    memory = _read()
    memory.setdefault("news", {})[replica] = epoch
    _write(memory)


def kept(path: Path, what: str) -> Any:
    """What the user has kept under this name about a file; None when nothing is."""
    about = _read().get("files", {}).get(str(path.resolve()), {})
    return about.get(what) if isinstance(about, dict) else None


def keep(path: Path, what: str, value: Any) -> None:
    """Keep something about a file for this user on this computer, instead of what there was."""
    memory = _read()
    memory.setdefault("files", {}).setdefault(str(path.resolve()), {})[what] = value
    _write(memory)


def user_name() -> str:
    """The name this computer knows its user by; a script without one is "okänd"."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "okänd"
