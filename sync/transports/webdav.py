"""A folder over WebDAV (Nextcloud, Apache, IIS).

Imports are within functions: httpx loads a screen library that no other part of sync does.
"""

from __future__ import annotations

import ssl

from sync.transports.address import CONNECT_SECONDS, READ_SECONDS, Address
from sync.transports.folder import Folder


class WebDav(Folder):
    def __init__(self, address: Address) -> None:
        import httpx
        from webdav4.fsspec import WebdavFileSystem

        secure = address.scheme == "webdavs"
        port = f":{address.port}" if address.port else ""
        host = f"[{address.host}]" if ":" in address.host else address.host
        url = httpx.URL(f"{'https' if secure else 'http'}://{host}{port}").copy_with(path=address.path or "/")
        fs = WebdavFileSystem(
            url,
            auth=(address.user, address.password) if address.user else None,
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            verify=trusted() if secure else True,
            skip_instance_cache=True,
        )
        super().__init__(fs, "")

    def move(self, part: str, name: str) -> None:
        from webdav4.client import ResourceAlreadyExists

        try:
            self.fs.client.move(part, self.path(name), overwrite=False)
        except ResourceAlreadyExists as error:
            raise FileExistsError(name) from error

    def close(self) -> None:
        self.fs.client.http.close()


def trusted() -> ssl.SSLContext:
    """Whom this computer trusts (with what SSL_CERT_FILE names), and the well-known issuers."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
