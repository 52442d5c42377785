"""Which of our own bulletins a file is."""

from django.db.models import Q

from bulletins.models import BulletinVersion


def version_of_file(sha256: str) -> BulletinVersion | None:
    """The version the public was told whose signed file, or whose frozen PDF before the signature, this is."""
    rows = BulletinVersion.objects.told().select_related("bulletin", "registered__register__agency")
    return rows.filter(Q(issued_sha256=sha256) | Q(sha256=sha256)).first()
