"""One machine, one process, one folder: SQLite, tantivy, memory, the relay as a thread."""

from . import environment
from .base import *  # noqa: F403
from .base import CASEMGR_HOME, PAGES_CACHE, PUBLIC_URL, TRUSTED_PROXIES

PROFILE = "embedded"
DEBUG = environment.read("DEBUG") == "1"

SECRET_KEY = environment.read_or_make("SECRET_KEY", CASEMGR_HOME / "secrets")
CODE_KEY = environment.read_or_make("CODE_KEY", CASEMGR_HOME / "secrets")
VAPID_KEY = environment.read_or_make("VAPID_KEY", CASEMGR_HOME / "secrets")

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": CASEMGR_HOME / "casemgr.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # FULL: what was acknowledged survives a power cut, not only a killed process.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
        },
    }
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": PAGES_CACHE,
}
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}}
SEARCH_BACKEND = "search.backends.tantivy.TantivyBackend"
# Only for `search_cases --backend elastic`.
ELASTICSEARCH_URL = environment.read_if_set("ELASTICSEARCH_URL")
SIGNING_DEMO = str(CASEMGR_HOME / "secrets")
RELAY_EXCLUSIVE_LANES = frozenset({"index"})

# Behind a TLS proxy; `make run` serves plain HTTP on this machine.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
