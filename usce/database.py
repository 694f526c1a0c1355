"""Guards that only the database can keep, as migration operations."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION rounds_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: rows are only added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on the table, for whoever asks."""
    return migrations.RunSQL(
        f"""{FUNCTION}
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION rounds_refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION rounds_refuse_change();""",
        f"""DROP TRIGGER {table}_append_only ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};""",
    )
