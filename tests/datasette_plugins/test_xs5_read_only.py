"""XS5: a committee member sees avvikelser_per_kvartal and cannot write; nothing shows a client's text or a case."""

import re
import sqlite3
import urllib.parse

import pytest

from datasette_plugins.gate import HEADERS, compiled, judge, refusal
from datasette_plugins.instance import build
from datasette_plugins.pages import pages_of
from datasette_plugins.questions import questions
from lsk.model.vocabulary import Publish
from lsk.publish import tables_of
from tests.publish.example import SECRET

NAMES = ["om", *(t.name for t in tables_of(Publish.COMMITTEE)), *(q.name for q in questions(Publish.COMMITTEE))]
ADDRESSES = [f"/namnd/{name}{form}" for name in NAMES for form in ("", ".json", ".csv", ".excel.csv")]
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
REFERENCE = re.compile(r"\b[A-ZÅÄÖ]{2,4}-[A-ZÅÄÖ]{3}-\d\d-\d{3}\b")
BOMB = "with recursive c(i) as (select 1 union all select i+1 from c) select count(*) from c"


async def test_xs5_read_only(site, folder):
    """The scenario itself."""
    seen = await site.client.get("/namnd/avvikelser_per_kvartal")
    assert seen.status_code == 200 and "klagomål och synpunkter" in seen.text
    before = (folder / "namnd.db").read_bytes()
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"):
        for path in ("/", "/namnd", "/namnd/avvikelser_per_kvartal", "/namnd/lex_sarah_lex_maria", "/-/insert"):
            answer = await site.client.request(
                method, path, content=b"ar=1", headers={"content-type": "application/json"}
            )
            assert answer.status_code == 405, (method, path)
    assert (folder / "namnd.db").read_bytes() == before
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await site.get_database("namnd").execute_fn(lambda db: db.execute("DELETE FROM om"))


@pytest.mark.parametrize("path", [*(f"/{name}" for name in pages_of(Publish.COMMITTEE)), "/namnd", *ADDRESSES])
async def test_nothing_published_leads_to_a_person_or_a_case(site, path):
    response = await site.client.get(path)
    assert response.status_code == 200
    assert SECRET not in response.text and "Exempelsson" not in response.text
    assert not ID.search(response.text) and not REFERENCE.search(response.text)
    assert not re.search(r"what_happened|diary|ragunda\.db|immediate_action", response.text)


@pytest.mark.parametrize("name", [t.name for t in tables_of(Publish.COMMITTEE)])
async def test_json_and_csv_hold_the_declared_columns_and_no_other(site, name):
    table = next(t for t in tables_of(Publish.COMMITTEE) if t.name == name)
    declared = [column.name for column in table.columns]
    columns = (await site.client.get(f"/namnd/{name}.json")).json()["columns"]
    assert [c for c in columns if not c.endswith("_dold") and c != "rowid"] == declared
    assert (await site.client.get(f"/namnd/{name}.csv")).text.splitlines()[0].split(",") == declared


SQL = ["select 1", "select sql from sqlite_master", "select fritext from avvikelser", BOMB]


@pytest.mark.parametrize(
    "path",
    [f"{start}{urllib.parse.quote(sql)}" for sql in SQL
     for start in ("/namnd?sql=", "/namnd.json?sql=", "/namnd.csv?sql=", "/namnd/-/query?sql=", "/_internal.json?sql=",
                   "/namnd/lagrum?_where=", "/namnd/lagrum.json?_sort=", "/namnd/lagrum.json?sql=", "/?sql=")]
)  # fmt: skip
async def test_nobody_can_ask_in_sql(site, path):
    response = await site.client.get(path)
    assert response.status_code in (400, 404)
    assert "CREATE" not in response.text.upper() and 'lang="sv"' in response.text


@pytest.mark.parametrize(
    "path",
    [*(f"/-/{name}{form}" for form in ("", ".json") for name in (
         "plugins", "databases", "metadata", "settings", "config", "versions", "threads", "actor")),
     "/-/permissions", "/-/allow-debug", "/-/messages", "/-/patterns", "/-/logout", "/-/auth-token",
     "/-/static/app.css", "/.json", "/namnd.db", "/namnd.json", "/namnd.csv", "/_internal", "/_memory",
     "/ragunda", "/ragunda.db", "/favicon.ico",
     "/namnd/sqlite_master.json", "/namnd/sqlite_schema", "/namnd/lagrum/1", "/namnd/lagrum/1.json", "/namnd/deviation",
     "/namnd/lagrum.blob", "/namnd/lagrum.jsono", "/namnd/lagrum.excel.json", "/statisk/../instance.py",
     "/statisk/%2e%2e/instance.py", "/statisk/base.html", "/namnd/lagrum/"]
)  # fmt: skip
async def test_what_the_site_was_not_built_for_is_not_there(site, path):
    response = await site.client.get(path)
    assert response.status_code in (400, 404) and "Till startsidan" in response.text
    assert "sqlite" not in response.text.lower() and "datasette" not in response.text.lower()


@pytest.mark.parametrize(
    "query",
    ["_facet=grupp", "_col=ar", "_nocol=ar", "_search=x", "_through={}", "_labels=on",
     "_size=max", "_size=0", "_size=9999",
     "_next=x", "_sort=rowid", "_sort=ar&_sort=ar", "_shape=object", "_trace=1", "_ttl=0", "_stream=1", "ar__gt=2",
     "_timelimit=99999", "_extra=x", "x=" + "y" * 600]
)  # fmt: skip
async def test_only_known_parameters_with_known_values_pass(site, query):
    assert (await site.client.get(f"/namnd/avvikelser_per_kvartal.json?{query}")).status_code in (400, 414)


@pytest.mark.parametrize(
    "path", ["/", "/avvikelser", "/namnd/lagrum.csv", "/namnd/lagrum.json", "/statisk/stil.css", "/-/plugins"]
)
async def test_every_answer_has_the_strict_headers(site, path):
    for method in ("GET", "HEAD"):
        response = await site.client.request(method, path)
        for name, value in HEADERS.items():
            assert response.headers.get_list(name.decode()) == [value.decode()]
        assert "set-cookie" not in response.headers and "access-control-allow-origin" not in response.headers
        assert "unsafe" not in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "localhost:1:2"]
)
async def test_a_made_up_host_is_refused_and_not_repeated(site, host):
    response = await site.client.get("/namnd/lagrum.json", headers={"host": host})
    assert response.status_code == 400 and "evil" not in response.text + str(response.headers)


async def test_a_host_that_was_named_is_answered(folder):
    site = build(folder, ("uppfoljning.example.se",))
    assert (await site.client.get("/", headers={"host": "Uppfoljning.example.se:443"})).status_code == 200


def test_the_gate_judges_the_raw_address():
    judged_by, hosts = judge(compiled([("/", {}), ("/namnd", {})])), {"localhost"}

    def judged(raw, path="/"):
        scope = {
            "method": "GET",
            "headers": [(b"host", b"localhost")],
            "query_string": b"",
            "raw_path": raw,
            "path": path,
        }
        return refusal(scope, hosts, judged_by)

    assert judged(b"/") is None
    for raw in (b"//evil.example/", b"/\\evil.example", b"/%5Cevil", b"/namnd%2f", b"/%00", b"/../x", b"/x//y"):
        assert judged(raw) == 400, raw


async def test_an_instance_that_is_not_ours_is_left_alone(folder):
    """The plug-ins are installed with LSK; another Datasette on the same computer must work as before."""
    from datasette.app import Datasette

    other = Datasette([str(folder / "namnd.db")])
    assert (await other.client.get("/-/plugins.json")).status_code == 200
    assert (await other.client.get("/namnd/om.csv")).text.startswith("rowid,kommun")
    assert "avvikelser" not in pages_of(Publish.OPEN)
