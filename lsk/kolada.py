"""Indicators and values from Kolada, the open database of Swedish municipalities (API v3), or from saved answers.

A *source* gives rows as Kolada wrote them, numbers as exact decimals; nothing here knows of the file they end up in.
"""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lsk.errors import LskError, file_trouble

if TYPE_CHECKING:
    import httpx

BASE = "https://api.kolada.se/v3"
IDS_AT_ONCE = 25  # that a path segment may hold
TRIES = 6
LONGEST_WAIT = 120.0  # seconds that Kolada may ask for; then a person should come back later
BUSY = (429, 500, 502, 503, 504)
KPI = re.compile(r"[NU]\d{5}", re.ASCII)
CODE = re.compile(r"\d{4}", re.ASCII)
TOTAL = "T"
SIX_DECIMALS = Decimal("0.000001")  # what LSK keeps

Row = dict[str, Any]


class Source(Protocol):
    """Where Kolada's rows come from."""

    def indicators(self, ids: list[str]) -> list[Row]: ...

    def municipalities(self, codes: list[str]) -> list[Row]: ...

    def data(self, ids: list[str], codes: list[str], years: list[int]) -> list[Row]: ...


@dataclass(frozen=True)
class Value:
    """One value: an exact decimal as text, None when Kolada has none. ``deleted``: Kolada has taken it back."""

    kpi: str
    municipality: str
    year: int
    value: str | None
    deleted: bool = False


@dataclass
class Online:
    """Kolada itself. ``wait`` is called with seconds between tries; ``answers`` keeps each answer as it came."""

    client: httpx.Client
    base: str = BASE
    wait: Callable[[float], None] = time.sleep
    answers: list[str] | None = None

    def indicators(self, ids: list[str]) -> list[Row]:
        return [row for part in chunks(ids) for row in self.pages(f"kpi/{part}")]

    def municipalities(self, codes: list[str]) -> list[Row]:
        return [row for part in chunks(codes) for row in self.pages(f"municipality/{part}")]

    def data(self, ids: list[str], codes: list[str], years: list[int]) -> list[Row]:
        when = [f"/year/{part}" for part in chunks(years)] or [""]
        paths = [f"data/kpi/{k}/municipality/{m}{y}" for k in chunks(ids) for m in chunks(codes) for y in when]
        return [row for path in paths for row in self.pages(path)]

    def pages(self, path: str) -> Iterator[Row]:
        """Every row of an answer, page after page. LskError when Kolada leads in a circle or somewhere else."""
        url, seen = f"{self.base.rstrip('/')}/{path}", set[str]()
        while url:
            if url in seen:
                raise LskError(f"Kolada svarar med samma sida om igen ({url}). Försök igen senare.")
            seen.add(url)
            text = self.text(url)
            answer = parsed(text, url)
            if self.answers is not None:
                self.answers.append(text)
            yield from answer["values"]
            url = self.followed(url, answer.get("next_url"))

    def followed(self, url: str, following: Any) -> str:
        """The address of the next page, or nothing; only on the server that was asked."""
        if not following:
            return ""
        joined = self.client.build_request("GET", url).url.join(str(following))
        if joined.host != self.client.build_request("GET", self.base).url.host:
            raise LskError(f"Kolada hänvisar till en annan server ({joined.host}); inget är hämtat därifrån.")
        return str(joined)

    def text(self, url: str) -> str:
        """One answer. Too many requests and passing trouble are waited out, as long as Kolada asks for."""
        import httpx

        trouble = ""
        for attempt in range(TRIES):
            try:
                response = self.client.get(url)
            except httpx.HTTPError as error:
                raise LskError(
                    f"Kolada nås inte ({error or type(error).__name__}). "
                    "Kontrollera nätet, eller läs sparade svar med --from MAPP."
                ) from error
            if response.status_code == 200:
                return response.text
            trouble = f"{response.status_code} {response.reason_phrase}"
            if response.status_code not in BUSY:
                raise LskError(f"Kolada svarar {trouble} på {url}. Kontrollera nyckeltal, kommunkoder och år.")
            if attempt < TRIES - 1:
                self.wait(patience(response.headers.get("retry-after"), attempt))
        raise LskError(f"Kolada är upptaget ({trouble}, {TRIES} försök). Försök igen om en stund; inget är ändrat.")


def patience(retry_after: str | None, attempt: int) -> float:
    """Seconds to wait: what the server asks for (seconds, or a moment), otherwise twice as long each time."""
    seconds = float(2**attempt)
    if retry_after and re.fullmatch(r"\d+(\.\d+)?", retry_after.strip(), re.ASCII):
        seconds = float(retry_after)
    elif retry_after and (moment := email.utils.parsedate_tz(retry_after)):
        seconds = max(0.0, email.utils.mktime_tz(moment) - datetime.now(UTC).timestamp())
    if seconds > LONGEST_WAIT:
        raise LskError(f"Kolada ber om {seconds:.0f} sekunders väntan. Försök igen då; inget är ändrat.")
    return seconds


@dataclass
class Saved:
    """Answers saved as JSON files in a folder, on a computer that reached Kolada."""

    folder: Path

    def __post_init__(self) -> None:
        paths = sorted(self.folder.glob("*.json"))
        if not paths:
            raise LskError(f"{self.folder} har inga sparade svar (*.json). Spara dem med: lsk kolada FIL --save MAPP")
        self.rows = [row for path in paths for row in parsed(self.read(path), str(path))["values"]]

    @staticmethod
    def read(path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise LskError(f"{path} kan inte läsas: {file_trouble(error)}.") from error
        except UnicodeDecodeError as error:
            raise LskError(f"{path} är inte UTF-8. Spara svaret på nytt.") from error

    def indicators(self, ids: list[str]) -> list[Row]:
        return [row for row in self.rows if "kpi" not in row and row.get("id") in ids]

    def municipalities(self, codes: list[str]) -> list[Row]:
        return [row for row in self.rows if "kpi" not in row and row.get("id") in codes]

    def data(self, ids: list[str], codes: list[str], years: list[int]) -> list[Row]:
        return [
            row
            for row in self.rows
            if row.get("kpi") in ids and row.get("municipality") in codes and (not years or row.get("period") in years)
        ]


def chunks(items: Iterable[str | int]) -> list[str]:
    """Ids joined with commas, at most 25 together."""
    every = [str(item) for item in items]
    return [",".join(every[i : i + IDS_AT_ONCE]) for i in range(0, len(every), IDS_AT_ONCE)]


def parsed(text: str, where: str) -> Row:
    """An answer with its ``values``, numbers exact. LskError when it is something else."""
    try:
        answer = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise LskError(f"Svaret från {where} är inte JSON ({error}). Försök igen, eller spara det på nytt.") from error
    values = answer.get("values") if isinstance(answer, dict) else None
    if not isinstance(values, list) or not all(isinstance(row, dict) for row in values):
        raise LskError(f"Svaret från {where} ser inte ut som Koladas (”values” saknas). Kontrollera adressen.")
    return {**answer, "values": values}


def values(rows: list[Row]) -> tuple[list[Value], int]:
    """The totals among data rows, and how many values for women or men alone were left aside."""
    found, aside = [], 0
    for row in rows:
        try:
            kpi, code, year = str(row["kpi"]), str(row["municipality"]), int(row["period"])
            for cell in row["values"]:
                if cell.get("gender", TOTAL) != TOTAL:
                    aside += 1
                    continue
                deleted = bool(cell.get("isdeleted") or row.get("isdeleted"))
                found.append(Value(kpi, code, year, None if deleted else exact(cell.get("value")), deleted))
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            shown = json.dumps(row, ensure_ascii=False, default=str)[:120]
            raise LskError(f"Ett värde från Kolada går inte att läsa: {shown}. Inget är sparat.") from error
    return found, aside


def exact(number: Any) -> str | None:
    """A number as LSK keeps it: digits with a point, at most six decimals; None stays None."""
    if number is None:
        return None
    if isinstance(number, (bool, float)) or not isinstance(number, (int, Decimal)):
        raise TypeError(number)
    kept = Decimal(number)
    if -kept.as_tuple().exponent > 6:  # type: ignore[operator]
        kept = kept.quantize(SIX_DECIMALS, rounding=ROUND_HALF_EVEN)
    text = format(kept, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
