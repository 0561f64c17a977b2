"""What can go wrong, said to a person: one Swedish sentence with what, where and what to do now."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lsk.rules import Finding


MOST = 5  # reasons told at once


class LskError(Exception):
    """Something could not be done; ``str(error)`` is the sentence to show. Exit code 1."""

    exit_code = 1


class Usage(LskError):
    """The call itself was wrong. Exit code 2."""

    exit_code = 2


class Refused(LskError):
    """A gate said no. ``findings`` hold each reason, with requirement id and remedy; nothing was written."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        told = sentences(findings)
        more = [f"… och {len(told) - MOST} till."] if len(told) > MOST else []
        super().__init__(" ".join(told[:MOST] + more))


def file_trouble(error: OSError) -> str:
    """Why the system would not let a file be read or written, as the end of a sentence."""
    # When nothing fits anywhere, tempfile only says that it found no folder to write in.
    if error.errno == errno.ENOSPC or "temporary directory" in str(error):
        return "disken är full"
    known = {
        FileNotFoundError: "den finns inte",
        FileExistsError: "det finns redan en fil med det namnet",
        IsADirectoryError: "det är en mapp",
        NotADirectoryError: "en del av sökvägen är ingen mapp",
        PermissionError: "du har inte rätt till den, eller så används den av ett annat program",
    }
    return known.get(type(error)) or str(error.strerror or error)


def sentences(findings: list[Finding]) -> list[str]:
    """One sentence a finding; several missing fields of one kind of record share one."""
    from lsk.rules.fields import MISSING
    from lsk.terms import entity_label, field_label

    missing: dict[str, dict[str, None]] = {}
    for finding in findings:
        if finding.rule == MISSING:
            about = f"”{field_label(finding.entity, finding.field)}” ({finding.field})"
            missing.setdefault(finding.entity, {})[about] = None
    found = [
        f"{entity_label(entity)}: {' och '.join(fields)} saknas och måste fyllas i."
        for entity, fields in missing.items()
    ]
    return found + [f.sentence for f in findings if f.rule != MISSING]
