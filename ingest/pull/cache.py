"""What was pulled from a source: the files, and beside them how they came (`.pull.json`)."""

import hashlib
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

STATE = ".pull.json"


class Entry(BaseModel):
    """One file that came over HTTP."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    sha256: str
    final: str = ""  # the address after redirects
    etag: str = ""
    modified: str = ""


class State(BaseModel):
    """All that is remembered of a source between two pulls."""

    model_config = ConfigDict(extra="forbid")

    finished: str = ""  # ISO time of the last pull that went through
    commit: str = ""  # of a git source: what the files stand at
    rules: str = ""  # of a git source: the globs they were chosen by
    entries: dict[str, Entry] = {}  # by address


class Cache:
    """The folder of one source."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, making it if need be; a state that cannot be read counts as none."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        try:
            self.state = State.model_validate_json((folder / STATE).read_bytes())
        except (OSError, ValidationError):
            self.state = State()

    def save(self) -> None:
        """Write the state to disk, whole or not at all."""
        write(self.folder / STATE, self.state.model_dump_json(indent=1).encode())

    def held(self, address: str) -> Entry | None:
        """Return how the file of an address came, if it is still there as it came."""
        entry = self.state.entries.get(address)
        if entry is None or Path(entry.name).name != entry.name:
            return None
        path = self.folder / entry.name
        return entry if path.is_file() and digest(path) == entry.sha256 else None


def write(path: Path, data: bytes) -> None:
    """Put a file in place whole: a process killed half-way leaves the old one."""
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def digest(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
