"""Whether a path lies on another computer, where an open SQLite file is not safe."""

from __future__ import annotations

import re
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

NETWORK_TYPES = {
    "9p2000.L", "afs", "ceph", "cifs", "davfs", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs",
    "fuse.sshfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs",
}  # fmt: skip
REMOTE_DRIVE = 4  # DRIVE_REMOTE, as GetDriveTypeW says it


def is_network_path(path: Path) -> bool:
    """Whether ``path``, there or not, lies on a network share, as far as this system can tell.

    Windows tells of shares and of drive letters that stand for them, Linux of its mounts; elsewhere the answer is no.
    """
    whole = path.absolute().resolve()
    if sys.platform == "win32":
        import ctypes

        return is_unc(str(whole)) or ctypes.windll.kernel32.GetDriveTypeW(whole.anchor) == REMOTE_DRIVE
    mounts = Path("/") / "proc" / "self" / "mounts"
    if not mounts.exists():
        return False
    return on_network_mount(PurePosixPath(whole), mounts.read_text(encoding="utf-8", errors="surrogateescape"))


def is_unc(text: str) -> bool:
    r"""Whether a Windows path names a share (``\\server\share``), not a drive or a device of this computer."""
    drive = PureWindowsPath(text).drive
    return drive.startswith("\\\\") and (drive[2:4] not in ("?\\", ".\\") or drive[4:8].upper() == "UNC\\")


def on_network_mount(path: PurePosixPath, mounts: str) -> bool:
    """Whether the mount that ``path`` lies on is a network one; ``mounts`` is text as in Linux' list of mounts."""
    found: tuple[int, str] = (0, "")
    for line in mounts.splitlines():
        _, point, kind, *_ = line.split(" ")
        folder = PurePosixPath(unescaped(point))
        # Of two mounts at one place the later hides the earlier.
        if path.is_relative_to(folder) and len(folder.parts) >= found[0]:
            found = (len(folder.parts), kind)
    return found[1] in NETWORK_TYPES


def unescaped(field: str) -> str:
    """A field of the list of mounts, in which space, tab, newline and backslash stand as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), field)
