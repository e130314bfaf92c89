import pytest

from tests.web.server import serving


@pytest.fixture(scope="session")
def address():
    """The site with the made-up law, for the whole session."""
    with serving("healthy") as url:
        yield url


@pytest.fixture(scope="module")
def broken_address():
    """The site when its library cannot be read."""
    with serving("broken") as url:
        yield url
