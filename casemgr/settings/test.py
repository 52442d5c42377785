"""Either profile under test; CASEMGR_TEST_PROFILE chooses (embedded unless `production`)."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Each of several workers has a folder and search indexes of its own; the processes that a test starts share its.
worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
if os.environ.get("CASEMGR_TEST_WORKER") != worker:
    if "CASEMGR_HOME" not in os.environ:
        os.environ["CASEMGR_HOME"] = tempfile.mkdtemp(prefix="casemgr-test-")
        atexit.register(shutil.rmtree, os.environ["CASEMGR_HOME"], ignore_errors=True)
    home = Path(os.environ["CASEMGR_HOME"]) / worker
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update(CASEMGR_TEST_WORKER=worker, CASEMGR_HOME=str(home))
    os.environ["ELASTICSEARCH_INDEX_PREFIX"] = f"casemgr-test-{worker}"

os.environ.setdefault("SECRET_KEY", "test-" + "0123456789abcdef" * 4)
os.environ.setdefault("CODE_KEY", "0123456789abcdef" * 4)
os.environ.setdefault("VAPID_KEY", "1032547698badcfe" * 4)
os.environ.setdefault("EMAIL_URL", "memorymail://")
# Tests run at night too.
os.environ.setdefault("QUIET_HOURS", "")

if os.environ.get("CASEMGR_TEST_PROFILE") == "production":
    os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
    from .production import *  # noqa: F403

    # One worker's floods reach nobody else's sockets.
    CHANNEL_LAYERS["default"]["CONFIG"] |= {"prefix": f"casemgr-test-{worker}"}  # type: ignore[operator]  # noqa: F405
    SECURE_SSL_REDIRECT = False
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
    # Tests count on a connection a thread, opened and dropped with the test database. They kill clients, not the server:
    # a commit need not wait for its disk. (The assurance runs use the production settings as they are.)
    DATABASES["default"]["OPTIONS"] = {"options": "-c synchronous_commit=off"}  # noqa: F405
else:
    from .embedded import *  # noqa: F403

    # A file, not memory: threads and child processes of one test share it.
    DATABASES["default"]["TEST"] = {"NAME": CASEMGR_HOME / "test.sqlite3"}  # noqa: F405
    # Tests kill processes, not the machine: what was written is there without waiting for its disk, as above.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"  # noqa: F405

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
# Assets straight from the tree: tests serve pages without collecting them first.
WHITENOISE_USE_FINDERS = True
# Looked up when asked for: no scan of the collected files for every test client, while a build may be replacing them.
WHITENOISE_AUTOREFRESH = True
# A test looks at once.
TOLD_MARK_SECONDS = 0


class _NoMigrations:
    """Tables are made from the models, as pytest's --no-migrations does: 4 s instead of a minute."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


if os.environ.get("CASEMGR_TEST_NO_MIGRATIONS"):
    MIGRATION_MODULES = _NoMigrations()
