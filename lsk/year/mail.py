"""Reminders by e-mail (SMTP): each is told of as sent only when the server has taken it."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from email.utils import make_msgid

from lsk.errors import LskError
from lsk.year.remind import Reminder

PATIENCE = 30  # seconds
LOST = ("förbindelsen bröts och servern bekräftade inte", "förbindelsen till servern bröts")


@dataclass(frozen=True)
class Server:
    """Where mail is handed in. ``user`` is "" where the server asks for nobody."""

    host: str
    port: int = 25
    user: str = ""
    password: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of one reminder. ``trouble`` is "" when the server took it."""

    name: str
    trouble: str


def send(lists: list[Reminder], server: Server, sender: str, name: str, today: date) -> Iterator[Outcome]:
    """Send each list to its person, one at a time. LskError when the server cannot be reached: then nothing is sent.

    Where the connection is lost the rest are told of as not sent, the one under way as not confirmed.
    """
    letters = [(mine, letter(mine, sender, name, today)) for mine in lists]
    with connection(server) as smtp:
        lost = ""
        for mine, message in letters:
            trouble = unsendable(mine, message) or lost
            if not trouble:
                trouble, lost = attempt(smtp, message)
            yield Outcome(mine.to.name, trouble)


def letter(mine: Reminder, sender: str, name: str, today: date) -> EmailMessage | None:
    """The message; None when an address cannot be written in one."""
    message = EmailMessage()
    try:
        message["From"], message["To"] = sender, mine.to.email
    except (ValueError, IndexError):  # the header parser stumbles over some addresses with an IndexError
        return None
    message["Subject"] = f"Att göra – {mine.subject}"
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mine.text(name, today))
    return message


def unsendable(mine: Reminder, message: EmailMessage | None) -> str:
    if mine.to.vacant:
        return "ingen har rollen"
    if not mine.to.email:
        return "ingen e-postadress är registrerad"
    return "" if message is not None and "@" in mine.to.email else f"adressen {mine.to.email} går inte att använda"


@contextlib.contextmanager
def connection(server: Server) -> Iterator[smtplib.SMTP]:
    """A connection, encrypted where the server can. A password is never sent in the clear."""
    where = f"E-postservern {server.host}:{server.port}"
    try:
        smtp = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
    except OSError as error:
        raise LskError(f"{where} svarar inte: {said(error)}. Inget är skickat.") from error
    try:
        try:
            smtp.ehlo_or_helo_if_needed()
            if smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
            elif server.user:
                raise LskError(f"{where} krypterar inte, så lösenordet lämnas inte. Inget är skickat.")
            if server.user:
                smtp.login(server.user, server.password)
        except OSError as error:
            raise LskError(f"{where} tar inte emot: {said(error)}. Inget är skickat.") from error
        yield smtp
    finally:
        with contextlib.suppress(OSError):  # SMTPException is one; all has been said; a lost connection is closed too
            smtp.quit()


def attempt(smtp: smtplib.SMTP, message: EmailMessage | None) -> tuple[str, str]:
    """Hand in one message: what went wrong with it, and, where the connection is lost, what to say of the rest."""
    assert message is not None
    try:
        smtp.send_message(message)
    except smtplib.SMTPServerDisconnected:
        return LOST
    except smtplib.SMTPException as error:
        return f"servern tog inte emot: {said(error)}", ""
    except OSError:
        return LOST
    return "", ""


def said(error: Exception) -> str:
    """What a server answered, or what went wrong, in one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(answer(code, text) for code, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return answer(error.smtp_code, error.smtp_error)
    return " ".join(str(error).split()) or type(error).__name__


def answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"
