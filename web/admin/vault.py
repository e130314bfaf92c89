"""The administrator's password and the one-time code that lets the first one be set, each in a file of mode 600."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import threading
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kb.errors import SettingsError

LEAST: Final = 10  # characters of a password
MOST: Final = 200
FILE: Final = "admin.json"
CODE_FILE: Final = "admin-setup.txt"
_N, _R, _P = 2**15, 8, 1  # scrypt: 32 MB for each guess
_MEMORY: Final = 64 * 1024 * 1024
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike
_GROUPS, _GROUP = 3, 4
_RESET: Final = "请在本机运行 python -m web.admin reset-password 重设口令"


class Vault:
    """The password of one knowledge base. Reads its files at every call, so a reset from outside counts at once."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the knowledge base's; nothing is read or written yet."""
        self._folder = folder
        self._lock = threading.Lock()

    @property
    def is_set(self) -> bool:
        """Whether there is a password."""
        return (self._folder / FILE).exists()

    def epoch(self) -> str:
        """Return a mark that changes with the password; "" without one.

        Raises:
            SettingsError: if the file cannot be read.
        """
        return str(self._stored()["salt"]) if self.is_set else ""

    def set(self, password: str) -> None:
        """Store a password in place of the old one; the one-time code is used up.

        Raises:
            SettingsError: if it is too short or too long, or the file cannot be written.
        """
        if not LEAST <= len(password) <= MOST:
            raise SettingsError(f"口令要有 {LEAST} 到 {MOST} 个字符，请换一个")
        if len(set(password)) < LEAST // 2:
            raise SettingsError("口令里重复的字符太多，容易被猜到，请换一个")
        salt = secrets.token_bytes(16)
        stored = {
            "version": 1, "n": _N, "r": _R, "p": _P, "salt": _text(salt),
            "hash": _text(_scrypt(password, salt, _N, _R, _P)),
            "changed": datetime.now().astimezone().isoformat(timespec="seconds"),
        }  # fmt: skip
        with self._lock:
            _write_privately(self._folder / FILE, json.dumps(stored))
            (self._folder / CODE_FILE).unlink(missing_ok=True)

    def admits(self, password: str) -> bool:
        """Whether this is the password; takes about as long either way.

        Raises:
            SettingsError: if there is none, or its file cannot be read.
        """
        stored = self._stored()
        try:
            salt, wanted = base64.b64decode(stored["salt"]), base64.b64decode(stored["hash"])
            found = _scrypt(password[: MOST + 1], salt, int(stored["n"]), int(stored["r"]), int(stored["p"]))
        except (KeyError, ValueError, TypeError) as error:
            raise SettingsError(f"口令文件 {self._folder / FILE} 已损坏。{_RESET}") from error
        return hmac.compare_digest(found, wanted)

    def code(self) -> str:
        """Return the one-time code, made at the first call and kept until a password is set.

        Raises:
            SettingsError: if the file cannot be written.
        """
        path = self._folder / CODE_FILE
        with self._lock:
            try:
                kept = path.read_text("utf-8").strip() if path.exists() else ""
            except (OSError, UnicodeDecodeError):
                kept = ""
            if _plain(kept) and len(_plain(kept)) == _GROUPS * _GROUP:
                return kept
            groups = ["".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS)]
            made = "-".join(groups)
            _write_privately(path, f"{made}\n")
            return made

    def admits_code(self, given: str) -> bool:
        """Whether this is the one-time code, however it is spaced; never once a password is set."""
        if self.is_set:
            return False
        return hmac.compare_digest(_plain(given[:40]).encode(), _plain(self.code()).encode())

    def forget(self) -> None:
        """Take the password away; the next one is set with a new one-time code."""
        with self._lock:
            (self._folder / FILE).unlink(missing_ok=True)
            (self._folder / CODE_FILE).unlink(missing_ok=True)

    def _stored(self) -> dict[str, Any]:
        path = self._folder / FILE
        try:
            stored = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise SettingsError(f"读不出口令文件 {path}。{_RESET}") from error
        if not isinstance(stored, dict) or not {"salt", "hash", "n", "r", "p"} <= stored.keys():
            raise SettingsError(f"口令文件 {path} 已损坏。{_RESET}")
        return stored


def is_vault(text: str) -> bool:
    """Whether a text is a password file as `Vault.set` writes it.

    >>> is_vault("{}"), is_vault("[")
    (False, False)
    """
    try:
        stored = json.loads(text)
        sizes = {int(stored["n"]), int(stored["r"]), int(stored["p"])}
        return sizes == {_N, _R, _P} and len(base64.b64decode(stored["hash"])) == 64
    except (ValueError, KeyError, TypeError):
        return False


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "replace"), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=64
    )


def _write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise SettingsError(f"写不进 {path}：{error.strerror}。请检查目录权限和磁盘空间") from error


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isascii() and letter.isalnum())
