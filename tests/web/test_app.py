"""`python app.py` as a person starts it."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from web import words

ROOT = Path(__file__).parents[2]


def environment(port: int, **more: str) -> dict[str, str]:
    return os.environ | {
        "ANWEN_HOST": "127.0.0.1",
        "ANWEN_PORT": str(port),
        "PYTHONIOENCODING": "utf-8",
        **more,
    }


def test_a_taken_port_is_named_with_the_remedy_and_no_traceback():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=environment(port),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=30,
        )
    assert done.returncode == 1
    assert f"端口 {port} 已被占用" in done.stderr
    assert f"ANWEN_PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_knowledge_base_the_page_comes_up_and_the_address_is_printed(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment(port, ANWEN_KB_DIR=str(tmp_path / "none")),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    with child:
        try:
            address = re.search(r"http://127\.0\.0\.1:\d+", child.stdout.readline())[0]
            page = httpx.get(address).text
        finally:
            child.terminate()
    assert address.endswith(f":{port}")
    assert words.LIBRARY_UNREADABLE in page
    assert 'href="tel:119"' in page
