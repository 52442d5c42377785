"""What tests of complaints share."""

from pathlib import Path

import pytest


@pytest.fixture
def own_storage(tmp_path: Path, settings) -> Path:
    """The default storage in a folder of this test alone."""
    folder = tmp_path / "media"
    backend = "complaints.storage.DurableFileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": {"location": folder}}}
    return folder
