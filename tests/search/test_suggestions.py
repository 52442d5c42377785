"""What the search box offers: from the cases the reader may see, and nothing of who complained."""

import pytest
from django.urls import reverse

from agencies.models import Role
from complaints.lodgement import Person
from search.selectors import find_cases
from search.suggestions import MOST, Group, suggestions
from tests import factories
from workflows.models import Audience, Case
from workflows.services.correspondence import add_note
from workflows.services.referral import recall_referral, refer_case

pytestmark = pytest.mark.django_db
URL = "/backoffice/search/suggest/"


def lodge(**fields) -> Case:
    return factories.case(
        **({"seller_name": "Mỹ phẩm Bích Ngọc", "product": "Kem trộn", "brand": "Hương Sen"} | fields)
    )


def offered(actor, typed: str) -> list[tuple[str, str]]:
    return [(str(one.group), one.text) for one in suggestions(actor, typed)]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("mỹ ph", ("seller", "Mỹ phẩm Bích Ngọc")), ("MY PHAM", ("seller", "Mỹ phẩm Bích Ngọc")),
        ("bi", ("seller", "Mỹ phẩm Bích Ngọc")), ("huong", ("brand", "Hương Sen")), ("tron", ("product", "Kem trộn")),
        ("0912 3", ("identifier", "0912345678")), ("0912.345", ("identifier", "0912345678")),
        ("+84912", ("identifier", "0912345678")), ("345678", ("identifier", "0912345678")),
        ("1903", ("identifier", "19035678901234")), ("kemtron.ex", ("identifier", "kemtron.example.com/a")),
    ],
)  # fmt: skip
def test_names_and_identifiers_by_their_beginning_and_within(sct, typed, wanted):
    lodge(identifiers=[("phone", "0912345678"), ("bank_account", "19035678901234"),
                       ("url", "https://kemtron.example.com/a")], person=Person(name="Trần Thị Mẫu"))  # fmt: skip
    assert wanted in offered(sct, typed)


def test_case_numbers_with_and_without_province_in_any_case(sct):
    case = lodge()
    tail = case.number[3:]
    for typed in (case.number[:6], case.number.lower(), case.number):
        assert offered(sct, typed)[0] == ("case", case.number)
    if any(c.isdigit() for c in tail[:4]):
        assert offered(sct, tail[:4].lower())[0] == ("case", case.number)


def test_what_is_chosen_finds_the_case(sct, deliver):
    case = lodge(identifiers=[("phone", "0912345678"), ("shop", "Bích Ngọc Store")], person=Person(name="Trần Thị Mẫu"))
    deliver()
    for typed in ("bich ngoc", "huong", "kem", "0912"):
        for one in suggestions(sct, typed):
            assert [hit.case for hit in find_cases(sct, one.query).hits] == [case], one.query


def test_at_most_eight_the_frequent_first_and_each_group_has_room(sct):
    for n in range(9):
        lodge(seller_name=f"Kem số {n % 8}", product=f"Kem chống nắng {n}", brand="")
    found = offered(sct, "kem")
    assert len(found) == MOST
    assert {group for group, _ in found} == {"seller", "product"}
    assert found[0] == ("seller", "Kem số 0")


def test_nothing_of_another_agency_s_case(sct):
    case = lodge(identifiers=[("bank_account", "19035678901234")])
    police = factories.member("congan")
    for typed in (case.number, case.number[3:], "bich", "kem", "huong", "1903", "82-"):
        assert offered(police, typed) == []
    case = refer_case(
        case_id=case.pk, to=factories.agency("congan"), by=sct, reason="Cần xác minh.", version=case.version
    )
    assert ("seller", "Mỹ phẩm Bích Ngọc") in offered(police, "bich")
    recall_referral(case_id=case.pk, by=sct, version=case.version, reason="Gửi nhầm.")
    assert offered(police, "bich") == []
    assert offered(factories.member("sct", Role.EDITOR), "bich") == []


def test_notes_and_the_complainant_are_never_offered(sct):
    who = Person(name="Canhdanhtinh Thị Mẫu", phone="0987654321", email="canhthu@thu.example", address="12 Hẻm Canh")
    case = lodge(person=who, narrative="Gọi tôi số 0987654321 hoặc 0912345678.")
    add_note(case_id=case.pk, by=sct, text="Bimatnghiepvu 0966000111", audience=Audience.AGENCY)
    for typed in ("canh", "mẫu", "hẻm", "0987", "654321", "bimat", "0966", "canhthu"):
        assert offered(sct, typed) == [], typed
    assert offered(sct, "0912") == [(str(Group.IDENTIFIER), "0912345678")]


@pytest.mark.parametrize("typed", ["", "k", "\x00", "?!", "%", "_", "x" * 5_000, "🙂🙂", "\\", "'; --"])
def test_any_text_gets_an_answer(client, sct, typed):
    lodge()
    client.force_login(sct.person)
    answer = client.get(URL, {"q": typed})
    assert answer.status_code == 200
    assert "option" not in answer.content.decode()


def test_the_options_are_escaped_and_lead_somewhere(client, sct):
    case = lodge(seller_name="<b>Bích</b>", product="Kem")
    client.force_login(sct.person)
    html = client.get(URL, {"q": "bich"}).content.decode()
    assert "&lt;b&gt;Bích" in html
    assert reverse("backoffice:case", args=[case.number]) in client.get(URL, {"q": case.number}).content.decode()
    assert 'data-url="/backoffice/search/?q=' in html


def test_three_queries(client, sct, django_assert_max_num_queries):
    case, *_ = [lodge(seller_name=f"Kem {n}", identifiers=[("phone", f"091234567{n}")]) for n in range(5)]
    with django_assert_max_num_queries(3):
        assert suggestions(sct, case.number[:5])
    with django_assert_max_num_queries(2):
        assert suggestions(sct, "kem")
    client.force_login(sct.person)
    client.get(URL, {"q": "kem"})
    with django_assert_max_num_queries(6):
        client.get(URL, {"q": case.number[:5]})
