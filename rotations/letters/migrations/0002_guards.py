from django.db import migrations

from usce.database import append_only, columns_never_changed

# What was asked, of whom and for what, and the signed choice about the right to see it.
FIXED = (
    *("learner_id", "placement_id", "preceptor_id", "target", "specialty_id", "form", "waived"),
    "asked_at",
)


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial")]
    operations = [
        columns_never_changed("letters_letter", *FIXED),
        append_only("letters_packetview"),
    ]
