"""Why a place could not be used, in Swedish: whatever a transport raises becomes the end of one sentence.

The libraries are optional, so their errors are known by the name of their class, by status or by code, not imported.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from functools import partial
from typing import Any

EXPIRED, NOT_YET_VALID, WRONG_HOST = 10, 9, 62  # OpenSSL's X509_V_ERR_…

FULL_THERE = "disken eller utrymmet där är fullt; frigör plats och försök igen"
FULL_HERE = "disken i den här datorn är full; frigör plats och försök igen"
LOGIN = (
    "inloggningen avvisades; kontrollera användarnamnet i adressen och lösenordet i LSK_PLATS_LOSENORD "
    "(för sftp annars ssh-nyckeln, för s3 annars AWS_ACCESS_KEY_ID och AWS_SECRET_ACCESS_KEY)"
)
MISSING = "den finns inte där; kontrollera adressen och att mappen är kvar"
FORBIDDEN = "rätt att läsa eller skriva där saknas; be den som sköter platsen om rätten"
LATE = "servern svarade inte i tid; kontrollera nätet och försök igen"
UNKNOWN_SERVER = "ingen server med det namnet hittas; kontrollera adressen och att datorn har nät"
DOWN = "ingen svarar på den adressen; kontrollera adressen, porten och nätet"
BROKEN = "förbindelsen bröts; försök igen"
NOT_FOLDER = "det är ingen mapp; ange en mapp"
CHANGED_KEY = (
    "servern visar en annan nyckel än den som är känd, så det kan vara någon annan som svarar; "
    "hör med den som sköter servern och ta bort den gamla raden i known_hosts först när nyckeln är bekräftad"
)

# What can be told from the class alone, the more telling first.
BY_CLASS = {
    "BadHostKeyException": CHANGED_KEY,
    "AuthenticationException": LOGIN,
    "NoCredentialsError": LOGIN,
    "PartialCredentialsError": LOGIN,
    "CredentialRetrievalError": LOGIN,
    "ResourceNotFound": MISSING,
    "ConnectTimeout": LATE,
    "ReadTimeout": LATE,
    "WriteTimeout": LATE,
    "ConnectTimeoutError": LATE,
    "ReadTimeoutError": LATE,
    "gaierror": UNKNOWN_SERVER,
    "ClientConnectorDNSError": UNKNOWN_SERVER,
    "NoValidConnectionsError": DOWN,
    "ConnectionRefusedError": DOWN,
    "EndpointConnectionError": DOWN,
    "RemoteProtocolError": BROKEN,
    "IncompleteRead": BROKEN,
    "EOFError": BROKEN,
    "TimeoutError": LATE,
    "ConnectionError": BROKEN,
    "FileNotFoundError": MISSING,
    "NotADirectoryError": NOT_FOLDER,
    "PermissionError": FORBIDDEN,
}
# paramiko has one class for most of it.
BY_TEXT = {
    "No authentication methods available": LOGIN,
    "Error reading SSH protocol banner": LATE,
    "No existing session": LATE,  # it waited for the server to begin, in vain
}
BY_STATUS = {401: LOGIN, 403: FORBIDDEN, 404: MISSING, 407: LOGIN, 423: "filen är låst där; försök igen om en stund"}
BY_CODE = {
    **dict.fromkeys(("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"), LOGIN),
    "InvalidClientTokenId": LOGIN,
    "NoSuchBucket": MISSING,
    "RequestTimeTooSkewed": "datorns klocka går fel; ställ den och försök igen",
}


def trouble(error: BaseException, *, reading: bool) -> str:
    """What went wrong and what to do, as the end of a sentence without its full stop.

    ``reading`` says which side was being written: this computer (True) or the place (False).
    """
    links = list(chain(error))
    full = partial(full_disk, reading=reading)
    for tell in (certificate, full, by_code, by_class, by_status, ssh_failure):
        for link in links:
            if told := tell(link):
                return told
    said = re.sub(r"\s+", " ", str(error)).strip().rstrip(".")
    return f"{said or type(error).__name__}; försök igen och hör annars med den som sköter platsen"


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what led to it, outermost first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__  # httpcore hides the telling one with "from None"


def certificate(error: BaseException) -> str:
    # aiohttp keeps OpenSSL's error as an attribute.
    error = getattr(error, "certificate_error", error)
    if isinstance(error, ssl.SSLCertVerificationError):
        whys = {
            EXPIRED: "serverns certifikat har gått ut; be den som sköter servern att förnya det",
            NOT_YET_VALID: "serverns certifikat gäller inte ännu; kontrollera datorns klocka",
            WRONG_HOST: "serverns certifikat är utställt på ett annat namn; kontrollera adressen",
        }
        unknown = (
            "serverns certifikat är inte utfärdat av någon som datorn litar på; "
            "låt it-stödet lägga till utfärdaren eller peka ut den med SSL_CERT_FILE (för s3 AWS_CA_BUNDLE)"
        )
        return whys.get(error.verify_code, unknown)
    if isinstance(error, ssl.SSLError):
        return "en säker förbindelse kunde inte upprättas; kontrollera adressen och porten"
    return ""


def full_disk(error: BaseException, reading: bool) -> str:
    # Windows says a full disk in two numbers of its own; WebDAV and some S3 servers say 507.
    numbers = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
    if isinstance(error, OSError) and (error.errno in numbers or getattr(error, "winerror", None) in (39, 112)):
        return FULL_HERE if reading else FULL_THERE
    if isinstance(error, FileNotFoundError) and "temporary directory" in str(error):  # what tempfile finds no room for
        return FULL_HERE
    return FULL_THERE if type(error).__name__ == "InsufficientStorage" or status(error) == 507 else ""


def by_class(error: BaseException) -> str:
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, socket.timeout):
        names.add("TimeoutError")
    return next((text for name, text in BY_CLASS.items() if name in names), "")


def by_status(error: BaseException) -> str:
    number = status(error)
    if number >= 500:
        return f"servern kan inte svara just nu (fel {number}); försök igen om en stund"
    return BY_STATUS.get(number, "")


def by_code(error: BaseException) -> str:
    return BY_CODE.get(code(error), "")


def ssh_failure(error: BaseException) -> str:
    """SFTP has one word, "Failure", for all that is neither missing nor forbidden."""
    if isinstance(error, OSError) and error.errno is None and str(error) == "Failure":
        return "servern sa nej men inte varför; disken där kan vara full eller mappen skrivskyddad, så kontrollera det"
    return next((text for said, text in BY_TEXT.items() if said in str(error)), "")


def status(error: BaseException) -> int:
    """The number an HTTP server answered with, 0 if it was nothing of the kind."""
    answer = response(error).get("ResponseMetadata", {})
    number = answer.get("HTTPStatusCode", getattr(error, "status_code", 0))
    return number if isinstance(number, int) else 0


def code(error: BaseException) -> str:
    """The word an S3 server answered with, "" if it was nothing of the kind."""
    return str(response(error).get("Error", {}).get("Code", ""))


def response(error: BaseException) -> dict[str, Any]:
    found = getattr(error, "response", None)
    return found if isinstance(found, dict) else {}
