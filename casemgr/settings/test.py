"""Either profile under test; CASEMGR_TEST_PROFILE chooses (embedded unless `production`)."""

import os
import tempfile

os.environ.setdefault("CASEMGR_HOME", tempfile.mkdtemp(prefix="casemgr-test-"))
os.environ.setdefault("SECRET_KEY", "test-" + "0123456789abcdef" * 4)
os.environ.setdefault("CODE_KEY", "0123456789abcdef" * 4)
os.environ.setdefault("EMAIL_URL", "memorymail://")

if os.environ.get("CASEMGR_TEST_PROFILE") == "production":
    os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
    from .production import *  # noqa: F403

    SECURE_SSL_REDIRECT = False
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
else:
    from .embedded import *  # noqa: F403

    # A file, not memory: threads and child processes of one test share it.
    DATABASES["default"]["TEST"] = {"NAME": CASEMGR_HOME / "test.sqlite3"}  # noqa: F405

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
