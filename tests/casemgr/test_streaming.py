"""Files under ASGI: in pieces, and without being read whole into memory first."""

import warnings

import pytest
from asgiref.sync import async_to_sync
from django.http import FileResponse, HttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from casemgr.middleware import PiecesUnderAsgiMiddleware

WHOLE = bytes(range(256)) * 8192


@pytest.fixture
def file(tmp_path):
    (tmp_path / "file").write_bytes(WHOLE)
    with (tmp_path / "file").open("rb") as opened:
        yield opened


def answer(factory, file):
    return PiecesUnderAsgiMiddleware(lambda request: FileResponse(file))(factory.get("/"))


def test_a_file_is_sent_in_pieces(file):
    response = answer(AsyncRequestFactory(), file)

    async def collected():
        return [piece async for piece in response]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pieces = async_to_sync(collected)()
    assert b"".join(pieces) == WHOLE
    assert 1 < len(pieces) <= 64
    assert response["Content-Length"] == str(len(WHOLE))
    # The answer closes its file still.
    assert file.close in response._resource_closers


def test_what_is_no_stream_and_what_comes_by_wsgi_stays_as_it_is(file):
    page = PiecesUnderAsgiMiddleware(lambda request: HttpResponse("a"))(AsyncRequestFactory().get("/"))
    assert page.content == b"a"
    response = answer(RequestFactory(), file)
    assert not response.is_async
    assert b"".join(response) == WHOLE


def test_it_sees_the_answers_of_every_other_middleware(settings):
    assert settings.MIDDLEWARE[0] == "casemgr.middleware.PiecesUnderAsgiMiddleware"
