"""What both profiles share. A profile module chooses the parts: database, search, channel layer."""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from casemgr.logs import logging_config

from . import environment

BASE_DIR = Path(__file__).resolve().parents[2]
CASEMGR_HOME = environment.home()

DEBUG = False
ALLOWED_HOSTS = environment.read_list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = environment.read_list("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "casemgr",
    "bulletins",
    "notifications",
    "search",
    "workflows",
    "complaints",
    "documents",
    "agencies",
    "events",
    "casemgr.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "health_check",
    "django_prometheus",
]

MIDDLEWARE = [
    "casemgr.middleware.PiecesUnderAsgiMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "casemgr.middleware.RequestLogMiddleware",
    "casemgr.middleware.ServiceUnavailableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "casemgr.middleware.LockedByDefaultMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "casemgr.backoffice.middleware.ActorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "casemgr.urls"
ASGI_APPLICATION = "casemgr.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "casemgr.backoffice.context.desk",
                "casemgr.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/backoffice/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "casemgr.accounts.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "casemgr"
MFA_REQUIRED_ROLES = frozenset(environment.read_list("MFA_REQUIRED_ROLES"))

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["casemgr.formats"]
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# Pages that say the same to everybody, drawn once for a while: each process its own, for there is nothing to agree on.
PAGES_CACHE = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "pages",
    "OPTIONS": {"MAX_ENTRIES": 500},
}
# How long a server may not notice that a bulletin was published, corrected, withdrawn.
TOLD_MARK_SECONDS = 1

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = CASEMGR_HOME / "media"
STORAGES = {
    "default": {"BACKEND": "complaints.storage.DurableFileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The limits of a citizen's upload; stated on the form before they are hit.
EVIDENCE_MAX_FILES = 10
EVIDENCE_MAX_BYTES = 15 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# Sockets a person may have open, in all server processes together: a tab has one. Further tabs ask now and then instead.
LIVE_SOCKETS_PER_PERSON = 12

EMAIL_CONFIG = environ.Env.email_url_config(environment.read("EMAIL_URL"))
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(EMAIL_CONFIG.get("EMAIL_USE_TLS"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.read("DEFAULT_FROM_EMAIL")
QUIET_HOURS = environment.read("QUIET_HOURS")
SMS_URL = environment.read("SMS_URL")
SMS_TOKEN = environment.read("SMS_TOKEN")
SMS_FIELDS = environment.read("SMS_FIELDS")

# A bounce, or a relay's late try, finds the record of its message by then.
OUTGOING_MESSAGES_KEPT_DAYS = max(30, int(environment.read("OUTGOING_MESSAGES_KEPT_DAYS")))
PUSH_SERVICES = environment.read_list("PUSH_SERVICES")
PUSH_PRIVATE_NETWORKS = environment.read_list("PUSH_PRIVATE_NETWORKS")

PUBLIC_URL = environment.read("PUBLIC_URL").rstrip("/")
DEFAULT_PROVINCE = environment.read("DEFAULT_PROVINCE")
CLAMD_SOCKET = environment.read("CLAMD_SOCKET")
SIGNING_PKCS12 = environment.read("SIGNING_PKCS12")
SIGNING_PKCS12_PASSWORD = environment.read("SIGNING_PKCS12_PASSWORD")
SIGNING_PKCS11_MODULE = environment.read("SIGNING_PKCS11_MODULE")
SIGNING_PKCS11_TOKEN = environment.read("SIGNING_PKCS11_TOKEN")
SIGNING_PKCS11_PIN = environment.read("SIGNING_PKCS11_PIN")
SIGNING_PKCS11_CERTIFICATE = environment.read("SIGNING_PKCS11_CERTIFICATE")
SIGNING_TSA_URL = environment.read("SIGNING_TSA_URL")
SIGNING_IMAGE = environment.read("SIGNING_IMAGE")
SIGNING_TRUST = environment.read_list("SIGNING_TRUST")
# Folder of the key that the demo makes for itself; none outside the embedded profile.
SIGNING_DEMO = ""
TRUSTED_PROXIES = int(environment.read("TRUSTED_PROXIES"))
# Else everybody behind a proxy would share one quota of failed sign-ins.
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
METRICS_TOKEN = environment.read("METRICS_TOKEN")
SEARCH_INDEX_DIR = CASEMGR_HOME / "index"
ELASTICSEARCH_INDEX_PREFIX = environment.read("ELASTICSEARCH_INDEX_PREFIX")

# Lanes that one relay at a time may work: the in-process index has a single writer.
RELAY_EXCLUSIVE_LANES: frozenset[str] = frozenset()
PROMETHEUS_EXPORT_MIGRATIONS = False

LOGGING = logging_config(environment.read("LOG_LEVEL"))
