"""What somebody who wants in, or wants it down, sends to a running server: no leak, no fault in us, an end to it.

The file served is planted: it holds tables that no publication has, as if one had been made by mistake or by an enemy.
"""

import contextlib
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote

import pytest

from datasette_plugins import instance
from datasette_plugins.gate import HEADERS, LONGEST
from datasette_plugins.instance import build, routes
from lsk.errors import LskError
from lsk.model.vocabulary import Publish
from tests.datasette_plugins.running import running
from tests.publish.example import SECRET

PLANTED = f"""
CREATE TABLE personer (id INTEGER PRIMARY KEY, namn TEXT);
INSERT INTO personer VALUES (1, '{SECRET} person');
CREATE TABLE dold (id INTEGER PRIMARY KEY, varde TEXT, person INTEGER REFERENCES personer(id));
INSERT INTO dold VALUES (1, '{SECRET} dold', 1);
CREATE VIRTUAL TABLE dold_fts USING fts5(varde, content='dold', content_rowid='id');
INSERT INTO dold_fts(dold_fts) VALUES ('rebuild');
CREATE INDEX dold_varde ON dold(varde);
CREATE VIEW vy AS SELECT * FROM personer;
UPDATE om SET kommun = '=HYPERLINK("http://planted.example","x")', verksamhet = '@SUM(1)', ansvarigt_organ = '+1';
ANALYZE;
"""
MACHINERY = re.compile(r"datasette|sqlite|traceback|create table|syntax error|no such|fts5|/site-packages/", re.I)
BOMB = "with recursive c(i) as (select 1 union all select i+1 from c) select count(*) from c"
TABLE = "/namnd/avvikelser_per_kvartal"


@pytest.fixture(scope="module")
def planted(folder, tmp_path_factory):
    place = tmp_path_factory.mktemp("planterat")
    shutil.copyfile(folder / "namnd.db", place / "namnd.db")
    (place / "kommun.db").write_bytes((folder / "ragunda.db").read_bytes())
    with contextlib.closing(sqlite3.connect(place / "namnd.db")) as db, db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.executescript(PLANTED)
    return place


@pytest.fixture(scope="module")
def site(planted):
    """Such a file is not shown at all. Here it is, to see what would hold if it were."""
    with pytest.MonkeyPatch.context() as blind:
        blind.setattr(instance, "as_declared", lambda path, level: True)
        return build(planted)


@pytest.fixture(scope="module")
def server(site):
    with running(site.app()) as server:
        yield server


CHANGES = ["CREATE TABLE t (x)", "CREATE VIEW v AS SELECT 1 AS x", "CREATE VIRTUAL TABLE f USING fts5(x)", "ANALYZE",
           "DROP TABLE lagrum", "DROP INDEX spar_kanter_1", "CREATE INDEX i ON lagrum (lower(lagrum))",
           "CREATE TRIGGER g AFTER INSERT ON lagrum BEGIN SELECT 1; END",
           "ALTER TABLE om ADD COLUMN x TEXT", "ALTER TABLE om DROP COLUMN kommun"]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_is_not_as_declared_is_not_shown(folder, tmp_path, change):
    """L4, L10 and hidden columns; also a publication by an older version, which has other tables."""
    shutil.copyfile(folder / "namnd.db", tmp_path / "namnd.db")
    build(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "namnd.db")) as db, db:
        db.execute(change)
    with pytest.raises(LskError, match="Publicera igen"):
        build(tmp_path)


def harmless(answer, planted):
    """What holds for every answer whatever was asked."""
    assert answer.status < 500 and not 300 <= answer.status < 400, answer.status
    told = answer.text + str(answer.headers)
    assert SECRET not in told and "evil" not in told and str(planted) not in told and "namnd.db" not in told
    for name, value in HEADERS.items():
        assert answer.header(name.decode()) == value.decode()
    assert answer.header("server") == answer.header("access-control-allow-origin") == answer.header("set-cookie") == ""
    if answer.status >= 400:
        assert not MACHINERY.search(answer.text) and 'lang="sv"' in answer.text
    return answer


def sql(text):
    return [f"{start}{quote(text, safe='')}" for start in (
        "/namnd?sql=", "/namnd.json?sql=", "/namnd.csv?sql=", "/namnd/-/query.json?sql=", "/namnd/-/query?sql=",
        f"{TABLE}.json?sql=", "/?sql=", "/_memory.json?sql=", "/_internal.json?sql=", "/-/query?sql=")]  # fmt: skip


def forms(*names):
    return [f"/namnd/{name}{form}" for name in names for form in ("", ".json", ".csv", ".excel.csv", ".jsono", "/1")]


REFUSED = {
    "S1 arbitrary SQL": sql("select namn from personer"),
    "S2 the schema by SQL": sql("select sql from sqlite_master"),
    "S3 _where": [f"{TABLE}.json?_where={quote('ar in (select id from personer)')}", f"{TABLE}?_where=1=1"],
    "S4 filter by value": [f"{TABLE}.json?grupp={quote(chr(39) + ' or 1=1')}", f"{TABLE}?grupp__exact=x"],
    "S5 filter by column": [f"{TABLE}.json?{quote('ar] = 1 or 1=1 --')}__exact=1", f"{TABLE}.csv?ar__gt=1"],
    "S6 sort": [f"{TABLE}.json?_sort={quote('(select namn from personer)')}", f"{TABLE}?_sort_desc=hemlig",
                "/namnd/om?_sort=hemlig", f"{TABLE}.json?_sort_by=ar", f"{TABLE}?_sort=ar%00", f"{TABLE}?_sort=AR"],
    "S7 full-text search": [f"{TABLE}.json?_search=%22", "/namnd/dold_fts.json?_search=%22"],
    "S8 raw full-text search": [f"{TABLE}.json?_searchmode=raw&_search=AND(", "/namnd/dold_fts?_searchmode=raw"],
    "S9 tampered _next": [f"{TABLE}.json?_next={quote(text)}" for text in
                          ("1' or 1=1", "x", "-1", "1,2,3", "1;", "9" * 30, "ä", "(select 1)", "x" * 200 + ",1")],
    "L1 hidden tables": forms("personer", "dold", "vy", "Personer", "PERSONER", "~70ersoner"),
    "L2 full-text tables": forms("dold_fts"),
    "L3 their shadow tables": forms("dold_fts_data", "dold_fts_idx", "dold_fts_config", "dold_fts_docsize"),
    "L5 statistics": forms("sqlite_stat1", "sqlite_stat4"),
    "L7 the schema as a table": forms("sqlite_master", "sqlite_schema", "sqlite_temp_master", "pragma_table_info"),
    "L8 row pages": ["/namnd/om/1", "/namnd/om/1.json?_extras=foreign_key_tables", "/namnd/personer/1"],
    "L9 _through": [f"/namnd/om.json?_through={quote(chr(123) + chr(125))}"],
    "L10 labels of hidden tables": ["/namnd/om.json?_labels=on", "/namnd/om.csv?_labels=on", "/namnd/om?_labels=on"],
    "L11 the file itself": ["/namnd.db", "/kommun.db", "/ragunda.db", "/namnd.db?_download=1", "/publicerat.json",
                            "/inloggning.json", "/statisk/namnd.db"],
    "L12 the database as data": ["/namnd.json", "/namnd.csv", "/.json", "/-/databases", "/kommun", "/_memory",
                                 "/_internal"],
    "L13 what the machine is made of": [f"/-/{name}{form}" for form in ("", ".json") for name in (
        "metadata", "config", "databases", "versions", "plugins", "settings", "threads", "actor", "jump", "schema",
        "permissions", "allowed", "rules", "check", "actions", "api", "create-token", "debug", "tables")],
    "L17 the schema page": ["/namnd/-/schema", "/namnd/-/schema.json", "/namnd/om/-/schema", "/-/schema.md"],
    "L18 a fault told": ["/namnd/finns_inte/1.json", "/namnd/om.xyz", "/namnd/om.blob?_blob_column=hemlig"],
    "T1 out of the folder": ["/-/static/../../app.py", "/statisk/../instance.py", "/statisk/%2e%2e/instance.py",
                             "/statisk/..%2finstance.py", "/statisk/%2e%2e%2f%2e%2e%2fetc/passwd", "/../../etc/passwd",
                             "/..%2f..%2f..%2fetc%2fpasswd.db", "/statisk//etc/passwd", "/statisk/..\\instance.py",
                             "/statisk/stil.css/../../instance.py", "/statisk/base.html", "/statisk/",
                             "/templates/base.html", "/statisk/stil.css%00.html", "/namnd/om/..;/", "/%2e/namnd"],
    "T4 redirects": ["//evil.example/namnd/", "//evil.example/%2f..", "/\\evil.example/", "/namnd/", "/namnd/om/",
                     "/%5cevil.example", "http://evil.example/", "/namnd/%6fm", "/%6eamnd", "/NAMND", "/namnd;x"],
    "C3 all rows as a stream": [f"{TABLE}.csv?_stream=1", f"{TABLE}.csv?_size=max", f"{TABLE}.csv?_dl=1",
                                f"{TABLE}?_size=max", f"{TABLE}?_size=5000", f"{TABLE}?_size=-1", f"{TABLE}?_size=1e9"],
    "M5 pages for developers": ["/-/messages", "/-/allow-debug", "/-/patterns", "/-/auth-token?token=x", "/-/logout",
                                "/-/login", "/-/password-tool", "/-/static/app.css", "/favicon.ico", "/robots.txt"],
    "D2 facets": [f"{TABLE}.json?_facet=ar&_facet=grupp&_facet_size=max", f"{TABLE}?_facet_array=ar",
                  f"{TABLE}?" + "&".join(f"_facet=f{n}" for n in range(5000))],
    "D4 work": [f"{TABLE}.json?grupp__contains=A", f"{TABLE}.json?grupp__glob={quote('*A*B*' * 40)}",
                f"{TABLE}?grupp__like=%25%25", f"{TABLE}?_timelimit=99999", f"{TABLE}?_trace=1", f"{TABLE}?_ttl=0"],
    "D7 too much": [f"{TABLE}.json?" + "&".join(f"_col=x{n}" for n in range(6000)), "/" + "a" * 60_000,
                    f"{TABLE}?_next=" + "1" * LONGEST, f"{TABLE}?_next=1&_next=1", f"{TABLE}?_size=1&_size=2"],
}  # fmt: skip


@pytest.mark.parametrize("probe", REFUSED)
def test_what_the_site_was_not_built_for_is_refused(server, planted, probe):
    for target in REFUSED[probe]:
        answer = harmless(server.ask(target), planted)
        assert answer.status in (400, 404, 414), (target, answer.status)


@pytest.mark.parametrize("target", sql(BOMB))
def test_d1_endless_sql_is_never_begun(server, planted, target):
    assert harmless(server.ask(target), planted).status in (400, 404)


def test_no_page_shows_a_table_or_column_that_is_not_declared(server, planted):
    """L4, L10b, L12: what is in the file and not declared is in no list and no page."""
    for target in ("/", "/namnd", "/namnd/avvikelser_per_kvartal", "/tillganglighet"):
        told = harmless(server.ask(target), planted).text
        assert not re.search(r"personer\b.*dold_fts|dold_fts|sqlite_stat", told)


def test_c1_no_cell_is_a_formula(server, planted):
    for target in ("/namnd/om.csv", "/namnd/om.excel.csv"):
        answer = server.ask(target)
        assert answer.status == 200 and answer.header("x-content-type-options") == "nosniff"
        assert not re.search(r'(^|[,;"])[=+@]', answer.text, re.M) and "'=HYPERLINK" in answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.0.0.1@evil.example",
                                  "", " ", "localhost:99999999", "127.0.0.1,evil.example"])  # fmt: skip
def test_t6_a_host_that_is_not_ours(server, planted, host):
    assert harmless(server.ask(f"{TABLE}.json?_size=1", host=host), planted).status == 400


def test_t6_the_host_is_not_taken_from_elsewhere(server, planted):
    led = {"X_Forwarded_Host": "evil.example", "Forwarded": "host=evil.example", "X_Original_URL": "/-/metadata.json"}
    answer = harmless(server.ask(f"{TABLE}.json?_size=1", **led, X_Forwarded_For="6.6.6.6"), planted)
    assert answer.status == 200 and '"next_url"' in answer.text


BROKEN = [
    b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n",
    b"GET /\xc3\xa5\xff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"NONSENSE\r\n\r\n",
]


@pytest.mark.parametrize("sent", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_request_is_refused(server, sent):
    assert server.raw(sent).status in (400, 431)


def test_headers_without_end_are_not_read_to_the_end(server):
    with contextlib.suppress(ConnectionResetError):  # told so, or hung up on while still sending
        assert server.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 2_000_000).status == 400
    assert server.ask("/statisk/stil.css").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "FOO", "get"])
def test_m1_nothing_can_be_sent_in(server, planted, method):
    """M1 to M4, and forms from other sites (CSRF): there is nothing that a form could do."""
    before = (planted / "namnd.db").read_bytes()
    for target in ("/", TABLE, "/namnd/-/create", f"{TABLE}/-/insert", "/-/login", "/logga-in"):
        answer = harmless(
            server.ask(target, method, b"a=1", Sec_Fetch_Site="cross-site", Origin="http://evil.example"), planted
        )
        assert answer.status in (404, 405) and (answer.status == 404 or answer.header("allow") == "GET, HEAD")
    assert (planted / "namnd.db").read_bytes() == before


def test_h1_no_other_site_can_show_or_read_ours(server):
    """Clickjacking, reading by script from elsewhere, and script of any kind."""
    answer = server.ask(TABLE, Origin="https://evil.example", Sec_Fetch_Dest="iframe", Sec_Fetch_Site="cross-site")
    rules = dict(rule.strip().split(" ", 1) for rule in answer.header("content-security-policy").split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert "script-src" not in rules and rules["form-action"] == "'self'" and "unsafe" not in str(rules)
    assert answer.header("x-frame-options") == "DENY" and "<script" not in answer.text
    assert answer.header("access-control-allow-origin") == ""


SENSELESS = [("Authorization", "Basic w6U="), ("Authorization", "Basic !!!"), ("Authorization", "Bearer dstok_x"),
             ("Cookie", "ds_actor=x; ds_messages=å"), ("Cookie", "=;;,[]{}\\"), ("Range", "bytes=0-1,2-3,4-"),
             ("Accept-Encoding", "gzip;q=x"), ("If-None-Match", '*, "", W/'), ("If-Modified-Since", "igår"),
             ("Accept", "*/*;q=å"), ("Expect", "nothing"), ("Upgrade", "websocket")]  # fmt: skip


@pytest.mark.parametrize("header", SENSELESS, ids=lambda header: header[0])
def test_headers_that_make_no_sense_change_nothing(server, planted, header):
    for target in (TABLE, f"{TABLE}.json", "/statisk/stil.css"):
        answer = harmless(server.ask(target, **dict([header])), planted)
        assert answer.status == 200 and len(answer.body) > 100


# --- what the routes let through -------------------------------------------------------------------------------------

NASTY = ["", "'", '"', "' OR 1=1 --", 'AND(', '"a', "*", "^a", "a NEAR/2 b", "kol:umn", "-", "%", "_", "\\", "å" * 80,
         "x,1", "' or 1=1,1", ",0", "0", "999999999", "abc,999999999", "{{7*7}}", "<script>alert(1)</script>",
         "${jndi:ldap://x}", "../../etc/passwd", "\u202e\u0000", "a' UNION SELECT namn FROM personer --", "NULL", "1e9",
         "(" * 80, "0000", "9999", "-1", "😀", "ﬀ", "\ufeff", "a b c d e f g"]  # fmt: skip


async def test_no_value_that_a_route_lets_through_is_a_fault_or_a_way_in(site):
    """Injection by search, questions, paging and sorting (T6, S7, S9), on every address that takes a parameter."""
    asked = 0
    for path, params in routes(Publish.COMMITTEE):
        plain = path.replace(r"\.", ".").replace(r"(.excel)?", "")
        if not params or not re.fullmatch(r"[\w/.-]+", plain):
            continue
        sets = [{name: value} for name, pattern in params.items() for value in NASTY if re.fullmatch(pattern, value)]
        columns = [name for name in re.split(r"\|", params.get("_sort", "")) if name][:1]
        sets += [{"_sort": c, "_next": n} for c in columns for n in ("x,1", ",1", "' or 1=1,1", "7", "å,999999999")]
        sets += [{"_sort": c, "_sort_desc": c} for c in columns]
        for query in sets:
            answer = await site.client.get(plain, params=query)
            assert answer.status_code in (200, 400, 404, 414), (plain, query)
            assert SECRET not in answer.text and answer.headers["x-content-type-options"] == "nosniff"
            if answer.headers["content-type"].startswith("text/html"):
                assert not re.search(r"syntax error|fts5|no such|Traceback|<script>", answer.text), (plain, query)
            asked += 1
    assert asked > 500


SLOW = """
import re, sys
from datasette_plugins.access import LOG_IN
from datasette_plugins.instance import routes
from lsk.model.vocabulary import Publish
parts = ["a", "/", ".", "-", "_", " ", ",", "1", "å", "a/", "/a", ".a", "a-", "1,", ",1", "a ", "../"]
texts = [part * (512 // len(part)) + end for part in parts for end in ("", "!", "\\n", "/")]
patterns = {p for level in (Publish.COMMITTEE, Publish.OPEN) for path, params in [*routes(level), *LOG_IN]
            for p in (path, *params.values())}
for pattern in patterns:
    for text in texts:
        re.fullmatch(pattern, text)
        re.fullmatch(pattern, "/" + text)
print(len(patterns))
"""


def test_no_pattern_of_the_gate_is_slow():
    """A pattern that tries again and again would not end; the child is ended then, and this fails."""
    ran = subprocess.run([sys.executable, "-c", SLOW], cwd=Path(__file__).parents[2], capture_output=True, text=True,
                         encoding="utf-8", timeout=100, check=True)  # fmt: skip
    assert int(ran.stdout) > 50


def test_many_at_once_are_all_answered(server):
    """D6: pages not asked for before, from many at the same time."""
    found = []

    def ask(number):
        found.extend(server.ask(f"{TABLE}.json?_size={number + n}").status for n in (1, 21, 41))

    readers = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert found == [200] * 60


def test_the_open_file_can_be_taken_whole_and_the_committees_never(folder, open_folder, tmp_path):
    for name, place in (("namnd.db", folder), ("oppen.db", open_folder)):
        shutil.copyfile(place / name, tmp_path / name)
    with running(build(tmp_path, level=Publish.OPEN).app()) as server:
        assert server.ask("/oppen.db").body == (tmp_path / "oppen.db").read_bytes()
        assert {server.ask(f"/namnd{form}").status for form in (".db", "", "/om", "/om.json")} == {404}
    with running(build(tmp_path).app()) as server:
        assert {server.ask(target).status for target in ("/namnd.db", "/oppen.db", "/oppen", "/oppen/om")} == {404}
