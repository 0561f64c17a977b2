from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from lsk.network_path import is_network_path, is_unc, on_network_mount

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/kommun /mnt/kommun nfs4 rw,vers=4.2 0 0
//server/delad /mnt/delad\\040mapp\\040\u00e5 cifs rw,vers=3.1.1 0 0
/dev/sdb1 /mnt/kommun/lokal ext4 rw 0 0
anna@server: /srv/hem fuse.sshfs rw 0 0
server:/gammal /srv/dold nfs rw 0 0
/dev/sdc1 /srv/dold xfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/srv/kommun.db", False),
        ("/mnt/kommun/kommun.db", True),
        ("/mnt/kommun", True),
        ("/mnt/kommun-lokal/kommun.db", False),
        ("/mnt/kommun/lokal/kommun.db", False),
        ("/mnt/delad mapp å/djupt/ned/kommun.db", True),
        ("/srv/hem/kommun.db", True),
        ("/srv/dold/kommun.db", False),
    ],
)
def test_the_mount_a_path_lies_on_decides(path: str, network: bool) -> None:
    assert on_network_mount(PurePosixPath(path), MOUNTS) is network


@pytest.mark.parametrize(
    ("path", "unc"),
    [
        (r"\\server\delad\kommun.db", True),
        ("//server/delad/kommun.db", True),
        (r"\\?\UNC\server\delad\kommun.db", True),
        (r"\\?\C:\kommun.db", False),
        (r"C:\kommun\kommun.db", False),
        (r"kommun.db", False),
    ],
)
def test_shares_in_windows(path: str, unc: bool) -> None:
    assert is_unc(path) is unc


def test_a_temporary_folder_is_of_this_computer(tmp_path: Path) -> None:
    assert is_network_path(tmp_path / "finns inte" / "kommun.db") is False
