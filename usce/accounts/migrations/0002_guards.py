from django.db import migrations

from usce.database import append_only_but_emptied


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        append_only_but_emptied("accounts_consentrecord", "ip_address", "signed_name"),
    ]
