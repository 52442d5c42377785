"""Similar cases: found for good reasons, said in words, and only those the reader may see."""

import pytest
from django.urls import reverse

from complaints.lodgement import Person
from search.backends.base import SearchUnavailable
from search.similar import SHOWN, similar_cases
from tests import factories
from tests.factories import journeys
from tests.factories.business import respondent
from workflows.models import Case
from workflows.services.duplicates import link_duplicate
from workflows.services.naming import name_respondent
from workflows.services.referral import refer_case

pytestmark = pytest.mark.django_db

ACCOUNT = ("bank_account", "19035678901234")
STORY = "Tôi mua kem trộn trắng da qua mạng, dùng ba ngày thì mặt nổi mẩn đỏ, rát và bong da, phải đi viện."


def lodge(**fields) -> Case:
    return factories.case(
        **({"seller_name": "", "narrative": STORY, "person": Person(name="Trần Thị Mẫu", phone="0987654321")} | fields)
    )


def alike(case, actor):
    return [one.case for one in similar_cases(case, actor).found]


def panel(client, case, member) -> str:
    client.force_login(member.person)
    answer = client.get(reverse("backoffice:similar", args=[case.number]), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_shared_account_comes_first_and_is_said(client, sct, deliver):
    case = lodge(
        narrative="Đã chuyển khoản và không nhận được hàng.", identifiers=[ACCOUNT], seller_name="Bích Ngọc Store"
    )
    same_name = lodge(narrative="Giao thiếu một món.", seller_name="Shop BICH NGOC store")
    same_account = lodge(narrative="Bị chặn liên lạc.", identifiers=[ACCOUNT])
    lodge(narrative="Máy giặt hỏng sau hai tuần.", seller_name="Điện máy Hòa Bình")
    deliver()
    assert alike(case, sct) == [same_account, same_name]
    html = panel(client, case, sct)
    assert "số tài khoản …1234" in html or "bank account …1234" in html
    assert ACCOUNT[1] not in html


def test_product_and_story_together_are_enough(sct, deliver):
    case = lodge(product="Kem trộn Bạch Ngọc")
    other = lodge(
        product="kem tron bach ngoc", narrative="Mua kem trộn trắng da trên mạng, dùng thì mặt nổi mẩn đỏ và rát lắm."
    )
    lodge(product="Kem trộn Bạch Ngọc", narrative="Cửa hàng không xuất hóa đơn dù đã nhiều lần yêu cầu bằng văn bản.")
    deliver()
    [found] = similar_cases(case, sct).found
    assert (found.case, found.product, found.story, found.seller) == (other, True, True, False)


def test_the_same_business_of_the_register_is_enough(client, sct, deliver):
    """What the senders call it differs; whom the officers found it to be does not."""
    case = lodge(seller_name="shop mỹ phẩm cô Ba", narrative="Giao thiếu hàng.")
    other = lodge(seller_name="Anh Duong Beauty", narrative="Không hoàn tiền như đã hứa.")
    lodge(seller_name="Tiệm Cô Tư", narrative="Đóng gói sai màu.")
    business = respondent("Công ty TNHH Ánh Dương")
    for one in (case, other):
        name_respondent(case_id=one.pk, by=sct, respondent_id=business.pk)
    deliver()
    [found] = similar_cases(case, sct).found
    assert (found.case, found.business, found.seller) == (other, True, False)
    assert "Cùng một cơ sở trong sổ đăng ký" in panel(client, case, sct)


@pytest.mark.parametrize("name", ["Vinamilk", "???"])
def test_a_business_of_one_word_or_of_none_is_found_too(sct, deliver, name):
    case, other = lodge(narrative="Giao thiếu hàng."), lodge(narrative="Không hoàn tiền như đã hứa.")
    business = respondent(name)
    for one in (case, other):
        name_respondent(case_id=one.pk, by=sct, respondent_id=business.pk)
    deliver()
    found = similar_cases(case, sct)
    assert not found.degraded
    assert [one.case for one in found.found if one.business] == ([other] if name == "Vinamilk" else [])


def test_a_person_who_sells_is_no_business_to_compare(sct, deliver):
    case, other = lodge(narrative="Giao thiếu hàng."), lodge(narrative="Không hoàn tiền như đã hứa.")
    person = respondent("Nguyễn Thị Mẫu", is_individual=True)
    for one in (case, other):
        name_respondent(case_id=one.pk, by=sct, respondent_id=person.pk)
    deliver()
    assert alike(case, sct) == []


def test_whom_another_agency_s_officers_found_it_to_be_is_not_told(client, sct, deliver):
    """As in the index: the register's name goes with the case's owner."""
    police = factories.member("congan")
    own = journeys.taken(sct, police, identifiers=[ACCOUNT]).case
    offered = lodge(identifiers=[ACCOUNT])
    business = respondent("Công ty TNHH Ánh Dương")
    name_respondent(case_id=own.pk, by=police, respondent_id=business.pk)
    name_respondent(case_id=offered.pk, by=sct, respondent_id=business.pk)
    refer_case(case_id=offered.pk, to=police.agency, by=sct, reason="Cần xác minh.", version=offered.version)
    deliver()
    [found] = similar_cases(own, police).found
    assert (found.case.pk, found.business) == (offered.pk, False)
    assert "sổ đăng ký" not in panel(client, own, police)


def test_at_most_five_and_never_itself_or_what_is_joined_to_it(sct, deliver):
    case, *others = [lodge(identifiers=[ACCOUNT]) for _ in range(SHOWN + 3)]
    link_duplicate(
        case_id=others[0].pk, primary=case.number, explanation="Cùng một việc.", by=sct, version=others[0].version
    )
    deliver()
    found = alike(case, sct)
    assert len(found) == SHOWN
    assert case not in found
    assert others[0] not in found


def test_what_belongs_to_the_complainant_makes_nothing_alike(sct, deliver):
    who = Person(name="Canhdanhtinh Thị Mẫu", phone="0987654321", email="canhthu@thu.example")
    case = lodge(person=who, narrative="Canhdanhtinh Thị Mẫu trình bày: tủ lạnh giao bị móp cánh, gọi 0987654321.")
    lodge(person=who, narrative="Canhdanhtinh Thị Mẫu xin hỏi về phí chung cư tăng gấp đôi, gọi 0987654321.")
    # The same number as a seller's: it is this complainant's all the same.
    lodge(narrative="Xe máy điện sạc không vào.", identifiers=[("phone", "0987 654 321")])
    deliver()
    assert alike(case, sct) == []


def test_an_agency_is_shown_none_of_another_s(client, sct, deliver):
    case, foreign = lodge(identifiers=[ACCOUNT]), lodge(identifiers=[ACCOUNT], seller_name="Bích Ngọc")
    case = refer_case(
        case_id=case.pk, to=factories.agency("congan"), by=sct, reason="Cần xác minh.", version=case.version
    )
    police = factories.member("congan")
    deliver()
    assert alike(case, sct) == [foreign]
    assert alike(case, police) == []
    html = panel(client, case, police)
    assert foreign.number not in html
    assert "Bích Ngọc" not in html
    client.force_login(police.person)
    assert client.get(reverse("backoffice:similar", args=[foreign.number])).status_code == 404


def test_access_ends_at_once_not_with_the_index(sct, deliver):
    case, other = lodge(identifiers=[ACCOUNT]), lodge(identifiers=[ACCOUNT])
    deliver()
    assert alike(case, sct) == [other]
    Case.objects.filter(pk=other.pk).update(owner=factories.agency("qltt"))
    assert alike(case, sct) == []


def test_nothing_alike_and_the_engine_away_are_said(client, sct, deliver, index, answering, monkeypatch):
    case = lodge()
    deliver()
    assert 'role="status"' in (empty := panel(client, case, sct))
    assert "similar-list" not in empty

    def away(*args, **options):
        raise SearchUnavailable("away")

    monkeypatch.setattr(answering, "search", away)
    assert similar_cases(case, sct).degraded
    assert panel(client, case, sct) != empty


def test_the_case_page_asks_for_the_panel_and_it_opens_alone(client, sct, deliver):
    case, other = lodge(identifiers=[ACCOUNT]), lodge(identifiers=[ACCOUNT])
    deliver()
    client.force_login(sct.person)
    url = reverse("backoffice:similar", args=[case.number])
    assert f'hx-get="{url}"' in client.get(reverse("backoffice:case", args=[case.number])).content.decode()
    alone = client.get(url).content.decode()
    assert other.number in alone
    assert "<main" in alone


def test_few_queries(client, sct, deliver, django_assert_max_num_queries):
    case, *_ = [lodge(identifiers=[ACCOUNT]) for _ in range(6)]
    deliver()
    panel(client, case, sct)
    with django_assert_max_num_queries(8):
        similar_cases(case, sct)
    url = reverse("backoffice:similar", args=[case.number])
    with django_assert_max_num_queries(12):
        client.get(url, headers={"HX-Request": "true"})
