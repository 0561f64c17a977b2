"""What stands in clear text on a bundle: its fields, their types, and how they are written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .keys import REPLICA, Public

FORMAT = 1
MOST_PLAIN = 1 << 32  # bytes of a package, 4 GiB
MOST = (1 << 63) - 1

Check = Callable[[Any], bool]


def number(low: int, high: int = MOST) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def text(pattern: str) -> Check:
    found = re.compile(pattern)
    return lambda value: isinstance(value, str) and found.fullmatch(value) is not None


def kept(check: Check) -> Check:
    return lambda value: value is None or check(value)


def vector(value: Any) -> bool:
    """Stream → sequence; streams are numbers written as text, as JSON has it."""
    return isinstance(value, dict) and all(STREAM(stream) and UPTO(upto) for stream, upto in value.items())


def sender(value: Any) -> bool:
    return isinstance(value, dict) and all(check(value.get(name)) for name, check in SENDER.items())


STREAM = text(r"[1-9][0-9]{0,8}")
UPTO = number(0)
SENDER: dict[str, Check] = {"stream": number(1), "replica": text(REPLICA.pattern), "code": text(r".{0,40}")}
FIELDS: dict[str, Check] = {
    "format": number(FORMAT, FORMAT),
    "main": text(REPLICA.pattern),
    "sender": sender,
    "receiver": number(1),
    "kind": text("upp|ned"),
    "base": vector,
    "upto": vector,
    "whole": lambda value: isinstance(value, bool),
    "program": text(r".{1,40}"),
    "schema": number(0),
    "at": text(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}Z"),
    "plain_size": number(0, MOST_PLAIN),
    "payload_size": number(0),
    "payload_sha256": text(r"[0-9a-f]{64}"),
    "sign_key": text(r"[0-9a-f]{64}"),
    "age_key": text(r"age1[0-9a-z]{1,100}"),
    "enrol": kept(text(r"[0-9a-f]{64}")),
}


def canonical(fields: object) -> bytes:
    """The one way to write these fields. ValueError for what JSON or UTF-8 cannot hold."""
    return json.dumps(fields, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def complaint(fields: dict[str, Any]) -> str:
    """The first field that is missing or not of its type, or ""; fields we do not know are let be."""
    return next((name for name, check in FIELDS.items() if name not in fields or not check(fields[name])), "")


def signer(fields: object) -> Public | None:
    """Who says they signed this, the same in every format; None when nobody does."""
    if not isinstance(fields, dict) or not all(FIELDS[name](fields.get(name)) for name in ("sign_key", "age_key")):
        return None
    return Public(bytes.fromhex(fields["sign_key"]), fields["age_key"])
