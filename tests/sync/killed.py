"""Run a sync that stops for good at its n-th statement: says so, and waits to be killed. Not a test itself."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import Any

import lsk.store
import sync.merge
from sync.merge import sync_files

stop_at, main, *others = sys.argv[1:]
connect = lsk.store.connect
count = 0


def counted(statement: str) -> None:
    global count
    count += 1
    if count == int(stop_at):
        print("stopped", flush=True)
        sys.stdin.read()


def watched(path: Path, **how: Any) -> sqlite3.Connection:
    """A connection with hardly any cache, so that pages reach the file long before COMMIT."""
    db = connect(path, **how)
    db.execute("PRAGMA cache_size = 4")
    db.set_trace_callback(counted)
    return db


lsk.store.connect = watched
sync.merge.connect = watched
sync_files(Path(main), [Path(p) for p in others], "Anna")
print(f"done {count}", flush=True)
