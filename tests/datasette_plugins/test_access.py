"""Who is let in to the committee's pages, and how hard it is to guess one's way."""

import re
import shutil
import stat
from urllib.parse import urlencode

import pytest

from datasette_plugins import access, accounts
from datasette_plugins.access import COOKIE, LASTS, proof
from datasette_plugins.accounts import FILE, accounts_in, matches, remove, set_password
from datasette_plugins.instance import build
from datasette_plugins.limits import Allowance, visitor_address
from lsk.errors import LskError
from lsk.model.vocabulary import Publish
from tests.datasette_plugins.running import running

NAME, PASSWORD = "åsa", "häst batteri klammer"
SITE = "uppfoljning.example.se"
OURS = {"Origin": f"https://{SITE}"}
INSIDE = ["/", "/namnd", "/namnd/om", "/namnd/om.json", "/namnd/om.csv", "/namnd/om.excel.csv", "/avvikelser",
          "/namnd/lex_sarah_lex_maria", "/tillganglighet"]  # fmt: skip


@pytest.fixture
def place(folder, tmp_path, monkeypatch):
    """A folder with an account, whose password is quick to try."""
    monkeypatch.setattr(accounts, "COST", (2, 8, 1))
    shutil.copyfile(folder / "namnd.db", tmp_path / "namnd.db")
    set_password(tmp_path, NAME, PASSWORD)
    return tmp_path


@pytest.fixture
def site(place):
    return build(place, (SITE,), access={"accounts": str(place)}, behind=True)


@pytest.fixture
def server(site):
    with running(site.app()) as server:
        yield server


def log_in(server, name=NAME, password=PASSWORD, target="/logga-in", **headers):
    body = urlencode({"namn": name, "losenord": password}).encode()
    return server.ask(target, "POST", body, host=SITE, **{**OURS, **headers})


def ask(server, target, held="", **headers):
    return server.ask(target, host=SITE, Cookie=f"annan=1; {COOKIE}={held}", **headers)


def held_by(answer):
    return re.fullmatch(rf"{COOKIE}=([^;]*);.*", answer.header("set-cookie"))[1]


@pytest.mark.parametrize("target", INSIDE)
def test_nothing_is_shown_before_log_in(server, target):
    for method in ("GET", "HEAD"):
        answer = server.ask(target, method, host=SITE)
        assert answer.status == 303 and answer.body == b"" and answer.header("cache-control") == "no-store"
        assert answer.header("location") == ("/logga-in" if target == "/" else f"/logga-in?till={target}")
        assert "noindex" in answer.header("x-robots-tag")


def test_the_page_to_log_in_on_and_what_it_needs_are_open(server):
    page = server.ask("/logga-in?till=/namnd/om", host=SITE)
    assert page.status == 200 and "Lösenord" in page.text and 'action="/logga-in?till=/namnd/om"' in page.text
    assert page.header("cache-control") == "no-store" and "Logga ut" not in page.text
    assert server.ask("/statisk/stil.css", host=SITE).status == 200
    assert server.ask("/robots.txt", host=SITE).text == "User-agent: *\nDisallow: /"


def test_the_right_password_lets_in_and_out_again(server):
    answer = log_in(server, target="/logga-in?till=/namnd/om", X_Forwarded_Proto="https")
    assert answer.status == 303 and answer.header("location") == "/namnd/om"
    assert re.search(rf"; Path=/; Max-Age={LASTS}; HttpOnly; SameSite=Lax; Secure$", answer.header("set-cookie"))
    held = held_by(answer)
    for target in INSIDE[1:4]:
        inside = ask(server, target, held)
        assert inside.status == 200 and inside.header("cache-control") == "private, no-cache"
    assert 'action="/logga-ut"' in ask(server, "/namnd", held).text
    out = server.ask("/logga-ut", "POST", host=SITE, **OURS)
    assert out.status == 303 and "Max-Age=0" in out.header("set-cookie") and held_by(out) == ""
    assert server.ask("/logga-ut", host=SITE).status == 405


def test_a_page_kept_for_one_is_not_shown_to_another(server):
    held = held_by(log_in(server))
    assert ask(server, "/namnd/om", held).status == 200
    tag = ask(server, "/namnd/om", held).header("etag")
    assert ask(server, "/namnd/om").status == ask(server, "/namnd/om", If_None_Match=tag).status == 303


@pytest.mark.parametrize(
    ("name", "password"),
    [(NAME, "fel lösenord här"), ("Åsa", PASSWORD), ("", ""), ("bo", PASSWORD), (NAME, ""), (NAME, PASSWORD + " "),
     ("' OR 1=1 --", "x")],
)  # fmt: skip
def test_a_wrong_password_or_name_is_told_alike(server, name, password):
    answer = log_in(server, name, password)
    assert answer.status == 403 and answer.header("set-cookie") == ""
    assert "Namnet eller lösenordet stämmer inte" in answer.text and "fel lösenord" not in answer.text


def test_an_unknown_name_costs_what_a_known_one_does(monkeypatch):
    """Or the time would tell who has an account."""
    made = []
    monkeypatch.setattr(accounts, "scrambled", lambda password, salt, cost: made.append(cost) or "")
    known = "$".join(["scrypt", *map(str, accounts.COST), "AAAA", "AAAA"])
    assert not matches(None, "x") and not matches(known, "x") and made == [accounts.COST, accounts.COST]


@pytest.mark.parametrize(
    "sent",
    [{}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": f"https://{SITE}.evil"},
     {**OURS, "Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Sec_Fetch_Site": "none"}],
)  # fmt: skip
def test_a_form_on_another_site_can_neither_log_in_nor_out(server, sent):
    for target in ("/logga-in", "/logga-ut"):
        answer = server.ask(target, "POST", f"namn={NAME}&losenord={PASSWORD}".encode(), host=SITE, **sent)
        assert answer.status == 403 and answer.header("set-cookie") == ""


def test_a_form_without_end_is_not_read(server):
    assert log_in(server, password="x" * 5000).status == 413


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/namnd//evil", "evil.example", "/%2fevil.example",
     "/a?b=//evil", "javascript:alert(1)", "/%C3%A5", "/" + "a" * 600, ""],
)  # fmt: skip
def test_logging_in_leads_nowhere_else(server, to):
    for target in (f"/logga-in?till={to}", f"/logga-in?till=/&till={to}"):
        answer = log_in(server, target=target)
        assert answer.status in (400, 414) and "evil" not in answer.header("location")


def test_guessing_is_slow_and_the_others_do_not_notice(server, monkeypatch):
    first, second = {"X_Forwarded_For": "6.6.6.6, 203.0.113.7"}, {"X_Forwarded_For": "203.0.113.8"}
    tried = [log_in(server, password="gissning", **first).status for _ in range(access.TRIES[0])]
    assert set(tried) == {403}
    blocked = log_in(server, **first)  # the right one, too late
    assert blocked.status == 429 and int(blocked.header("retry-after")) > 0 and blocked.header("set-cookie") == ""
    assert "Vänta en stund" in blocked.text
    assert log_in(server, X_Forwarded_For="9.9.9.9, 203.0.113.7").status == 429  # what it says itself does not help
    assert log_in(server, **second).status == 303


def test_those_who_know_theirs_are_never_too_many(server):
    assert {log_in(server).status for _ in range(access.TRIES[0] + 5)} == {303}


def test_guessing_from_everywhere_is_slow_too(place, monkeypatch):
    with monkeypatch.context() as few:
        few.setattr(access, "TRIES_BY_ALL", (5, 1000.0))
        app = build(place, (SITE,), access={"accounts": str(place)}, behind=True).app()
    with running(app) as server:
        guess_from_everywhere(server)


def guess_from_everywhere(server):
    tried = [log_in(server, password="gissning", X_Forwarded_For=f"203.0.113.{n}").status for n in range(8)]
    assert tried == [403] * 5 + [429] * 3
    assert access.TRIES_BY_ALL[0] < 100 and access.TRIES_BY_ALL[1] >= 1  # as shipped


# --- proofs ----------------------------------------------------------------------------------------------------------


async def status_with(site, held):
    answer = await site.client.get("/namnd/om", headers={"host": SITE, "cookie": f"{COOKIE}={held}".encode()})
    return answer.status_code


async def test_a_proof_holds_for_a_while_and_only_as_it_was_given(site, place, monkeypatch):
    held = proof(site, NAME)
    assert await status_with(site, held) == 200
    other = build(place, (SITE,), access={"link": True}, secret="annan")
    for made_up in (held[:-1], held + "x", held.swapcase(), "", ".", "a.b", proof(other, NAME), proof(site, "bo"),
                    proof(site, ""), site.sign({"a": {"id": "root"}}, "actor"), "å" * 40):  # fmt: skip
        assert await status_with(site, made_up) == 303, made_up
    now = access.time.time()
    monkeypatch.setattr(access.time, "time", lambda: now + LASTS + 1)
    assert await status_with(site, held) == 303


async def test_a_changed_or_removed_account_logs_out(site, place):
    held = proof(site, NAME)
    set_password(place, "bo", PASSWORD)
    anew = build(place, (SITE,), access={"accounts": str(place)})
    assert await status_with(anew, held) == 303 and await status_with(anew, proof(anew, NAME)) == 200
    remove(place, NAME)
    last = build(place, (SITE,), access={"accounts": str(place)})
    assert await status_with(last, proof(last, NAME)) == 303 and await status_with(last, proof(last, "bo")) == 200
    remove(place, "bo")
    nobody = build(place, (SITE,), access={"accounts": str(place)}, secret="x")
    assert await status_with(nobody, proof(nobody, "bo")) == await status_with(nobody, proof(nobody, "")) == 303


async def test_the_link_lets_in_whoever_has_it(folder):
    site = build(folder, access={"link": True}, secret="hemlig")
    link = proof(site, "")
    assert (await site.client.get("/namnd/om")).status_code == 303
    answer = await site.client.get("/logga-in", params={"nyckel": link, "till": "/namnd"})
    assert answer.status_code == 303 and answer.headers["location"] == "/namnd" and "Secure" not in str(answer.headers)
    assert (await site.client.get("/namnd/om", cookies={COOKIE: link})).status_code == 200
    for wrong in (link.swapcase(), "x", proof(site, "bo")):
        page = await site.client.get("/logga-in", params={"nyckel": wrong})
        assert (
            page.status_code == 200
            and "Länken gäller inte, eller är inte hel." in page.text
            and "set-cookie" not in page.headers
        )
        assert "<input" not in page.text


# --- another server lets in ------------------------------------------------------------------------------------------


def scope_from(client, *headers):
    return {"client": (client, 1), "scheme": "http", "headers": [(n.encode(), v.encode()) for n, v in headers]}


@pytest.mark.parametrize(
    ("client", "headers", "who"),
    [("127.0.0.1", [("x-remote-user", "åsa")], True), ("::1", [("X-Remote-User", "bo")], True),
     ("192.0.2.1", [("x-remote-user", "åsa")], False), ("127.0.0.1", [("x-remote-user", "")], False),
     ("127.0.0.1", [], False), ("", [("x-remote-user", "bo")], False),
     ("127.0.0.1", [("x-remote-user", "åsa"), ("x-remote-user", "bo")], False),
     ("127.0.0.1", [("x-remote-user2", "bo")], False)],
)  # fmt: skip
def test_the_server_in_front_is_believed_on_this_computer_only(folder, client, headers, who):
    site = build(folder, access={"header": "X-Remote-User"})
    known = access.configured(site)
    assert (access.visitor(site, known, scope_from(client, *headers)) is not None) == who


def test_with_a_server_in_front_there_is_no_page_to_log_in_on(folder):
    with running(build(folder, (SITE,), access={"header": "x-remote-user"}, behind=True).app()) as server:
        assert server.ask("/logga-in", host=SITE).status == server.ask("/logga-ut", host=SITE).status == 404
        assert server.ask("/namnd/om", host=SITE).status == 403
        assert server.ask("/namnd/om", host=SITE, X_Remote_User="bo").status == 200
        assert server.ask("/robots.txt", host=SITE).status == 200


def test_the_header_is_nothing_where_it_was_not_asked_for(server):
    for name in ("X_Remote_User", "Authorization", "X_Forwarded_User", "Remote_User"):
        assert server.ask("/namnd/om", host=SITE, **{name: NAME}).status == 303


def test_the_open_level_has_no_log_in(open_folder):
    with running(build(open_folder).app()) as server:
        assert server.ask("/").status == 200 and server.ask("/").header("x-robots-tag") == ""
        assert server.ask("/logga-in").status == server.ask("/robots.txt").status == 404
        assert server.ask("/oppen/om").header("cache-control") == "no-cache"


# --- the file of accounts --------------------------------------------------------------------------------------------


def test_the_file_has_no_password_and_is_its_owners(place):
    path = place / FILE
    text = path.read_text(encoding="utf-8")
    assert PASSWORD not in text and NAME in text and "scrypt$" in text
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 and sorted(p.name for p in place.iterdir()) == [
        FILE,
        "namnd.db",
    ]
    one, again = accounts_in(place), set_password(place, NAME, PASSWORD) or accounts_in(place)
    assert one.key != again.key and one.accounts != again.accounts  # a salt of its own each time


def test_an_å_is_an_å_from_any_keyboard(place):
    set_password(place, "bo", "a\u030a" * 12)
    assert matches(accounts_in(place).accounts["bo"], "å" * 12) and not matches(None, "")


@pytest.mark.parametrize("password", ["", "kort", "x" * 11, "x" * 201])
def test_a_password_that_can_be_guessed_is_refused(place, password):
    with pytest.raises(LskError, match="minst 12"):
        set_password(place, "bo", password)
    assert "bo" not in accounts_in(place).accounts


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"nyckel": "x"}', '{"nyckel": "", "konton": {}}', "\x00",
     *(f'{{"nyckel": "x", "konton": {{"bo": {stored}}}}}' for stored in (
         '"hemligt"', "1", '"scrypt$9999999$8$1$AAAA$AAAA"', '"scrypt$2$8$1$AAAA$"', '"scrypt$2$8$1$å$AAAA"'))],
)  # fmt: skip
def test_a_broken_file_lets_nobody_in(place, text):
    (place / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(LskError, match="skadad"):
        build(place, (SITE,), access={"accounts": str(place)}).app()


def test_an_account_that_is_not_there_cannot_be_removed(place, tmp_path_factory):
    for folder in (place, tmp_path_factory.mktemp("tom")):
        with pytest.raises(LskError, match="inget konto"):
            remove(folder, "bo")


# --- limits ----------------------------------------------------------------------------------------------------------


def test_an_allowance_is_so_many_at_once_and_then_one_at_a_time():
    now = [100.0]
    allowance = Allowance(3, 10, clock=lambda: now[0])
    assert [allowance.take("a") for _ in range(5)] == [0, 0, 0, 10, 10] and allowance.take("b") == 0
    now[0] += 10
    assert [allowance.take("a"), allowance.take("a")] == [0, 10]
    allowance.give_back("a")
    assert allowance.take("a") == 0
    now[0] += 1000
    assert [allowance.take("a") for _ in range(4)] == [0, 0, 0, 10]


def test_an_allowance_does_not_grow_with_those_who_come():
    allowance = Allowance(1, 10, clock=lambda: 0.0, most=100)
    assert {allowance.take(str(n)) for n in range(1000)} == {0} and len(allowance.paid) == 100


@pytest.mark.parametrize(
    ("client", "told", "behind", "counted"),
    [("192.0.2.1", "", False, "192.0.2.1"), ("192.0.2.1", "203.0.113.1", True, "192.0.2.1"),
     ("127.0.0.1", "203.0.113.1", False, "127.0.0.1"), ("127.0.0.1", "203.0.113.1", True, "203.0.113.1"),
     ("127.0.0.1", "1.1.1.1, 203.0.113.1", True, "203.0.113.1"), ("127.0.0.1", "okänd", True, "127.0.0.1"),
     ("127.0.0.1", "", True, "127.0.0.1"), ("::1", "", True, "::1"),
     ("2001:db8:1:2:3:4:5:6", "", False, "2001:0db8:0001:0002"), ("127.0.0.1", "2001:db8:1:2::9", True,
                                                                  "2001:0db8:0001:0002")],
)  # fmt: skip
def test_whom_to_count_for(client, told, behind, counted):
    headers = [("x-forwarded-for", told)] if told else []
    assert visitor_address(scope_from(client, *headers), behind) == counted


def test_levels_are_kept_apart(folder, tmp_path):
    shutil.copyfile(folder / "namnd.db", tmp_path / "namnd.db")
    with pytest.raises(LskError, match="inget publicerat"):
        build(tmp_path, level=Publish.OPEN)
