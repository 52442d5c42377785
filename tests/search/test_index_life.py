"""An index that is made, exchanged and lost: nothing of it is gone in silence. On the engine of the profile under test."""

import pytest
from django.db import transaction
from elastic_transport import ConnectionTimeout

from agencies.actors import System
from events import clock
from events.models import Delivery
from events.services.recording import record_event
from search import services
from search.backends.base import Part
from search.backends.elastic import ElasticBackend
from search.models import IndexExchange
from search.selectors import find_cases
from tests import factories

pytestmark = pytest.mark.django_db
SCT = "sct:identity"


def lodge():
    return factories.case(narrative="Tôi mua kem trộn, da bị kích ứng nặng.")


def document(case: int) -> dict:
    return {"id": f"{case}:{SCT}", "case": case, "audience": SCT, "version": 1, "parts": [Part("narrative", "hàng giả")],
            "keys": [], "filters": {}, "lodged_at": case, "amount": None}  # fmt: skip


def test_a_lost_index_is_not_begun_anew_by_one_case(index, deliver, settings, tmp_path):
    sct = factories.member("sct")
    for _ in range(3):
        lodge()
    deliver()
    # An upgrade raised the mapping, or the server lost its data: another place, with nothing in it.
    settings.SEARCH_INDEX_DIR = tmp_path / "other"
    settings.ELASTICSEARCH_INDEX_PREFIX += "-other"
    lodge()
    deliver()
    assert find_cases(sct, "kem").degraded
    waiting = Delivery.objects.exclude(state="done").get(handler="search.index")
    assert (waiting.attempts, waiting.due_at > clock.now()) == (0, True)
    services.rebuild()
    answer = find_cases(sct, "kem")
    assert (answer.total, answer.degraded) == (4, False)


def test_what_an_agency_changed_during_a_rebuild_is_kept(index, deliver, monkeypatch):
    sct, police = factories.member("sct"), factories.agency("congan").kind
    case = lodge()
    deliver()
    prepared, begun = services.prepare, []

    def prepare(batch):
        made = prepared(batch)
        if not begun:
            begun.append(True)
            type(sct.agency).objects.filter(pk=sct.agency.pk).update(kind=police)
            with transaction.atomic():
                about = {"model": "agency", "pk": sct.agency.pk}
                record_event(f"agencies:{sct.agency.code}", "agencies.changed", by=System("admin"), **about)
            deliver()
        return made

    monkeypatch.setattr(services, "prepare", prepare)
    services.rebuild(afresh=True)
    monkeypatch.undo()
    assert not services.compare().missing
    assert [hit.case for hit in find_cases(factories.member("sct"), "kem").hits] == [case]


def test_a_rebuild_killed_at_once_leaves_nothing_for_long(index, deliver):
    lodge()
    deliver()
    killed = index.begin()
    killed.write([])
    index.begin().publish()
    if isinstance(index, ElasticBackend):
        assert list(index.client.indices.get(index=f"{index.alias}-*")) == index.live()
    else:
        assert list(index.folder.path.glob("generation-*")) == [index.folder.live()]


@pytest.fixture
def server(index):
    if not isinstance(index, ElasticBackend):
        pytest.skip("one process writes the embedded index")
    return index


def test_two_relays_make_the_first_index(server, monkeypatch):
    other = ElasticBackend(server.url)
    real = other.live

    def live():
        found = real()
        if not found:
            server.write([document(1)])  # the other relay was as quick
        return found

    monkeypatch.setattr(other, "live", live)
    other.write([document(2)])
    assert server.count() == 2


@pytest.mark.parametrize("late", ["delete", "update_aliases"])
def test_an_exchange_whose_answer_comes_late_has_happened(server, deliver, monkeypatch, late):
    sct, case = factories.member("sct"), lodge()
    deliver()
    real = getattr(server.client.indices, late)

    def answered_late(**asked):
        real(**asked)
        raise ConnectionTimeout("late")

    client = server.client.indices
    monkeypatch.setattr("search.services.engine", lambda: server)
    with monkeypatch.context() as patched:
        patched.setattr(client, late, answered_late)
        services.rebuild(afresh=True)
    assert len(server.live()) == 1
    assert not IndexExchange.objects.exists()
    assert [hit.case for hit in find_cases(sct, "kem").hits] == [case]


def test_an_exchange_of_which_nothing_is_known_stays_owed(server, deliver, monkeypatch):
    lodge()
    deliver()

    monkeypatch.setattr("search.services.engine", lambda: server)
    with monkeypatch.context() as patched:

        def lost(**asked):
            patched.setattr(server.client.indices, "get_alias", lost)
            raise ConnectionTimeout("no answer")

        patched.setattr(server.client.indices, "update_aliases", lost)
        with pytest.raises(services.SearchUnavailable):
            services.rebuild(afresh=True)
    assert IndexExchange.objects.exists()
    assert server.live()
    assert server.count() == 1
