"""Guards that only the database can keep, as migration operations."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION rounds_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: rows are only added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


# A row may lose what erasure takes from it, and nothing else of it may change.
EMPTYING = """
CREATE OR REPLACE FUNCTION rounds_refuse_all_but_emptying() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
        FOREACH name IN ARRAY TG_ARGV LOOP
            IF coalesce(to_jsonb(NEW) ->> name, '')
                NOT IN ('', coalesce(to_jsonb(OLD) ->> name, '')) THEN
                RAISE EXCEPTION '% on % is refused: % can only be emptied', TG_OP, TG_TABLE_NAME,
                    name USING ERRCODE = 'integrity_constraint_violation';
            END IF;
        END LOOP;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: rows are only added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
# What was kept its time may go.
OUTLIVED = """
CREATE OR REPLACE FUNCTION rounds_refuse_all_but_outlived() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - TG_ARGV[0]::interval THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on % is refused: rows are only added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def never_changed(table: str) -> migrations.RunSQL:
    """Refuse UPDATE on the table: what stands there stays as it is, until it is erased whole."""
    return migrations.RunSQL(
        f"""{FUNCTION}
        CREATE TRIGGER {table}_never_changed BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION rounds_refuse_change();""",
        f"DROP TRIGGER {table}_never_changed ON {table};",
    )


def columns_never_changed(table: str, *columns: str) -> migrations.RunSQL:
    """Refuse DELETE, and an UPDATE that names one of these columns; the others may change."""
    return migrations.RunSQL(
        f"""{FUNCTION}
        CREATE TRIGGER {table}_columns_never_changed
            BEFORE DELETE OR UPDATE OF {", ".join(columns)} ON {table}
            FOR EACH ROW EXECUTE FUNCTION rounds_refuse_change();""",
        f"DROP TRIGGER {table}_columns_never_changed ON {table};",
    )


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on the table, for whoever asks."""
    return _guarded(table, FUNCTION, "rounds_refuse_change()")


def append_only_but_emptied(table: str, *columns: str) -> migrations.RunSQL:
    """As `append_only`, but these columns of a row may be set to '' or NULL."""
    arguments = ", ".join(f"'{column}'" for column in columns)
    return _guarded(table, EMPTYING, f"rounds_refuse_all_but_emptying({arguments})")


def append_only_for(table: str, period: str) -> migrations.RunSQL:
    """As `append_only`, but a row whose `at` lies further back than the period may be deleted."""
    return _guarded(table, OUTLIVED, f"rounds_refuse_all_but_outlived('{period}')")


def _guarded(table: str, function: str, call: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""{FUNCTION}{function if function != FUNCTION else ""}
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {call};
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION rounds_refuse_change();""",
        f"""DROP TRIGGER {table}_append_only ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};""",
    )
