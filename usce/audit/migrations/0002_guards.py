from django.db import migrations

from usce.database import append_only, append_only_for


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        append_only("audit_auditentry"),
        append_only("audit_auditseal"),
        append_only_for("audit_accesslog", "3 years"),
    ]
