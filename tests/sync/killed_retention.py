"""Destroy one deviation, but die without a word at the n-th statement. Not a test itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lsk.store import Store
from sync.retention import destroy

stop_at, main, row = sys.argv[1:]
count = 0


def counted(statement: str) -> None:
    global count
    count += 1
    if count == int(stop_at):
        os._exit(9)


with Store.open(Path(main)) as store:
    store.db.execute("PRAGMA cache_size = 4")  # pages reach the file long before COMMIT
    store.db.set_trace_callback(counted)
    destroy(store, [("deviation", row)], "KS § 12 2026-11-03", "Anna")
print(f"done {count}", flush=True)
