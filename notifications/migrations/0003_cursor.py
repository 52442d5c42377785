from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Max


def number_what_is_there(apps, schema_editor):
    """The ids are in order of what was told so far, and nobody holds a cursor yet."""
    Inbox, Notification = apps.get_model("notifications", "Inbox"), apps.get_model("notifications", "Notification")
    Notification.objects.update(cursor=F("id"))
    ends = Notification.objects.order_by().values_list("recipient_id").annotate(end=Max("id"))
    Inbox.objects.bulk_create([Inbox(person_id=person, cursor=end) for person, end in ends.iterator()], batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0002_search_reason'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Inbox',
            fields=[
                ('person', models.OneToOneField(on_delete=models.deletion.CASCADE, primary_key=True, related_name='inbox', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('cursor', models.BigIntegerField(default=0, verbose_name='cursor')),
            ],
            options={'verbose_name': 'inbox', 'verbose_name_plural': 'inboxes'},
        ),
        migrations.AddField(
            model_name='notification',
            name='cursor',
            field=models.BigIntegerField(null=True, verbose_name='cursor'),
        ),
        migrations.RunPython(number_what_is_there, migrations.RunPython.noop),
    ]
