"""A case as a file: what it holds, and that only what fits is taken in, once and whole."""

import io
import json
import zipfile
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from agencies.actors import Member, System
from complaints.models import Complaint, Draft, Evidence, Scan, Upload
from complaints.storage import store, stored_names
from events import clock
from events.models import Event
from tests import factories
from tests.factories import journeys
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Case, PassingOn
from workflows.passing_on import BadPackage
from workflows.services import correspondence
from workflows.services.passing_on import confirm_passing_on, fetch_package, pass_on
from workflows.services.receiving import import_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct(settings, tmp_path) -> Member:
    settings.MEDIA_ROOT = tmp_path
    return factories.member("sct")


def picture() -> BytesIO:
    made = BytesIO()
    Image.new("RGB", (40, 30), "orange").save(made, "JPEG")
    made.seek(0)
    return made


def with_picture(case: Case, *, scanned: bool = True) -> Evidence:
    stored = store(picture())
    row = Evidence.objects.create(
        complaint=case.complaint, file=stored.name, sha256=stored.sha256, size=stored.size, media_type="image/jpeg",
        original_name="../ảnh <1>.jpg", added_at=clock.now(),
    )  # fmt: skip
    if scanned:
        Scan.objects.create(evidence=row, verdict=Scan.Verdict.CLEAN, scanned_at=clock.now())
    return row


def passed_on(by: Member, **more) -> PassingOn:
    case = journeys.accepted(by, amount=2_000_000, identifiers=(("phone", "0911222333"),)).case
    with_picture(case)
    correspondence.add_note(case_id=case.pk, by=by, text="GHI CHÚ NỘI BỘ", audience="shared")
    facts = {"to_name": "Sở Công Thương tỉnh Cà Mau", "reason": "Người bán ở Cà Mau."}
    return pass_on(case_id=case.pk, by=by, version=case.version, **(facts | more))


def package_of(passing: PassingOn, by: Member) -> bytes:
    with fetch_package(case_id=passing.case_id, pk=passing.pk, by=by) as file:
        return file.read()


def changed(package: bytes, **entries: bytes | None) -> BytesIO:
    """The package with entries replaced, added or (None) left out."""
    made, source = BytesIO(), zipfile.ZipFile(BytesIO(package))
    contents = {name: source.read(name) for name in source.namelist()} | entries
    with zipfile.ZipFile(made, "w") as target:
        for name, content in contents.items():
            if content is not None:
                target.writestr(name, content)
    made.seek(0)
    return made


def with_manifest(package: bytes, **said) -> BytesIO:
    manifest = json.loads(zipfile.ZipFile(BytesIO(package)).read("manifest.json"))
    return changed(package, **{"manifest.json": json.dumps(manifest | said).encode()})


def test_it_holds_the_case_and_no_note_and_no_sender_unless_chosen(sct):
    passing = passed_on(sct)
    package = zipfile.ZipFile(BytesIO(package_of(passing, sct)))
    assert sorted(package.namelist()) == ["files/01", "manifest.json", "sheet.pdf"]
    said = package.read("manifest.json").decode()
    assert "GHI CHÚ" not in said
    assert "Trần Thị Mẫu" not in said
    assert json.loads(said)["case"]["amount"] == 2_000_000
    assert package.read("sheet.pdf").startswith(b"%PDF-")
    assert Event.objects.filter(kind="case.passing_on_fetched").count() == 1
    named = package_of(passed_on(sct, shares_identity=True), sct)
    assert "Trần Thị Mẫu" in zipfile.ZipFile(BytesIO(named)).read("manifest.json").decode()


def test_it_is_taken_in_once_with_its_files(sct, django_assert_num_queries):
    passing = passed_on(sct, shares_identity=True)
    package = package_of(passing, sct)
    receipt = import_referral(BytesIO(package), by=System("import"), agency=sct.agency)
    case = Case.objects.select_related("complaint__complainant").get(pk=receipt.case_id)
    assert (case.complaint.origin, case.complaint.source, case.complaint.source_id) == (
        "import", "referral:localhost:8000", passing.case.number,
    )  # fmt: skip
    assert (case.complaint.narrative, case.complaint.amount) == (passing.case.complaint.narrative, 2_000_000)
    assert case.complaint.complainant.name == "Trần Thị Mẫu"
    assert sorted(case.complaint.evidence.values_list("original_name", flat=True)) == ["Phieu chuyen.pdf", "ảnh 1.jpg"]
    with django_assert_num_queries(1):
        again = import_referral(BytesIO(package), by=System("import"), agency=sct.agency)
    assert (again.case_id, again.repeated) == (receipt.case_id, True)
    assert not Upload.objects.exists()
    assert not Draft.objects.exists()


def _zip(**entries: bytes) -> BytesIO:
    return changed(_empty(), **entries)


def _empty() -> bytes:
    made = BytesIO()
    zipfile.ZipFile(made, "w").close()
    return made.getvalue()


BROKEN = (
    lambda package: BytesIO(b""),
    lambda package: BytesIO(b"not a zip"),
    lambda package: BytesIO(package[: len(package) // 2]),
    lambda package: _zip(),
    lambda package: changed(package, **{"../../etc/passwd": b"x"}),
    lambda package: changed(package, **{"files/../x": b"x"}),
    lambda package: changed(package, **{"files/02": b"more"}),
    lambda package: changed(package, **{"files/01": None}),
    lambda package: changed(package, **{"files/01": b"other bytes"}),
    lambda package: changed(package, **{"sheet.pdf": b"%PDF-1.4 other"}),
    lambda package: changed(package, **{"manifest.json": b"{"}),
    lambda package: changed(package, **{"manifest.json": b"[" * 100_000}),
    lambda package: changed(package, **{"manifest.json": b"[]"}),
    lambda package: with_manifest(package, schema="casemgr-referral/99"),
    lambda package: with_manifest(package, case={}),
    lambda package: with_manifest(package, case=[1]),
    lambda package: with_manifest(package, number="../../x"),
    lambda package: with_manifest(package, identifiers=[["phone"]]),
    lambda package: with_manifest(package, identifiers=[[1, 2]]),
    lambda package: with_manifest(package, supplements=[{"a": 1}]),
    lambda package: with_manifest(package, sender={"name": "x" * 200}),
    lambda package: with_manifest(package, files=[{"path": "files/01", "name": 3, "sha256": "x", "size": True}]),
    lambda package: with_manifest(package, sheet=None),
    lambda package: with_manifest(package, **{"from": {"installation": "<script>", "agency": ""}}),
)


def test_what_does_not_fit_is_refused_and_nothing_stays(sct):
    # One package for all: laying out its sheet is what takes time.
    package = package_of(passed_on(sct), sct)
    cases, files = Case.objects.count(), set(stored_names("evidence"))
    for number, broken in enumerate(BROKEN):
        with pytest.raises(BadPackage):
            import_referral(broken(package), by=System("import"), agency=sct.agency)
        assert (Case.objects.count(), Draft.objects.count(), Upload.objects.count()) == (cases, 0, 0), number
        assert set(stored_names("evidence")) == files, number


def test_a_bomb_is_refused_by_its_size_before_it_is_unpacked(sct, settings):
    settings.EVIDENCE_MAX_BYTES = 1024
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("files/01", b"0" * 30 * 1024**2)
    bomb.seek(0)
    with pytest.raises(BadPackage, match="4 MB"):
        import_referral(bomb, by=System("import"), agency=sct.agency)


def test_a_file_not_scanned_yet_waits(sct):
    case = journeys.accepted(sct).case
    with_picture(case, scanned=False)
    with pytest.raises(InvalidInput):
        pass_on(case_id=case.pk, by=sct, version=case.version, to_name="Sở X", reason="x")
    assert pass_on(case_id=case.pk, by=sct, version=case.version, to_name="Sở X", reason="x", files=[])


@pytest.mark.parametrize(("start", "state"), [(journeys.accepted, "refused"), (journeys.investigating, "resolved")])
def test_the_case_ends_here_only_when_that_was_chosen(sct, start, state):
    case = start(sct).case
    facts = {"to_name": "Sở X", "reason": "Người bán ở đó."}
    pass_on(case_id=case.pk, by=sct, version=case.version, **facts)
    assert Case.objects.get(pk=case.pk).state == case.state
    pass_on(case_id=case.pk, by=sct, version=case.version, ends=True, explanation="Sở X có hồ sơ của anh.", **facts)
    assert Case.objects.get(pk=case.pk).state == state


def test_their_confirmation_is_recorded_once(sct):
    passing = passed_on(sct)
    confirm_passing_on(case_id=passing.case_id, pk=passing.pk, by=sct, confirmation="96-AAAAA-BBBBB")
    with pytest.raises(MoveNotAllowed):
        confirm_passing_on(case_id=passing.case_id, pk=passing.pk, by=sct, confirmation="lần nữa")


def test_the_command_takes_it_in_and_says_what_is_wrong(sct, tmp_path, capsys):
    path = tmp_path / "case.zip"
    path.write_bytes(package_of(passed_on(sct), sct))
    call_command("import_referral", path, agency="sct")
    call_command("import_referral", path, agency="sct")
    assert "was there before" in capsys.readouterr().out
    assert Complaint.objects.filter(origin="import").count() == 1
    path.write_bytes(b"x")
    for arguments in ({"agency": "sct"}, {"agency": "nobody"}):
        with pytest.raises(CommandError):
            call_command("import_referral", path, **arguments)
    with pytest.raises(CommandError):
        call_command("import_referral", tmp_path / "missing.zip", agency="sct")
