from datetime import timedelta

from django.db import migrations, models


def spells(apps, schema_editor):
    """Until now only how long a clock had stood was kept, not when: the spell is laid at its start."""
    clocks = apps.get_model("workflows", "Clock")
    for row in clocks.objects.filter(paused_for__gt=timedelta(0), ended_at=None).iterator():
        row.stood = [[row.started_at.isoformat(), (row.started_at + row.paused_for).isoformat()]]
        row.save(update_fields=["stood"])


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0017_constraint_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="clock",
            name="stood",
            field=models.JSONField(blank=True, default=list, verbose_name="stood"),
        ),
        migrations.RunPython(spells, migrations.RunPython.noop),
    ]
