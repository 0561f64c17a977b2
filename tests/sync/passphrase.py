"""What age does with a passphrase, at the least work: pyrage opens it, but takes a second to make one, as it must."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

WORK = 2  # 2 to this power; pyrage takes what lasts a second
NOTHING = bytes(12)


def encrypt(plain: bytes, passphrase: str) -> bytes:
    """An age file locked with a passphrase (age-encryption.org/v1); at most 64 KiB."""
    file_key, salt, nonce = (secrets.token_bytes(16) for _ in range(3))
    label = b"age-encryption.org/v1/scrypt"
    lock = hashlib.scrypt(passphrase.encode(), salt=label + salt, n=1 << WORK, r=8, p=1, dklen=32)
    locked = ChaCha20Poly1305(lock).encrypt(NOTHING, file_key, None)
    head = f"age-encryption.org/v1\n-> scrypt {text(salt)} {WORK}\n{text(locked)}\n---".encode()
    seal = hmac.digest(derived(file_key, b"", b"header"), head, "sha256")
    body = ChaCha20Poly1305(derived(file_key, nonce, b"payload")).encrypt(NOTHING[:-1] + b"\x01", plain, None)
    return head + f" {text(seal)}\n".encode() + nonce + body


def text(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)
