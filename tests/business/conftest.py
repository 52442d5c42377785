import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_failures_counted():
    """Wrong codes are counted over the whole site: each test starts with none."""
    cache.clear()
