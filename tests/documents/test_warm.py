"""A child forked of one that had loaded its libraries answers as one that a server starts."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bulletins.charts import ChartError, chart_specs, draw
from documents.pdf import BlockedFetch
from documents.signing import Box, sign_pdf, verify_pdf
from documents.trial_key import make_trial_key
from tests import warm

pytestmark = pytest.mark.anew
AT = datetime(2026, 11, 3, 2, 30, tzinfo=UTC)


@pytest.fixture
def both(monkeypatch) -> Callable[[Callable[[], object]], list[object]]:
    """What comes of it with a child that is started, then twice with forks."""

    def ask(what: Callable[[], object]) -> list[object]:
        found = []
        for is_cold in (True, False, False):
            monkeypatch.setattr(warm, "is_cold", is_cold)
            found.append(what())
        return found

    return ask


def test_it_draws_the_same_bytes(both, print_notice):
    started, *forked = both(print_notice)
    assert started.startswith(b"%PDF-")
    assert forked == [started, started]


def test_it_draws_the_same_charts(both):
    table = {"code": "track", "caption": "Theo hướng xử lý", "rows": [["Hàng giả", 3], ["Lừa đảo", 1]]}
    figures = {"received": 4, "before": 2, "last_year": 1, "tables": [table]}
    specs = chart_specs(figures, {"before_words": "tháng trước"})
    started, *others = both(lambda: draw(specs, dict.fromkeys(specs, "Biểu đồ")))
    assert started.keys() == specs.keys() == {"compared", "track"}
    assert others == [started, started]
    for is_cold in (True, False):
        warm.is_cold = is_cold
        with pytest.raises(ChartError):
            draw({"a": {"mark": "nothing"}}, {"a": "x"})


def test_it_refuses_the_same(both, print_notice):
    def urls() -> tuple[str, ...]:
        with pytest.raises(BlockedFetch) as refused:
            print_notice(extra='{% block addressees %}<img src="http://example.invalid/a.png">{% endblock %}')
        return refused.value.urls

    assert both(urls) == [("http://example.invalid/a.png",)] * 3


def test_it_sees_the_same_signatures(both, print_notice, settings, tmp_path):
    key, certificate = make_trial_key("Nguyễn Văn Ký", "Sở Công Thương", "thử", at=AT)
    (tmp_path / "key.p12").write_bytes(key)
    settings.SIGNING_PKCS12, settings.SIGNING_PKCS12_PASSWORD = str(tmp_path / "key.p12"), "thử"
    settings.SIGNING_TSA_URL = ""
    signed = sign_pdf(print_notice(), box=Box(0, 300, 500, 540, 580), at=AT, reason="Bản tin", location="Đồng Tháp").pdf
    for pdf in (signed, signed[:3000] + b"X" + signed[3001:], b"%PDF-"):
        started, *forked = both(lambda pdf=pdf: verify_pdf(pdf, trust=[certificate]))
        assert forked == [started, started]
    assert verify_pdf(signed, trust=[certificate])[0].trusted
    assert verify_pdf(b"%PDF-") is None
