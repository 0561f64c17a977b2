"""A folder over SFTP. A server is known by its key: ``known_hosts`` is respected as by ``ssh``."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path
from typing import Any

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

from lsk.errors import LskError
from sync.transports.address import CONNECT_SECONDS, READ_SECONDS, Address
from sync.transports.folder import Folder

NEW_HOST = "LSK_SSH_NY_VARD"

# Without a handler of its own paramiko writes tracebacks on the user's screen.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class Sftp(Folder):
    def __init__(self, address: Address) -> None:
        login = {
            "username": address.user or None,
            "password": address.password or None,
            # A password that is given is the one to use; keys tried before it may use up the server's patience.
            "look_for_keys": not address.password,
            "allow_agent": not address.password,
        }
        fs = KnownHostsOnly(address.host, port=address.port or 22, skip_instance_cache=True, **login)
        # "/~/mapp" is counted from the folder one comes to when logging in.
        root = f".{address.path[2:]}" if f"{address.path}/".startswith("/~/") else address.path
        super().__init__(fs, fs.ftp.normalize(root or "."))

    def move(self, part: str, name: str) -> None:
        try:
            # The plain rename of SFTP refuses a name that is taken (OpenSSH makes a link); posix-rename does not.
            self.fs.ftp.rename(part, self.path(name))
        except OSError as error:
            if self.size(name) is not None:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name) from error
            raise

    def close(self) -> None:
        self.fs.client.close()


class KnownHostsOnly(SFTPFileSystem):
    """fsspec's file system, but for how it connects: it would take any server's word for who it is."""

    cachable = False

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        self.client.load_system_host_keys()
        self.client.set_missing_host_key_policy(FirstMeeting())
        limits = dict.fromkeys(("timeout", "banner_timeout", "auth_timeout", "channel_timeout"), CONNECT_SECONDS)
        try:
            self.client.connect(self.host, **self.ssh_kwargs, **limits)
            self.ftp = self.client.open_sftp()
        except BaseException:
            self.client.close()
            raise
        self.ftp.get_channel().settimeout(READ_SECONDS)


class FirstMeeting(paramiko.MissingHostKeyPolicy):
    """A server never seen before is taken in when the user has said so, and is then known for good."""

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
        if os.environ.get(NEW_HOST, "").strip().lower() != "ja":
            raise LskError(
                f"Servern {hostname} är ny för den här datorn och visar nyckeln {key.fingerprint}. Jämför den med "
                f"den som sköter servern; stämmer den, sätt miljövariabeln {NEW_HOST}=ja och kör igen en gång."
            )
        known = Path("~/.ssh/known_hosts").expanduser()
        known.parent.mkdir(mode=0o700, exist_ok=True)
        with known.open("a", encoding="utf-8") as file:
            file.write(paramiko.hostkeys.HostKeyEntry([hostname], key).to_line())
