"""An index exchanged, lost, or half exchanged when the process died."""

from __future__ import annotations

import shutil

import pytest

from search import services
from search.backends.base import SearchUnavailable
from search.selectors import find_cases
from tests.search.asking import lodge, offered_and_recalled, while_filled

pytestmark = [pytest.mark.django_db]


def test_a_rebuild_that_dies_after_the_exchange_leaves_no_stale_document(index, sct, deliver, monkeypatch):
    """That what was written meanwhile is still to be written again is kept, and done by the job."""
    police, recall = offered_and_recalled(sct, deliver)

    def killed(*_cases_and_agencies):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        begun = while_filled(patched, recall)
        patched.setattr(services, "index_again", killed)
        with pytest.raises(KeyboardInterrupt):
            services.rebuild(afresh=True)
    assert find_cases(police, "kem", facets=("state",)).facets["state"] == {}, "nor before the job has run"
    assert begun
    assert services.finish_exchanges() == 1
    assert services.compare().is_none
    assert find_cases(police, "kem", facets=("state",)).facets["state"] == {}


def test_an_index_that_was_lost_is_not_begun_anew_by_what_comes_next(index, sct, deliver):
    for _ in range(3):
        lodge()
    deliver()
    lose(index)
    lodge()
    deliver()
    assert find_cases(sct, "kem").degraded
    services.rebuild()
    answer = find_cases(sct, "kem")
    assert (answer.total, answer.degraded) == (4, False)
    assert services.compare().is_none


def lose(index) -> None:
    if hasattr(index, "folder"):
        shutil.rmtree(index.folder.path)
    else:
        index.client.indices.delete(index=index.live())


def test_an_exchange_whose_answer_was_late_is_still_owed(index, sct, deliver, monkeypatch):
    """It took place, the rebuild ends by saying that it did not: what was written meanwhile is owed all the same."""
    police, recall = offered_and_recalled(sct, deliver)

    generation = type(index.begin())
    publish = generation.publish

    def publish_unheard(fresh):
        publish(fresh)
        raise SearchUnavailable("late")

    with monkeypatch.context() as patched:
        begun = while_filled(patched, recall)
        patched.setattr(generation, "publish", publish_unheard)
        with pytest.raises(SearchUnavailable):
            services.rebuild(afresh=True)
    assert find_cases(police, "kem", facets=("state",)).facets["state"] == {}, "nor before the job has run"
    assert begun
    assert services.finish_exchanges() == 1
    assert services.compare().is_none
