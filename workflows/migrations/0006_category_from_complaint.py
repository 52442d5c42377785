"""Cases lodged before officers classified them start from what the citizen named."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    Case = apps.get_model("workflows", "Case")
    Complaint = apps.get_model("complaints", "Complaint")
    named = Complaint.objects.filter(pk=OuterRef("complaint_id"))
    unclassified = Case.objects.filter(category=None).exclude(complaint__category=None)
    unclassified.update(category_id=Subquery(named.values("category_id")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0005_referral_track_before'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
