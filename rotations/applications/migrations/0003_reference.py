from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_guards")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE applications_reference START 1001",
            "DROP SEQUENCE applications_reference",
        ),
    ]
