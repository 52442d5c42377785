import pytest
import structlog
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from casemgr.middleware import ServiceUnavailableMiddleware
from complaints.storage import StorageFull


def test_the_process_answers(client):
    assert client.get("/health/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_means_the_database_and_the_uploads_answer(client):
    assert client.get("/health/ready").status_code == 200


def test_metrics_are_for_this_machine_or_the_token(client, settings):
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404
    settings.METRICS_TOKEN = "a-long-token"  # nosec B105
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404
    wrong = client.get("/metrics", headers={"Authorization": "Bearer wrong"})
    right = client.get("/metrics", headers={"Authorization": "Bearer a-long-token"})
    assert (wrong.status_code, right.status_code) == (404, 200)


@pytest.mark.parametrize("error", [OperationalError("disk I/O error for 0912345678"), StorageFull()])
def test_what_is_away_gives_a_clear_page_and_no_receipt(error):
    request = RequestFactory().post("/gui/")
    response = ServiceUnavailableMiddleware(lambda r: HttpResponse()).process_exception(request, error)
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "15")
    assert "0912345678" not in page
    assert "<html" in page


@pytest.mark.parametrize(("error", "status"), [(OperationalError("away"), 503), (KeyError("0912345678"), 500)])
def test_a_failure_within_a_middleware_is_answered_and_logged_without_its_words(monkeypatch, client, error, status):
    def fail(self, request):
        raise error

    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_request", fail)
    client.raise_request_exception = False
    with structlog.testing.capture_logs() as lines:
        response = client.get("/health/live")
    assert response.status_code == status
    assert "0912345678" not in response.content.decode()
    assert [line["exc_info"] for line in lines if line["log_level"] == "error"] == [error]


def test_the_request_log_names_the_route_and_nothing_personal(client):
    with structlog.testing.capture_logs() as lines:
        client.get(
            "/health/live", {"q": "0912345678"}, headers={"User-Agent": "SecretPhone"}, REMOTE_ADDR="203.0.113.7"
        )
    assert lines[0].keys() == {"event", "log_level", "method", "route", "status", "ms"}
    assert (lines[0]["route"], lines[0]["status"]) == ("health-live", 200)
