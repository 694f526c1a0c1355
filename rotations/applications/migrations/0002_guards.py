from django.db import migrations

from usce.database import append_only_but_emptied, never_changed


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]
    operations = [
        append_only_but_emptied("applications_decision", "reason"),
        never_changed("applications_judgment"),
    ]
