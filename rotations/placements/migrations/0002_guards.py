from django.db import migrations

from usce.database import append_only


class Migration(migrations.Migration):
    dependencies = [("placements", "0001_initial")]
    operations = [append_only("placements_checkin")]
