"""The written knowledge of the starter folder."""

import pytest

from kb.cards.library import Library, read_library
from tests.conftest import ROOT

STARTER = ROOT / "starter"


@pytest.fixture(scope="session")
def library() -> Library:
    return read_library(STARTER)
