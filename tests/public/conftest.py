import pytest
from django.core.cache import cache
from django.test import Client

from agencies.models import Province
from tests import factories


@pytest.fixture
def province(db) -> Province:
    """A small province with rules and one commune, where no wrong code was tried yet."""
    cache.clear()
    factories.rules()
    commune = factories.commune()
    commune.search_text = " | cao lanh | "
    commune.save()
    return commune.province


@pytest.fixture
def citizen(province) -> Client:
    """A browser without JavaScript, whose forms are checked for their CSRF token elsewhere."""
    return Client(headers={"accept-language": "vi"})
