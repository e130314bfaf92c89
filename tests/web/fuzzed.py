"""`python -m tests.web.fuzzed`: the REST door on a free port over the made-up rules, for schemathesis; prints its address."""

import tempfile
import time
from pathlib import Path

from tests.web.doors import app_of, listening, make


def main() -> None:
    """Serve until stopped."""
    with tempfile.TemporaryDirectory() as folder, listening(app_of(make(Path(folder)))) as address:
        print(address, flush=True)  # noqa: T201
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main()
