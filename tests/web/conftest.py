import pytest

from tests.web.fakes import FakeAssistant, FakeLibrary
from tests.web.server import serving


@pytest.fixture(scope="session")
def address():
    """The site with the made-up law, for the whole session."""
    with serving(FakeAssistant(), FakeLibrary()) as url:
        yield url
