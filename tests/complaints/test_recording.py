"""What is written down at lodging, and what is not."""

import io
import time
from dataclasses import asdict, replace

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from complaints import codes
from complaints.lodgement import Person
from complaints.models import Complainant, Complaint, Draft, Evidence, Indicator, Upload
from complaints.services.recording import UploadGone, add_supplement, record_complaints
from complaints.services.uploads import add_upload
from events import clock
from tests.factories import commune, lodgement, person, province
from tests.factories.files import picture

pytestmark = pytest.mark.django_db


def draft() -> Draft:
    key = codes.new_idempotency_key()
    return Draft.objects.create(key_hash=codes.key_hash(key), idempotency_key=codes.new_idempotency_key())


def record(*said, kind: str = "consumer") -> list[Complaint]:
    province()
    return record_complaints(said, [kind] * len(said), clock.now())


def test_everything_said_is_stored() -> None:
    said = lodgement(
        commune=commune().code,
        identifiers=(("phone", "0987 654 321"), ("bank_account", "0071001234567")),
        bank="vcb",
        amount=2_500_000,
        product="Nồi cơm điện",
        narrative="Người bán dùng thêm số 0911222333.",
        person=Person(name="Trần Thị Mẫu", phone="0912345678", email="mau@example.vn", may_share_with_business=True),
    )
    (stored,) = record(said)
    stored.refresh_from_db()
    for name in ("narrative", "amount", "product", "seller_name", "origin", "consent", "language", "is_anonymous"):
        assert getattr(stored, name) == getattr(said, name)
    assert stored.commune_id == said.commune
    assert stored.kind == "consumer"
    who = stored.complainant
    assert (who.name, who.phone, who.email, who.may_share_with_business) == (
        "Trần Thị Mẫu", "0912345678", "mau@example.vn", True,
    )  # fmt: skip
    assert set(stored.indicators.values_list("kind", "value", "bank", "from_text")) == {
        ("phone", "+84987654321", "", False),
        ("bank_account", "0071001234567", "Vietcombank", False),
        ("phone", "+84911222333", "", True),
    }


def test_codes_are_stored_as_keyed_hashes_only() -> None:
    said = lodgement()
    (stored,) = record(said)
    code = codes.tracking_code(said.idempotency_key)
    assert stored.code_hash == codes.code_hash(code)
    assert stored.key_hash == codes.key_hash(said.idempotency_key)
    row = str(Complaint.objects.filter(pk=stored.pk).values().get())
    assert code not in row
    assert said.idempotency_key not in row


def test_an_anonymous_complaint_leaves_no_identity_anywhere() -> None:
    canary = "Canary-Nguyễn-7731"
    holder = draft()
    upload = add_upload(holder, io.BytesIO(picture()), f"{canary}.jpg")
    said = lodgement(
        is_anonymous=True,
        uploads=(upload.pk,),
        person=Person(name=canary, phone="0900007731", email="canary7731@example.vn", address=canary),
    )
    (stored,) = record(said)
    holder.delete()
    assert not Complainant.objects.filter(complaint=stored).exists()
    assert stored.evidence.get().original_name == "1.jpg"
    dump = _every_row()
    for secret in (canary, "7731@example", "0900007731"):
        assert secret not in dump
    without = replace(said, person=Person())
    assert stored.body_digest == without.body_digest(codes.key())


def _every_row() -> str:
    return "".join(str(list(model.objects.values())) for model in apps.get_models())


def test_the_digest_tells_another_person_apart_when_not_anonymous() -> None:
    said = lodgement()
    other = replace(said, person=Person(name="Lê Văn Khác"))
    assert said.body_digest(codes.key()) != other.body_digest(codes.key())
    assert asdict(said) == asdict(replace(said))


def test_no_identity_given_makes_no_row() -> None:
    (stored,) = record(lodgement(person=Person()))
    assert not Complainant.objects.filter(complaint=stored).exists()


def test_the_same_key_twice_is_refused() -> None:
    said = lodgement()
    record(said)
    with pytest.raises(IntegrityError), transaction.atomic():
        record(said)


def test_uploads_become_evidence_with_the_same_files() -> None:
    holder = draft()
    uploads = [add_upload(holder, io.BytesIO(picture(size=(20 + n, 20))), f"ảnh {n}.jpg") for n in range(3)]
    (stored,) = record(lodgement(uploads=tuple(u.pk for u in uploads)))
    evidence = list(stored.evidence.all())
    assert [e.original_name for e in evidence] == ["ảnh 0.jpg", "ảnh 1.jpg", "ảnh 2.jpg"]
    assert [(e.file.name, e.sha256, e.size, e.media_type) for e in evidence] == [
        (u.file.name, u.sha256, u.size, u.media_type) for u in uploads
    ]
    assert all(default_storage.exists(e.file.name) for e in evidence)
    assert not Upload.objects.exists()


def test_a_file_is_lodged_once() -> None:
    upload = add_upload(draft(), io.BytesIO(picture()), "a.jpg")
    record(lodgement(uploads=(upload.pk,)))
    with pytest.raises(UploadGone), transaction.atomic():
        record(lodgement(uploads=(upload.pk,)))
    assert Evidence.objects.count() == 1
    assert Complaint.objects.count() == 1


def test_a_batch_takes_a_few_statements_whatever_its_size() -> None:
    province()
    with CaptureQueriesContext(connection) as few:
        record(*[lodgement() for _ in range(2)])
    with CaptureQueriesContext(connection) as many:
        record(*[lodgement() for _ in range(20)])
    assert len(many) == len(few)


@pytest.mark.profile_independent
def test_the_cost_of_a_lodgement_in_a_batch() -> None:
    said = [
        lodgement(narrative=f"Chuyện thứ {n}: tôi đặt hàng qua mạng, nhận hàng khác, gọi không ai nghe. " * 3)
        for n in range(1000)
    ]
    record(lodgement())
    start = time.process_time()
    record(*said)
    each = (time.process_time() - start) / len(said)
    assert each < 1e-3, f"{each * 1e6:.0f} µs"
    assert Indicator.objects.count() == 0


def test_a_supplement_keeps_text_salt_and_files() -> None:
    (stored,) = record(lodgement())
    officer, at = person(), clock.now()
    upload = add_upload(draft(), io.BytesIO(picture()), "thêm.jpg")
    first = add_supplement(stored, "Tôi nhớ thêm số xe.", at=at, recorded_by=officer, uploads=[upload.pk])
    second = add_supplement(stored, "Tôi nhớ thêm số xe.", at=at)
    assert (first.text, first.recorded_by, first.added_at) == ("Tôi nhớ thêm số xe.", officer, at)
    assert len(first.salt) == 32
    assert first.salt != second.salt
    kept = Evidence.objects.get()
    assert (kept.complaint, kept.supplement, kept.original_name) == (stored, first, "thêm.jpg")


def test_a_supplement_adds_the_identifiers_it_names_once() -> None:
    (stored,) = record(lodgement(identifiers=(("phone", "0987654321"),), person=Person(name="Mẫu", phone="0912345678")))
    add_supplement(stored, "Gọi tôi 0912345678. Họ còn dùng 0987 654 321 và stk 0071001234567 vcb.", at=clock.now())
    assert set(stored.indicators.values_list("kind", "value", "from_text")) == {
        ("phone", "+84987654321", False),
        ("bank_account", "0071001234567", True),
    }
