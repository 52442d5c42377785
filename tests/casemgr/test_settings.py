"""The profiles refuse what would be unsafe, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SECRET_KEY": "s" * 64,
    "CODE_KEY": "c" * 64,
    "DATABASE_URL": "postgres://u:p@127.0.0.1:1/x",
    "REDIS_URL": "redis://127.0.0.1:1",
    "ELASTICSEARCH_URL": "http://127.0.0.1:1",
    "ALLOWED_HOSTS": "khieunai.example",
}


def start(tmp_path: Path, profile: str, code: str = "", **variables: str | None) -> subprocess.CompletedProcess[str]:
    keep = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
    given = {k: v for k, v in variables.items() if v is not None}
    env = keep | given | {"CASEMGR_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": f"casemgr.settings.{profile}"}
    program = f"import django; django.setup(); from django.conf import settings\n{code}"
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True)


def test_production_starts_with_what_it_needs(tmp_path):
    done = start(tmp_path, "production", "print(settings.DEBUG, settings.SESSION_COOKIE_SECURE)", **GOOD)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.parametrize("missing", [name for name in GOOD if name != "ALLOWED_HOSTS"])
def test_production_names_what_is_missing(tmp_path, missing):
    done = start(tmp_path, "production", **(GOOD | {missing: None}))
    assert done.returncode != 0
    assert f"{missing} is not set" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "django-insecure-" + "x" * 60),
        ("CODE_KEY", "change-me" + "x" * 60),
        ("DATABASE_URL", "sqlite:///x.sqlite3"),
        ("VAPID_KEY", "short"),
        ("VAPID_KEY", "-----BEGIN EC PRIVATE KEY-----"),
    ],
)
def test_production_refuses_what_is_unsafe(tmp_path, name, value):
    done = start(tmp_path, "production", **(GOOD | {name: value}))
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr


def test_embedded_makes_its_keys_once_and_for_its_owner_only(tmp_path):
    code = "print(settings.SECRET_KEY, settings.CODE_KEY, settings.VAPID_KEY)"
    first, second = (start(tmp_path, "embedded", code).stdout.split() for _ in range(2))
    assert first == second
    assert len(set(first)) == 3
    for path in (tmp_path / "secrets").iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_dates_are_read_and_shown_day_first():
    from django import forms
    from django.utils import formats, translation

    for language in ("vi", "en"):
        with translation.override(language):
            read = forms.DateField(localize=True).clean("03/11/2026")
            assert (read.day, read.month) == (3, 11)
            assert formats.date_format(read, "SHORT_DATE_FORMAT") == "03/11/2026"
    with translation.override("vi"):
        assert formats.number_format(1_250_000, use_l10n=True, force_grouping=True) == "1.250.000"


def test_the_policy_allows_nothing_inline():
    from django.conf import settings

    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    everything = " ".join(str(source) for sources in directives.values() for source in sources)
    assert "unsafe" not in everything
    assert directives["default-src"] == ["'self'"]


def test_an_empty_key_is_no_key(tmp_path):
    done = start(tmp_path, "embedded", "print(len(settings.CODE_KEY))", CODE_KEY="")
    assert done.stdout.split() == ["64"], done.stderr
