import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from usce.accounts.models import User
from usce.audit.actions import record, record_access
from usce.audit.models import AccessLog, AuditEntry, AuditSeal
from usce.audit.sealing import Break, digest_of, seal, verify
from usce.audit.tasks import ChainBroken, verify_chain
from usce.permissions import SYSTEM


@pytest.fixture
def chain(amina: User, now: dt.datetime, settings: Settings, tmp_path: Path) -> User:
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchor.log"
    for number in range(4):
        record(f"test.{number}", amina, actor=SYSTEM, now=now, changes={"n": (0, number)})
    assert seal(now) == 4
    return amina


def as_owner(statement: str) -> None:
    """What an intruder with the rights of the tables' owner would do: the guards off first."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # ALTER TABLE waits for no pending check
        for table in ("audit_auditentry", "audit_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        for table in ("audit_auditentry", "audit_auditseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_untouched_chain_verifies(chain: User) -> None:
    assert verify() is None
    call_command("verify_audit")


def test_seal_again_seals_nothing(chain: User, now: dt.datetime) -> None:
    assert seal(now) == 0


def test_edited_entry_is_named(chain: User) -> None:
    second = AuditSeal.objects.get(position=2).entry_id
    as_owner(f"UPDATE audit_auditentry SET reason = 'x' WHERE id = {second}")
    assert verify() == Break(2, "an entry was edited or put in")


def test_deleted_entry_is_named(chain: User) -> None:
    as_owner("DELETE FROM audit_auditseal WHERE position = 3")
    assert verify() == Break(3, "an entry was deleted")


def test_cut_off_end_is_named(chain: User) -> None:
    as_owner("DELETE FROM audit_auditseal WHERE position > 2")
    assert verify() == Break(3, "the newest entries were cut off")


def test_rewritten_end_is_named(chain: User, now: dt.datetime) -> None:
    as_owner("DELETE FROM audit_auditseal WHERE position = 4")
    last = AuditEntry.objects.order_by("id").last()
    assert last is not None
    as_owner(f"UPDATE audit_auditentry SET reason = 'x' WHERE id = {last.pk}")
    AuditSeal.objects.create(
        position=4, entry=last, sealed_at=now, digest=_digest_over(last.pk, position=3)
    )
    assert verify() == Break(4, "the chain was written anew")


def test_nightly_look_fails_where_staff_see_it(chain: User) -> None:
    verify_chain()
    as_owner("DELETE FROM audit_auditseal WHERE position = 4")
    with pytest.raises(ChainBroken, match="Position"):
        verify_chain()


def _digest_over(entry_id: int, *, position: int) -> str:
    return digest_of(
        AuditEntry.objects.get(pk=entry_id), AuditSeal.objects.get(position=position).digest
    )


def test_missing_anchor_is_named(chain: User, settings: Settings, tmp_path: Path) -> None:
    settings.AUDIT_ANCHOR_FILE = tmp_path / "elsewhere.log"
    with pytest.raises(CommandError, match="the anchor file is missing"):
        call_command("verify_audit")


@pytest.mark.parametrize("table", ["audit_auditentry", "audit_auditseal", "audit_accesslog"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_database_refuses_to_change_history(
    chain: User, dora: User, now: dt.datetime, table: str, verb: str
) -> None:
    record_access("test.opened", chain, viewer=dora, subject=chain, now=now)
    key = "position" if table.endswith("seal") else "id"
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="rows are only added"), transaction.atomic():
        connection.cursor().execute(verb.format(table, key, key))


def test_own_view_is_not_logged(amina: User, now: dt.datetime) -> None:
    record_access("test.opened", amina, viewer=amina, subject=amina, now=now)
    assert AccessLog.objects.count() == 0
