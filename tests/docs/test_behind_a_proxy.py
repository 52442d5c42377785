"""What docs/operations.md promises of the embedded profile behind TLS, in processes of their own."""

import os
import re
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.utils.http import MAX_URL_REDIRECT_LENGTH

from search.query import LONGEST_QUERY
from tests.docs.pages import ROOT

# Beside that address: the method and the version, what narrows the search, other headers.
BESIDE = 4096
SENTENCE = "Tôi đã chuyển khoản tiền đặt cọc cho cửa hàng ấy nhưng không nhận được hàng. "

TELL = """
import django; django.setup()
from django.conf import settings
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, getattr(settings, "SECURE_PROXY_SSL_HEADER", None),
      settings.ALLAUTH_TRUSTED_PROXY_COUNT)
"""


def tell(tmp_path, **variables: str) -> str:
    env = {
        "PATH": os.environ["PATH"],
        "CASEMGR_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "casemgr.settings.embedded",
    }
    done = subprocess.run(
        [sys.executable, "-c", TELL], cwd=ROOT, env=env | variables, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_plain_http_on_this_machine(tmp_path):
    assert tell(tmp_path) == "False False None 0"


def test_tls_before_the_embedded_profile(tmp_path):
    said = tell(tmp_path, PUBLIC_URL="https://khieunai.tinh.example", TRUSTED_PROXIES="1")
    assert said == "True True ('HTTP_X_FORWARDED_PROTO', 'https') 1"


@pytest.mark.django_db
def test_metrics_are_nobodys_behind_a_proxy_without_a_token(client, settings):
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 200
    settings.TRUSTED_PROXIES = 1
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404
    settings.METRICS_TOKEN = "a-long-token"
    with_token = client.get("/metrics", REMOTE_ADDR="127.0.0.1", headers={"Authorization": "Bearer a-long-token"})
    assert with_token.status_code == 200


def test_the_longest_search_passes_the_proxy():
    """nginx would answer with pages of its own: 414 where an address is too long, 502 where one it is to pass on is."""
    proxy = (ROOT / "deploy/nginx.conf").read_text()
    (asked,) = (int(size) for size in re.findall(r"large_client_header_buffers 4 (\d+)k;", proxy))
    assert asked * 1024 > len(quote((SENTENCE * LONGEST_QUERY)[:LONGEST_QUERY])) + BESIDE
    assert f"up to {asked} KB" in (ROOT / "docs/operations.md").read_text()
    told = [int(size) for size in re.findall(r"proxy_buffer_size (\d+)k;", proxy)]
    assert len(told) == 2
    assert min(told) * 1024 > MAX_URL_REDIRECT_LENGTH + BESIDE
