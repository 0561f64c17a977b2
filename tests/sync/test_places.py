"""Places of every kind, against real servers on loopback (tests/servers.py)."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from lsk.errors import LskError, Usage
from sync.places import Entry, Place, open_place
from sync.transports import s3, sftp, webdav
from sync.transports.folder import Folder
from sync.transports.troubles import trouble
from tests import servers
from tests.servers import KINDS, Server

NAME = "strömmar/2/1-40 å.lskb"
ABROAD = ["../ute", "a/../../ute", "/ute", "a//b", "", ".", "a/.", "a ", "a."]
ABROAD += ["C:/ute", "a\\b", "..\\ute", "a\0", "a\nb", "a%2e", "a#b"]


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with KINDS[kind](tmp_path / "server") as running:
        known(running, monkeypatch)
        yield running


@pytest.fixture
def place(server: Server) -> Iterator[Place]:
    with open_place(server.address) as opened:
        yield opened


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "källa.lskb"
    path.write_bytes(bytes(range(256)) * 40)
    return path


def known(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LSK_SSH_NY_VARD", raising=False)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)


def refused(address: str) -> str:
    """The sentence that an address is refused with."""
    with pytest.raises(LskError) as caught:
        open_place(address)
    return str(caught.value)


class TestEveryKind:
    def test_what_is_written_is_listed_and_read_back(
        self, place: Place, server: Server, source: Path, tmp_path: Path
    ) -> None:
        assert place.names() == []
        names = [NAME, "a b.lskb", "strömmar/10/Ö@+=!~(1).lskb"]
        for name in names:
            place.write(name, source)
        assert place.names() == [Entry(name, 10240) for name in sorted(names)]
        assert [server.held(name) for name in names] == [source.read_bytes()] * 3
        place.read(NAME, tmp_path / "hämtad")
        assert (tmp_path / "hämtad").read_bytes() == source.read_bytes()

    def test_an_empty_file_and_a_large_one_are_files_too(self, place: Place, tmp_path: Path) -> None:
        for name, content in {"tom": b"", "stor": b"0123456789abcdef" * 400_000}.items():
            (tmp_path / name).write_bytes(content)
            place.write(name, tmp_path / name)
            place.read(name, tmp_path / "hämtad")
            assert (tmp_path / "hämtad").read_bytes() == content

    def test_writing_again_changes_nothing(self, place: Place, server: Server, source: Path) -> None:
        place.write(NAME, source)
        place.write(NAME, source)
        assert place.names() == [Entry(NAME, 10240)]
        assert place.names(parts=True) == []

    def test_what_a_broken_copy_left_is_written_anew(self, place: Place, server: Server, source: Path) -> None:
        for length in (0, 1, 10239):
            server.plant(f"{length}.lskb", source.read_bytes()[:length])
            place.write(f"{length}.lskb", source)
            assert server.held(f"{length}.lskb") == source.read_bytes()

    def test_another_file_of_that_name_is_left_alone(self, place: Place, server: Server, source: Path) -> None:
        for size in (100, 10240, 20000):
            server.plant(NAME, b"x" * size)
            with pytest.raises(LskError, match=r"en annan fil med namnet .* lämnad orörd"):
                place.write(NAME, source)
            assert server.held(NAME) == b"x" * size
        assert place.names(parts=True) == []

    def test_a_name_is_created_once(self, place: Place, server: Server, source: Path, tmp_path: Path) -> None:
        """Also when it came between looking and writing."""
        (tmp_path / "annan").write_bytes(b"annan")
        place.folder.create(NAME, source)
        with pytest.raises(FileExistsError):
            place.folder.create(NAME, tmp_path / "annan")
        assert server.held(NAME) == source.read_bytes()
        assert place.names(parts=True) == []

    def test_two_that_write_the_same_at_once_both_succeed(self, server: Server, source: Path) -> None:
        failed: list[BaseException] = []
        start = threading.Barrier(2)

        def write() -> None:
            try:
                with open_place(server.address) as place:
                    start.wait()
                    place.write("samma.lskb", source)
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=write) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert server.held("samma.lskb") == source.read_bytes()

    def test_what_is_not_whole_yet_is_not_listed(self, place: Place, server: Server) -> None:
        server.plant("strömmar/2/ny.lskb.1f2e.part", b"halv")
        server.plant("strömmar/2/hel.lskb", b"hel")
        assert place.names() == [Entry("strömmar/2/hel.lskb", 3)]
        assert place.names(parts=True) == [Entry("strömmar/2/ny.lskb.1f2e.part", 4)]
        place.remove("strömmar/2/ny.lskb.1f2e.part")
        assert place.names(parts=True) == []

    def test_removing_what_is_gone_is_fine(self, place: Place, server: Server, source: Path) -> None:
        place.write(NAME, source)
        place.remove(NAME)
        place.remove(NAME)
        place.remove("aldrig/funnits")
        assert place.names() == []

    def test_reading_what_is_not_there_leaves_nothing(self, place: Place, tmp_path: Path) -> None:
        (tmp_path / "förut").write_bytes(b"kvar")
        with pytest.raises(LskError, match=r"saknad\.lskb kunde inte hämtas .* finns inte där"):
            place.read("saknad.lskb", tmp_path / "förut")
        assert (tmp_path / "förut").read_bytes() == b"kvar"
        assert not list(tmp_path.glob("*.part"))

    def test_names_that_lead_elsewhere_are_refused(self, place: Place, source: Path, tmp_path: Path) -> None:
        before = sorted(tmp_path.rglob("*"))
        for name in ABROAD:
            for attempt in (
                partial(place.write, name, source),
                partial(place.read, name, tmp_path / "till"),
                partial(place.remove, name),
            ):
                with pytest.raises(LskError, match="kan inte vara namn"):
                    attempt()
        assert sorted(tmp_path.rglob("*")) == before

    def test_a_folder_that_vanishes_is_told_and_not_made_again(
        self, place: Place, server: Server, source: Path, tmp_path: Path
    ) -> None:
        place.write(NAME, source)
        server.vanish()
        for attempt in (
            place.names,
            lambda: place.write("ny.lskb", source),
            lambda: place.read(NAME, tmp_path / "till"),
        ):
            with pytest.raises(LskError, match="finns inte där; kontrollera adressen"):
                attempt()
        assert server_has_nothing(server)
        assert "finns inte där" in refused(server.address)

    def test_a_source_that_cannot_be_read_is_told(self, place: Place, tmp_path: Path) -> None:
        with pytest.raises(LskError, match="kan inte skickas: den finns inte"):
            place.write(NAME, tmp_path / "saknas")

    def test_a_name_for_unfinished_files_is_refused(self, place: Place, source: Path) -> None:
        with pytest.raises(LskError, match=r"slutar på \.part"):
            place.write("x.part", source)

    def test_a_wrong_login_is_refused(self, kind: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        if kind == "local":
            assert server.wrong == {}
            return
        for name, value in server.wrong.items():
            monkeypatch.setenv(name, value)
        assert "inloggningen avvisades; kontrollera" in refused(server.address)

    def test_a_file_is_no_folder(self, kind: str, place: Place, server: Server, source: Path) -> None:
        if kind == "s3":  # where a name may be both
            return
        place.write("fil.lskb", source)
        assert "ingen mapp" in refused(f"{server.address}/fil.lskb")


def server_has_nothing(server: Server) -> bool:
    with contextlib.suppress(Exception):
        return server.held("ny.lskb") is None
    return True  # the bucket itself is gone


# --- what may break on the way -----------------------------------------------------------------------------------


@pytest.fixture
def near(tmp_path: Path) -> Place:
    (tmp_path / "delad").mkdir()
    return open_place(str(tmp_path / "delad"))


def test_a_file_that_comes_cut_off_is_not_counted_as_written(
    near: Place, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near.folder, "put", lambda source, path: Path(path).write_bytes(source.read_bytes()[:500]))
    with pytest.raises(LskError, match=r"kom inte hel till .*; försök igen\."):
        near.write("a.lskb", source)
    assert near.names() == []


def test_a_file_that_comes_garbled_is_not_counted_as_written(
    near: Place, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near.folder, "put", lambda source, path: Path(path).write_bytes(b"\0" * 10240))
    with pytest.raises(LskError, match="en annan fil"):
        near.write("a.lskb", source)


def test_a_full_disk_is_said_plainly_and_leaves_nothing(
    near: Place, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, path: str | Path) -> None:
        Path(path).write_bytes(b"halv")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(near.folder, "put", full)
    with pytest.raises(LskError, match=r"kunde inte skrivas till .*: disken eller utrymmet där är fullt; frigör plats"):
        near.write("a.lskb", source)
    assert near.names() == near.names(parts=True) == []
    monkeypatch.setattr(near.folder, "fetch", lambda name, to: full(source, to))
    with pytest.raises(LskError, match=r"kunde inte hämtas från .*: disken i den här datorn är full; frigör plats"):
        near.read("a.lskb", tmp_path / "till")
    assert not list(tmp_path.glob("till*"))


def test_a_disk_without_links_is_a_place_too(near: Place, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FAT, as on USB sticks."""

    def no_links(old: str, new: str) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)
    near.write("a.lskb", source)
    with pytest.raises(FileExistsError):
        near.folder.create("a.lskb", source)
    assert near.names() == [Entry("a.lskb", 10240)]
    assert near.names(parts=True) == []


def test_foreign_names_do_not_stop_the_listing(near: Place, source: Path) -> None:
    near.write("a.lskb", source)
    folder = Path(near.shown)
    (folder / "någons #1").mkdir()
    (folder / "någons #1" / "b.lskb").write_bytes(b"x")
    (folder / "c%20.lskb").write_bytes(b"x")
    assert near.names() == [Entry("a.lskb", 10240)]


def test_an_s3_store_without_conditions_looks_first(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.s3(tmp_path) as server:
        known(server, monkeypatch)
        with open_place(server.address) as place:
            put = place.folder.fs.put_file

            def old_store(source: str, path: str, mode: str = "overwrite") -> None:
                if mode == "create":
                    error = OSError(errno.ENOSYS, "A header you provided is not implemented")
                    error.response = {"Error": {"Code": "NotImplemented"}}  # type: ignore[attr-defined]
                    raise error
                put(source, path, mode=mode)

            monkeypatch.setattr(place.folder.fs, "put_file", old_store)
            place.write(NAME, source)
            assert server.held(NAME) == source.read_bytes()
            with pytest.raises(FileExistsError):
                place.folder.create(NAME, source)


def test_a_full_webdav_server_is_said_plainly(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.webdav(tmp_path, full=True) as server:
        known(server, monkeypatch)
        with open_place(server.address) as place, pytest.raises(LskError, match="utrymmet där är fullt"):
            place.write("a.lskb", source)


# --- who answers -------------------------------------------------------------------------------------------------


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with servers.sftp(tmp_path / "server") as running:
        known(running, monkeypatch)
        yield running


def test_a_new_ssh_server_is_met_only_when_told_to(
    ssh: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = tmp_path / "server" / ".ssh" / "known_hosts"
    right = hosts.read_text(encoding="utf-8")
    hosts.unlink()
    sentence = refused(ssh.address)
    assert "är ny för den här datorn" in sentence and "SHA256:" in sentence and "LSK_SSH_NY_VARD=ja" in sentence
    assert not hosts.exists()
    hosts.write_text("# min egen rad\n", encoding="utf-8")
    monkeypatch.setenv("LSK_SSH_NY_VARD", "ja")
    open_place(ssh.address).close()
    assert hosts.read_text(encoding="utf-8").split() == ["#", "min", "egen", "rad", *right.split()]
    monkeypatch.delenv("LSK_SSH_NY_VARD")
    open_place(ssh.address).close()


def test_a_changed_ssh_key_is_refused_even_then(ssh: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = tmp_path / "server" / ".ssh" / "known_hosts"
    name, *_ = hosts.read_text(encoding="utf-8").split()
    hosts.write_text(f"{name} {servers.new_key(tmp_path / 'annan')}\n", encoding="utf-8")
    monkeypatch.setenv("LSK_SSH_NY_VARD", "ja")
    assert "en annan nyckel än den som är känd" in refused(ssh.address)


def test_a_wrong_ssh_key_is_refused(ssh: Server, tmp_path: Path) -> None:
    own = tmp_path / "server" / ".ssh" / "id_ed25519"
    own.unlink()
    assert "inloggningen avvisades" in refused(ssh.address)
    servers.new_key(tmp_path / "annan")
    (tmp_path / "annan").rename(own)
    assert "inloggningen avvisades" in refused(ssh.address)


def test_an_ssh_folder_can_be_counted_from_home(ssh: Server) -> None:
    port = ssh.address.split(":")[2].partition("/")[0]
    with open_place(f"sftp://127.0.0.1:{port}/~/") as home, open_place(f"sftp://127.0.0.1:{port}") as same:
        assert home.folder.root == same.folder.root == str(Path(home.folder.root))


@pytest.mark.parametrize(
    ("valid", "trusts", "says"),
    [
        ((-1, 30), True, ""),
        ((-1, 30), False, "inte utfärdat av någon som datorn litar på"),
        ((-30, -1), True, "certifikat har gått ut; be den som sköter servern"),
        ((1, 30), True, "gäller inte ännu; kontrollera datorns klocka"),
    ],
)
def test_certificates(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch, valid: tuple[int, int], trusts: bool, says: str
) -> None:
    certificate = servers.self_signed(tmp_path, valid)
    with servers.webdav(tmp_path, certificate) as server:
        known(server, monkeypatch)
        if trusts:
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        if says:
            assert says in refused(server.address)
        else:
            with open_place(server.address) as place:
                place.write(NAME, source)
            assert server.held(NAME) == source.read_bytes()


def test_a_certificate_of_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = servers.self_signed(tmp_path)
    with servers.webdav(tmp_path, certificate) as server:
        known(server, monkeypatch)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert "utställt på ett annat namn" in refused(server.address.replace("127.0.0.1", "localhost"))


# --- nobody answers ----------------------------------------------------------------------------------------------


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Somebody who may be anybody, for addresses where nobody is asked."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "LSK_PLATS_LOSENORD"):
        monkeypatch.setenv(name, "hemlig")
    return monkeypatch


def address_of(scheme: str, port: int, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LSK_S3_ENDPOINT", f"http://127.0.0.1:{port}")
    return "s3://hink/mapp" if scheme == "s3" else f"{scheme}://anna@127.0.0.1:{port}/mapp"


@pytest.mark.parametrize("scheme", ["sftp", "webdav", "webdavs", "s3"])
def test_nobody_there(scheme: str, cloud: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    sentence = refused(address_of(scheme, port, cloud))
    assert "går inte att använda: ingen svarar på den adressen" in sentence
    assert "hemlig" not in sentence


@pytest.mark.parametrize("scheme", ["sftp", "webdav", "webdavs", "s3"])
def test_a_server_that_stays_silent_is_not_waited_for(scheme: str, cloud: pytest.MonkeyPatch) -> None:
    for module in (sftp, webdav, s3):
        cloud.setattr(module, "CONNECT_SECONDS", 0.2)
        cloud.setattr(module, "READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "svarade inte i tid" in refused(address_of(scheme, silent.getsockname()[1], cloud))


@pytest.mark.parametrize("address", ["sftp://finns-inte.invalid/mapp", "webdavs://finns-inte.invalid/mapp"])
def test_no_such_server(address: str, cloud: pytest.MonkeyPatch) -> None:
    assert "ingen server med det namnet hittas" in refused(address)


# --- addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("ftp://server/mapp", "slaget ftp:// finns inte"),
        ("sftp://", "går inte att läsa"),
        ("sftp://anna:hemlig@server:port/mapp", "går inte att läsa"),
        ("webdav://anna:hemlig@server/mapp?x=1", "går inte att läsa"),
        ("", "Ingen plats är angiven"),
    ],
)
def test_bad_addresses_are_wrong_usage(address: str, says: str) -> None:
    with pytest.raises(Usage, match=says) as caught:
        open_place(address)
    assert "hemlig" not in str(caught.value)


def test_a_password_in_the_address_is_used_and_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.webdav(tmp_path) as server:
        monkeypatch.delenv("LSK_PLATS_LOSENORD", raising=False)
        address = server.address.replace(servers.USER, f"{servers.USER}:{quote(servers.PASSWORD, safe='')}")
        with open_place(address) as place:
            assert place.shown == server.address.replace("s%C3%B6dra%20", "södra ")
            with pytest.raises(LskError) as caught:
                place.read("saknas", tmp_path / "till")
        assert servers.PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    ("module", "address"), [("paramiko", "sftp://s/m"), ("webdav4", "webdavs://s/m"), ("s3fs", "s3://h/m")]
)
def test_a_missing_library_is_told(module: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = ("sync.transports.sftp", "sync.transports.webdav", "sync.transports.s3")
    for loaded in [name for name in sys.modules if name in ours or name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    sentence = refused(address)
    assert "installera med: pip install lsk[transports]" in sentence and module in sentence


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "rätt att läsa eller skriva där saknas"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "utrymmet där är fullt"),
        (OSError("Failure"), "disken där kan vara full"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "förbindelsen bröts"),
        (EOFError(), "förbindelsen bröts"),
        (ValueError("något\nokänt."), "något okänt; försök igen"),
        (RuntimeError(), "RuntimeError; försök igen"),
    ],
)
def test_every_trouble_is_a_sentence(error: Exception, says: str) -> None:
    assert says in trouble(error, reading=False)


def test_every_kind_is_a_folder() -> None:
    assert {sftp.Sftp, webdav.WebDav, s3.S3} <= set(Folder.__subclasses__())
