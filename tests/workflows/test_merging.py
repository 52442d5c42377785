"""Two entries that are one business: merged, undone, by several people at once."""

import pytest

from complaints.models import ComplaintRespondent, Respondent, RespondentContact, RespondentIdentifier, RespondentMerge
from events import chain
from events.models import Event
from tests import factories
from tests.factories import business, journeys
from tests.factories.races import in_threads
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import RespondentLink
from workflows.selectors.respondents import suggestions
from workflows.services import merging, naming, register
from workflows.services.register import RegisterEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct():
    return factories.member("sct")


def enter(by, name, *pairs, tax_code=""):
    entry = RegisterEntry(name=name, tax_code=tax_code, identifiers=pairs)
    return register.enter_respondent(by=by, province=factories.province(), entry=entry)


SHARED, OWN = ("shop", "https://shopee.vn/anhduong"), ("phone", "0912345678")


def holdings() -> list:
    """Which row is whose, of every kind that moves."""
    models = (RespondentIdentifier, RespondentContact, ComplaintRespondent, RespondentLink)
    return [sorted(model.objects.values_list("pk", "respondent")) for model in models]


def two(by):
    kept, merged = enter(by, "Công ty Ánh Dương", SHARED), enter(by, "Cty TNHH Anh Duong", SHARED, OWN)
    both, only = journeys.investigating(by).case, journeys.investigating(by).case
    for case, respondent in ((both, kept), (both, merged), (only, merged)):
        naming.name_respondent(case_id=case.pk, by=by, respondent_id=respondent.pk)
    contact = business.contact(merged)
    business.sent_link(only, by, contact=contact)
    return kept, merged


def test_a_merge_moves_and_its_undoing_restores_exactly(sct):
    kept, merged = two(sct)
    before = holdings()
    merge = merging.merge_respondents(kept_id=kept.pk, merged_id=merged.pk, by=sct)
    assert kept.identifiers.count() == 2
    assert merged.identifiers.count() == 1, "what both had stays where it was"
    assert kept.complaints.count() == 2
    assert RespondentLink.objects.get().respondent_id == kept.pk
    meanwhile = business.contact(kept)
    merging.undo_merge(merge_id=merge.pk, by=sct)
    meanwhile.delete()
    assert holdings() == before
    assert Respondent.objects.get(pk=merged.pk).merged_into is None
    for stream in (kept.stream, merged.stream):
        assert chain.first_fault(Event.objects.filter(stream=stream).order_by("sequence")) is None


def test_what_was_merged_is_not_used_any_more(sct):
    kept, merged = two(sct)
    merge = merging.merge_respondents(kept_id=kept.pk, merged_id=merged.pk, by=sct)
    case = journeys.investigating(sct).case
    with pytest.raises(MoveNotAllowed):
        naming.name_respondent(case_id=case.pk, by=sct, respondent_id=merged.pk)
    with pytest.raises(InvalidInput):
        merging.merge_respondents(kept_id=merged.pk, merged_id=kept.pk, by=sct)
    merging.undo_merge(merge_id=merge.pk, by=sct)
    with pytest.raises(InvalidInput):
        merging.undo_merge(merge_id=merge.pk, by=sct)


def test_merges_are_undone_from_the_last(sct):
    kept, merged = two(sct)
    last = enter(sct, "Tập đoàn Ánh Dương")
    before = holdings()
    first = merging.merge_respondents(kept_id=kept.pk, merged_id=merged.pk, by=sct)
    second = merging.merge_respondents(kept_id=last.pk, merged_id=kept.pk, by=sct)
    with pytest.raises(InvalidInput):
        merging.undo_merge(merge_id=first.pk, by=sct)
    merging.undo_merge(merge_id=second.pk, by=sct)
    merging.undo_merge(merge_id=first.pk, by=sct)
    assert holdings() == before


def test_another_province_s_entry_is_not_there(sct):
    kept = enter(sct, "Công ty Ánh Dương")
    foreign = business.respondent(province=factories.province("01", "Hà Nội"))
    with pytest.raises(CaseNotFound):
        merging.merge_respondents(kept_id=kept.pk, merged_id=foreign.pk, by=sct)


def test_suggestions_come_with_their_reasons_and_never_by_themselves(sct):
    exact = enter(sct, "Tên khác hẳn", tax_code="0100109106")
    shop = enter(sct, "Gian hàng", SHARED)
    alike = enter(sct, "Cty TNHH Anh Duong")
    enter(sct, "Công ty Trăng Rằm")
    case = journeys.investigating(
        sct, seller_name="Cửa hàng Ánh Dương", identifiers=(("tax_code", "0100109106"), SHARED)
    ).case
    found = suggestions(case, sct)
    assert [s.respondent for s in found] == [exact, shop, alike]
    assert not ComplaintRespondent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_each_into_the_other_at_once_one_wins(sct):
    for _ in range(5):
        one, other = enter(sct, "Công ty Ánh Dương", SHARED), enter(sct, "Cty Ánh Dương", OWN)
        outcomes = in_threads(
            lambda a=one, b=other: merging.merge_respondents(kept_id=a.pk, merged_id=b.pk, by=sct),
            lambda a=one, b=other: merging.merge_respondents(kept_id=b.pk, merged_id=a.pk, by=sct),
        )
        assert outcomes == ["InvalidInput", "done"]


@pytest.mark.django_db(transaction=True)
def test_undone_twice_at_once_is_undone_once(sct):
    kept, merged = two(sct)
    before = holdings()
    merge = merging.merge_respondents(kept_id=kept.pk, merged_id=merged.pk, by=sct)
    verb = lambda: merging.undo_merge(merge_id=merge.pk, by=sct)  # noqa: E731
    assert in_threads(verb, verb, verb) == ["InvalidInput", "InvalidInput", "done"]
    assert holdings() == before
    assert RespondentMerge.objects.get().undone_at is not None


@pytest.mark.django_db(transaction=True)
def test_named_and_merged_at_once_no_row_is_left_behind(sct):
    for _ in range(5):
        kept, merged = enter(sct, "Công ty Ánh Dương"), enter(sct, "Cty Ánh Dương")
        case = journeys.investigating(sct).case
        in_threads(
            lambda m=merged, c=case: naming.name_respondent(case_id=c.pk, by=sct, respondent_id=m.pk),
            lambda k=kept, m=merged: merging.merge_respondents(kept_id=k.pk, merged_id=m.pk, by=sct),
        )
        assert not ComplaintRespondent.objects.filter(respondent=merged).exists()
