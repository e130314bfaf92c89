"""Broken files without end: whole ones are damaged at random and read in the sandbox.

    python -m tests.ingest.fuzz --seconds 600 [--seed N] [--keep FOLDER]

A file must be understood, or refused in Chinese for what is wrong with it. Whatever else happens (a
reader's own exception, a crash, a nursery that does not answer) is a defect of the reader: the file is kept.
"""

import argparse
import io
import random
import re
import sys
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.parse import Given
from ingest.sandbox.pool import Pool
from ingest.understand import Job, Understood
from kb.errors import IngestError
from tests.ingest.hostile import good

_DEFECT = re.compile("读取时出错|意外停止|没有回应")
_STOPPED = re.compile("读取用时超过上限|内存超过上限|嵌套过深，为安全起见已停止读取。请用原来")
_HAN = re.compile("[\u4e00-\u9fff]")
_TOKENS = (
    b"-1", b"0", b"", b"99999999999999999999", b"1e308", b"nan", b"-5 -5 -5 -5", b"g 999999 1", b"A1:XFD1048576",
    b"ZZZZ9", b"rId1", b"true", b"1.5", b"../x", b"/", b"Foreground", b"0000000000000", b"yyyy", b"[h]", b"%1%2%9",
    b"=?gb2312?B?", b"\xff\xfe", b"\x00", b"\xe2\x80\xae", b"x" * 3000, b"null", b"1 0 R", b"9999 0 R", b"<<" * 50,
    b"[" * 200, b"(", b"endobj", b"\xe7\xac\xac", b"\xe6\x9d\xa1", b"\xe3\x80\x8a" * 40, b"<table><tr><td>" * 30,
    b"colspan=99999999", b"]]>", b"&#0;", b"&#x10FFFF;", b"\xed\xa0\x80", b"\r\r\n\n", b'"' * 9,
)  # fmt: skip
_VALUE = re.compile(rb'="([^"]*)"|>([^<>]+)<')
_NUMBER = re.compile(rb"\d+")
_STREAM = re.compile(rb"stream\n(.*?)\nendstream", re.S)


@dataclass(slots=True)
class Found:
    """What a run has seen."""

    executions: Counter[str] = field(default_factory=Counter)  # by suffix
    understood: int = 0
    stopped: Counter[str] = field(default_factory=Counter)  # by the sandbox's limits, each with its suffix
    defects: Counter[str] = field(default_factory=Counter)  # by suffix and what was said


def mutations(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield (suffix, damaged file) for ever."""
    seeds = good.seeds()
    while True:
        suffix = chance.choice(list(seeds))
        data = chance.choice(seeds[suffix])
        if data.startswith(b"PK") and chance.random() < 0.8:
            data = _member_damaged(data, chance)
        elif data.startswith(b"%PDF") and chance.random() < 0.7:
            data = _object_damaged(data, chance)
        else:
            data = _damaged(data, chance)
        if chance.random() < 0.03:
            other = chance.choice(seeds[chance.choice(list(seeds))])
            cut = chance.randrange(len(data) + 1)
            data = data[:cut] + other[chance.randrange(len(other)) :]
        if chance.random() < 0.02:
            suffix = chance.choice(list(seeds))
        yield suffix, data


def _damaged(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with one to four wounds."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(out) + 1)
        kind = chance.random()
        if kind < 0.25 and at < len(out):
            out[at] ^= 1 << chance.randrange(8)
        elif kind < 0.4:
            out[at : at + 1] = bytes([chance.randrange(256)])
        elif kind < 0.5:
            del out[at : at + chance.randint(1, 60)]
        elif kind < 0.55:
            del out[at:]
        elif kind < 0.65:
            other = chance.randrange(len(out) + 1)
            out[at:at] = out[other : other + chance.randint(1, 200)]
        elif kind < 0.7:
            out[at:at] = bytes(out[at : at + chance.randint(1, 80)]) * chance.choice((2, 20, 500))
        elif kind < 0.8:
            width = chance.choice((1, 2, 4, 8))
            out[at : at + width] = chance.choice((b"\xff", b"\x00", b"\x7f", b"\x80")) * width
        else:
            out[at : at + chance.choice((0, 0, 1, 5))] = chance.choice(_TOKENS)
    return bytes(out)


def _valued(data: bytes, chance: random.Random) -> bytes:
    """Return XML with some of its values changed."""
    for _ in range(chance.randint(1, 3)):
        places = list(_VALUE.finditer(data))
        if not places:
            return data
        match = chance.choice(places)
        group = 1 if match[1] is not None else 2
        token = chance.choice(_TOKENS).replace(b"<", b"").replace(b"&", b"").replace(b"\x00", b"0")
        data = data[: match.start(group)] + token + data[match.end(group) :]
    return data


def _member_damaged(data: bytes, chance: random.Random) -> bytes:
    """Return a package one part of which is damaged, missing, double, or under another name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = chance.choice(names)
        for name in names:
            content = old.read(name)
            if name != chosen:
                new.writestr(name, content)
                continue
            kind = chance.random()
            if kind < 0.6:
                new.writestr(name, _valued(content, chance))
            elif kind < 0.9:
                new.writestr(name, _damaged(content, chance))
            elif kind < 0.95:
                new.writestr(chance.choice(("../x", "/x", "C:\\x", name.upper(), "a" * 300, " ")), content)
    packed = out.getvalue()
    return packed if chance.random() < 0.9 else _damaged(packed, chance)


def _object_damaged(data: bytes, chance: random.Random) -> bytes:
    """Return a PDF with a number changed, an object put elsewhere, or a stream damaged inside."""
    kind = chance.random()
    if kind < 0.4:
        match = chance.choice(list(_NUMBER.finditer(data)))
        token = chance.choice(
            (b"-1", b"0", b"1", b"2", b"3", b"4", b"99999", b"4294967296", b"1e9", b"-0.0", b"null")
        )
        return data[: match.start()] + token + data[match.end() :]
    if kind < 0.8 and (match := _STREAM.search(data)):
        try:
            content = _damaged(zlib.decompress(match[1]), chance)
        except zlib.error:
            return _damaged(data, chance)
        body = zlib.compress(content)
        head = data[: match.start()]
        head = re.sub(rb"/Length \d+", b"/Length %d" % len(body), head)
        return head + b"stream\n" + body + b"\nendstream" + data[match.end() :]
    names = re.findall(rb"/[A-Z][A-Za-z0-9]+", data)
    return data.replace(chance.choice(names), chance.choice(names + list(_TOKENS)), chance.choice((1, -1)))


def run(seconds: float, seed: int, keep: Path | None) -> Found:
    """Read damaged files for a while and return what was seen.

    Args:
        seconds: how long.
        seed: the same one gives the same files.
        keep: folder for the files that show a defect, and those that met a limit.
    """
    found = Found()
    end = time.monotonic() + seconds
    pool = Pool(1)

    def jobs() -> Iterator[Job]:
        for number, (suffix, data) in enumerate(mutations(random.Random(seed))):
            if time.monotonic() > end:
                return
            yield Job(f"/fuzz/{number}{suffix}", data, "h", Given())

    try:
        for job, answer in pool.understand(jobs()):
            _note(found, job, answer, keep)
    finally:
        pool.close()
    return found


def _note(found: Found, job: Job, answer: Understood | IngestError, keep: Path | None) -> None:
    suffix = Path(job.name).suffix
    found.executions[suffix] += 1
    if isinstance(answer, Understood):
        found.understood += 1
        return
    said = str(answer)
    if _STOPPED.search(said):
        found.stopped[f"{suffix} {said[:12]}"] += 1
        _keep(keep, "stopped-" + job.name, job.data)
    elif _DEFECT.search(said) or not _HAN.search(said):
        what = f"{suffix} {said[:80]}"
        found.defects[what] += 1
        if found.defects[what] <= 3:
            _keep(keep, job.name, job.data)


def _keep(folder: Path | None, name: str, data: bytes) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def main() -> int:
    """Run and tell; returns 1 if there was a defect."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=20261124)
    options.add_argument("--keep", type=Path, default=None)
    given = options.parse_args()
    found = run(given.seconds, given.seed, given.keep)
    told = [f"{found.executions.total()} files, {found.understood} understood; {dict(found.executions)}"]
    for title, counted in (("stopped by the limits", found.stopped), ("DEFECTS", found.defects)):
        told.append(f"{title} {counted.total()}")
        told += [f"  {count:5} {what}" for what, count in counted.most_common()]
    sys.stdout.write("\n".join(told) + "\n")
    return bool(found.defects)


if __name__ == "__main__":
    sys.exit(main())
