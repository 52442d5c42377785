"""A drawing process is asked once, but by tests that are about its answer."""

import pytest

from bulletins import charts
from documents import pdf
from tests import answers


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """What the process was asked; answers are kept in a folder of this test."""
    monkeypatch.setenv(answers.FOLDER, str(tmp_path))
    requests: list[object] = []

    def run_child(request: bytes, limits: pdf.Limits) -> pdf.Rendered:
        requests.append((request, limits))
        if request == b"broken":
            raise pdf.RenderError("broken")
        return pdf.Rendered(b"%PDF-" + request, {"place": [0, 1, 2, 3, 4]})

    def draw(specs, titles) -> dict[str, str]:
        requests.append((specs, titles))
        return {code: f"<svg>{title}" for code, title in titles.items()}

    monkeypatch.setattr(pdf, "_run_child", run_child)
    monkeypatch.setattr(charts, "draw", draw)
    answers.take_over()
    return requests


def test_the_same_request_is_answered_once_and_another_by_itself(asked):
    first = pdf._run_child(b"one", pdf.Limits())
    assert pdf._run_child(b"one", pdf.Limits()) == first == pdf.Rendered(b"%PDF-one", {"place": [0, 1, 2, 3, 4]})
    assert len(asked) == 1
    assert pdf._run_child(b"two", pdf.Limits()).pdf == b"%PDF-two"
    pdf._run_child(b"one", pdf.Limits(pages=1))
    assert len(asked) == 3


def test_charts_are_told_apart_by_what_they_show_and_by_their_words(asked):
    for specs, titles in [({"a": {}}, {"a": "A"}), ({"a": {}}, {"a": "B"}), ({"a": {"n": 1}}, {"a": "A"})] * 2:
        assert charts.draw(specs, titles) == {"a": f"<svg>{titles['a']}"}
    assert len(asked) == 3


def test_another_process_is_another_answer(asked, monkeypatch):
    pdf._run_child(b"one", pdf.Limits())
    monkeypatch.setattr(pdf, "CHILD", pdf.CHILD.with_name("missing.py"))
    pdf._run_child(b"one", pdf.Limits())
    assert len(asked) == 2


def test_an_error_is_not_kept(asked):
    for _ in range(2):
        with pytest.raises(pdf.RenderError):
            pdf._run_child(b"broken", pdf.Limits())
    assert len(asked) == 2


@pytest.mark.anew
def test_who_asks_anew_is_answered_anew(asked):
    for _ in range(2):
        pdf._run_child(b"one", pdf.Limits())
    assert len(asked) == 2
