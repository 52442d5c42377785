"""Several processes and machines: PostgreSQL, Elasticsearch or OpenSearch, Redis, relays apart."""

import re

import environ
from django.core.exceptions import ImproperlyConfigured

from . import environment
from .base import *  # noqa: F403
from .base import ALLOWED_HOSTS, PAGES_CACHE, SMS_URL, STORAGES

PROFILE = "production"

SECRET_KEY = environment.read("SECRET_KEY")
CODE_KEY = environment.read("CODE_KEY")
VAPID_KEY = environment.read("VAPID_KEY")

DATABASES = {
    "default": {
        **environ.Env.db_url_config(environment.read("DATABASE_URL")),
        # Under ASGI each request has a thread of its own, so kept connections would pile up: a pool hands them out.
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {"min_size": 2, "max_size": 20, "timeout": 10}},
    }
}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database.")

# Throttles and sessions live in the database: Redis carries live messages only.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "casemgr_cache"},
    "pages": PAGES_CACHE,
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "hosts": [{"address": environment.read("REDIS_URL"), "max_connections": 100}],
            # A process joins again each few seconds; one that was killed is forgotten after this many.
            "group_expiry": 60,
            "capacity": 1000,
        },
    }
}
SEARCH_BACKEND = "search.backends.elastic.ElasticBackend"
ELASTICSEARCH_URL = environment.read("ELASTICSEARCH_URL")

if environment.read("S3_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": environment.read("S3_BUCKET"), "file_overwrite": False, "querystring_auth": True},
    }

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
if environment.read("TRUSTED_PROXIES") != "0":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

if SMS_URL and not SMS_URL.startswith("https://"):
    raise ImproperlyConfigured("SMS_URL must begin with https://")
if VAPID_KEY and not re.fullmatch("[0-9a-f]{64}", VAPID_KEY):
    raise ImproperlyConfigured("VAPID_KEY must be 64 hex digits: openssl rand -hex 32")
if environment.read("DEBUG"):
    raise ImproperlyConfigured("DEBUG is for development only.")
if "*" in ALLOWED_HOSTS or not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts; `*` is refused.")
for name, key in (("SECRET_KEY", SECRET_KEY), ("CODE_KEY", CODE_KEY)):
    if len(key) < 50 or key.startswith(("django-insecure", "change-me")):
        raise ImproperlyConfigured(f"{name} must be a random text of 50 characters or more.")
