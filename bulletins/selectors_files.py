"""Which of our own bulletins or reports a file is."""

from django.db.models import Q

from bulletins.bulletin_states import State
from bulletins.models import BulletinVersion
from bulletins.models_reports import Report


def version_of_file(sha256: str) -> BulletinVersion | None:
    """The version the public was told whose signed file, or whose frozen PDF before the signature, this is."""
    rows = BulletinVersion.objects.told().select_related("bulletin", "registered__register__agency")
    return rows.filter(Q(issued_sha256=sha256) | Q(sha256=sha256)).first()


def withdrawing(version: BulletinVersion) -> BulletinVersion | None:
    """The version of its bulletin that was withdrawn, which ends those it had replaced too."""
    return version.bulletin.versions.filter(state=State.WITHDRAWN).order_by("-number").first()


def report_of_file(sha256: str) -> Report | None:
    """The issued report whose PDF this is."""
    return Report.objects.select_related("number").filter(sha256=sha256).first()
