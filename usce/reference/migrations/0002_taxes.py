"""A state says whether it has rates, so that a page of one without them need not ask."""

from django.db import migrations

MARKED = """
CREATE FUNCTION reference_mark_taxed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reference_state s
    SET has_taxes = EXISTS (SELECT FROM reference_taxrate t WHERE t.state_id = s.code)
    WHERE s.code IN (SELECT state_id FROM changed);
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER reference_taxed_{name} AFTER {event} ON reference_taxrate
    REFERENCING {table} AS changed FOR EACH STATEMENT EXECUTE FUNCTION reference_mark_taxed();
"""
TABLES = {"INSERT": "NEW TABLE", "UPDATE": "NEW TABLE", "DELETE": "OLD TABLE"}


class Migration(migrations.Migration):
    dependencies = [("reference", "0001_initial")]
    operations = [
        migrations.RunSQL(
            MARKED
            + "".join(
                TRIGGER.format(name=event.lower(), event=event, table=table)
                for event, table in TABLES.items()
            ),
            "DROP FUNCTION reference_mark_taxed CASCADE",
        )
    ]
