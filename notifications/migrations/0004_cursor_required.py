from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_cursor'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notification',
            name='cursor',
            field=models.BigIntegerField(verbose_name='cursor'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.UniqueConstraint(fields=('recipient', 'cursor'), name='notification_cursor'),
        ),
    ]
