"""Real servers on loopback that a place can be on: OpenSSH's sftp, a WebDAV server, an S3 store.

Each is a context manager that gives a ``Server``; put its ``environment`` in place before its address is opened.
"""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import logging
import os
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

USER, PASSWORD = "anna", "h@ll:båt/1"
REGION = "eu-north-1"


@dataclass(frozen=True)
class Server:
    """Where the place is (``address``), what one must know to get in, and a way round to its files."""

    address: str
    environment: dict[str, str]
    plant: Callable[[str, bytes], None]  # put a file there behind the place's back
    held: Callable[[str], bytes | None]  # what is there by that name
    vanish: Callable[[], None]  # take the whole folder away
    wrong: dict[str, str]  # what to change in the environment so that one is not let in


def on_disk(folder: Path, address: str, environment: dict[str, str], wrong: dict[str, str]) -> Server:
    def plant(name: str, content: bytes) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    def held(name: str) -> bytes | None:
        return (folder / name).read_bytes() if (folder / name).exists() else None

    return Server(address, environment, plant, held, lambda: shutil.rmtree(folder), wrong)


@contextlib.contextmanager
def local(home: Path) -> Iterator[Server]:
    folder = home / "delad mapp åäö"
    folder.mkdir(parents=True)
    yield on_disk(folder, str(folder), {}, {})


# --- SFTP ------------------------------------------------------------------------------------------------------


class Connection(socketserver.BaseRequestHandler):
    """One sshd for each connection, as inetd would start it: no port to guess, no start to wait for."""

    def handle(self) -> None:
        assert isinstance(self.server, Inetd)
        running = subprocess.Popen(self.server.command, stdin=self.request, stdout=self.request)
        self.server.running.append(running)
        running.wait()


class Inetd(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, command: list[str]) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.command = command
        self.running: list[subprocess.Popen[bytes]] = []

    def server_close(self) -> None:
        for process in self.running:
            process.kill()
        super().server_close()


def sshd() -> str:
    """Path of OpenSSH's server. Fails with what to install."""
    found = shutil.which("sshd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
    assert found, "OpenSSH's server is missing, so SFTP is not tested: install the package openssh-server."
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # Debian's sshd wants it when run as root
    return found


def new_key(path: Path) -> str:
    """Make an ssh key pair at ``path``; the public half."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    kind, key, *_ = path.with_name(path.name + ".pub").read_text(encoding="utf-8").split()
    return f"{kind} {key}"


@contextlib.contextmanager
def sftp(home: Path) -> Iterator[Server]:
    """As the current user, by key; ``home`` becomes the client's home folder, with .ssh in it."""
    program = sshd()
    keys, served = home / ".ssh", home / "sftp åäö mapp"
    keys.mkdir(parents=True)
    served.mkdir()
    host_key = new_key(home / "host_key")
    (home / "authorized").write_text(new_key(keys / "id_ed25519") + "\n", encoding="utf-8")
    settings = {
        "HostKey": home / "host_key",
        "AuthorizedKeysFile": home / "authorized",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "yes",
        "PermitRootLogin": "yes",
        "PidFile": "none",
        "Subsystem": "sftp internal-sftp",
    }
    text = "".join(f"{name} {value}\n" for name, value in settings.items())
    (home / "sshd_config").write_text(text, encoding="utf-8")
    command = [program, "-i", "-f", str(home / "sshd_config"), "-E", str(home / "sshd.log")]
    with Inetd(command) as server, serving(server):
        port = server.server_address[1]
        (keys / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}\n", encoding="utf-8")
        environment = {"HOME": str(home), "USERPROFILE": str(home), "SSH_AUTH_SOCK": ""}
        address = f"sftp://127.0.0.1:{port}{quote(str(served))}"
        yield on_disk(served, address, environment, {"LSK_PLATS_LOSENORD": "fel"})


# --- WebDAV ----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def webdav(home: Path, certificate: tuple[Path, Path] | None = None, full: bool = False) -> Iterator[Server]:
    """With ``certificate`` (file and key) over TLS; with ``full`` nothing more can be stored."""
    from cheroot import wsgi
    from cheroot.ssl.builtin import BuiltinSSLAdapter
    from wsgidav.fs_dav_provider import FilesystemProvider
    from wsgidav.wsgidav_app import WsgiDAVApp

    top = home / "webdav"
    served = top / "södra enheten"
    served.mkdir(parents=True)
    logging.getLogger("wsgidav").setLevel(logging.CRITICAL)
    config = {
        "provider_mapping": {"/": FilesystemProvider(str(top))},
        "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
        "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
        "verbose": 0,
        "logging": {"enable": False},
    }
    app = WsgiDAVApp(config)
    server = wsgi.Server(("127.0.0.1", 0), without_room(app) if full else app, numthreads=2, shutdown_timeout=1)
    server.expiration_interval = 0.02  # how soon it sees that it is to stop
    if certificate:
        server.ssl_adapter = BuiltinSSLAdapter(*map(str, certificate))
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    address = f"{'webdavs' if certificate else 'webdav'}://{USER}@127.0.0.1:{server.bind_addr[1]}/{quote(served.name)}"
    try:
        yield on_disk(served, address, {"LSK_PLATS_LOSENORD": PASSWORD}, {"LSK_PLATS_LOSENORD": "fel"})
    finally:
        server.stop()
        thread.join()


def without_room(app: Callable[..., Any]) -> Callable[..., Any]:
    """The same server with a full disk."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["REQUEST_METHOD"] != "PUT":
            return app(environ, start_response)
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start_response("507 Insufficient Storage", [("Content-Length", "0")])
        return [b""]

    return answer


def self_signed(folder: Path, valid: tuple[int, int] = (-1, 30)) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, as files; ``valid`` is from and to in days from now."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=valid[0]))
        .not_valid_after(now + datetime.timedelta(days=valid[1]))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certifikat.pem", folder / "nyckel.pem"
    files[0].write_bytes(built.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain),
    )
    return files


# --- S3 --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def s3(home: Path) -> Iterator[Server]:
    """A store that checks who asks; the bucket is new, ``home`` is not used."""
    import httpx
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    endpoint = f"http://127.0.0.1:{server.server_port}"
    with server, serving(server):
        environment = let_in(endpoint)
        httpx.post(f"{endpoint}/moto-api/reset-auth", content=b"0").raise_for_status()  # from now on it asks who calls
        try:
            yield in_bucket("kommunen", "södra enheten", environment)
        finally:
            httpx.post(f"{endpoint}/moto-api/reset-auth", content=b"inf").raise_for_status()
            httpx.post(f"{endpoint}/moto-api/reset").raise_for_status()


def let_in(endpoint: str) -> dict[str, str]:
    """Register a user of the store; what to put in the environment to be that user."""
    import boto3

    users = boto3.client(
        "iam", endpoint_url=endpoint, region_name=REGION, aws_access_key_id="chef", aws_secret_access_key="chef"
    )
    users.create_user(UserName=USER)
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    users.put_user_policy(UserName=USER, PolicyName="allt", PolicyDocument=policy)
    key = users.create_access_key(UserName=USER)["AccessKey"]
    return {
        "LSK_S3_ENDPOINT": endpoint,
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        "AWS_DEFAULT_REGION": REGION,
    }


def in_bucket(bucket: str, prefix: str, environment: dict[str, str]) -> Server:
    """A new bucket, and the folder ``prefix`` in it."""
    import boto3

    store = boto3.client(
        "s3",
        endpoint_url=environment["LSK_S3_ENDPOINT"],
        region_name=REGION,
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    store.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})

    def keys() -> list[str]:
        return [found["Key"] for found in store.list_objects_v2(Bucket=bucket).get("Contents", [])]

    def plant(name: str, content: bytes) -> None:
        store.put_object(Bucket=bucket, Key=f"{prefix}/{name}", Body=content)

    def held(name: str) -> bytes | None:
        key = f"{prefix}/{name}"
        return store.get_object(Bucket=bucket, Key=key)["Body"].read() if key in keys() else None

    def vanish() -> None:
        for key in keys():
            store.delete_object(Bucket=bucket, Key=key)
        store.delete_bucket(Bucket=bucket)

    address = f"s3://{bucket}/{quote(prefix)}"
    return Server(address, environment, plant, held, vanish, {"AWS_SECRET_ACCESS_KEY": "fel"})


@contextlib.contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


KINDS = {"local": local, "sftp": sftp, "webdav": webdav, "s3": s3}
