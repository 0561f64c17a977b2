"""A folder in an S3 store: Amazon's or, with LSK_S3_ENDPOINT, anybody's."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from sync.transports.address import CONNECT_SECONDS, READ_SECONDS, Address
from sync.transports.folder import Folder, is_safe
from sync.transports.troubles import chain, code

ENDPOINT = "LSK_S3_ENDPOINT"
TAKEN = {"PreconditionFailed", "412"}
NO_CONDITIONS = {"NotImplemented", "501"}


class S3(Folder):
    def __init__(self, address: Address) -> None:
        import s3fs  # here, since it loads a screen library that no other part of sync does

        fs = s3fs.S3FileSystem(
            key=address.user or None,
            secret=(address.password or None) if address.user else None,
            endpoint_url=os.environ.get(ENDPOINT) or None,
            config_kwargs={
                "connect_timeout": CONNECT_SECONDS,
                "read_timeout": READ_SECONDS,
                "retries": {"max_attempts": 0},  # s3fs itself tries again
            },
            use_listings_cache=False,
            skip_instance_cache=True,
        )
        fs.retries = 2
        super().__init__(fs, f"{address.host}{address.path}")

    def check(self) -> None:
        # A folder in S3 is only the beginning of names, so it is there when the bucket is.
        bucket, _, prefix = self.root.partition("/")
        self.fs.call_s3("list_objects_v2", Bucket=bucket, Prefix=prefix, MaxKeys=1)

    def files(self) -> Iterator[tuple[str, int]]:
        above = self.path("")
        for path, info in self.fs.find(self.root, detail=True).items():
            name = path.removeprefix(above)
            if is_safe(name) and info["type"] == "file":
                yield name, int(info["size"])

    def create(self, name: str, source: Path) -> None:
        # A file appears whole in S3, so there is no need for a temporary name.
        path = self.path(name)
        try:
            self.fs.put_file(str(source), path, mode="create")
        except OSError as error:
            codes = {code(link) for link in chain(error)}
            if codes & TAKEN:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name) from error
            if not codes & NO_CONDITIONS:
                raise
            # An older store: look first. Names are one's own, so nobody else takes it in between.
            if self.size(name) is not None:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name) from error
            self.fs.put_file(str(source), path)
