import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_taken_port_is_named_with_the_remedy_and_no_traceback():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={"ANWEN_PORT": str(port), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=30,
        )
    assert done.returncode == 1
    assert f"端口 {port} 已被占用" in done.stderr
    assert f"ANWEN_PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr
