from django.db import migrations

from usce.database import append_only

BALANCED = """
CREATE FUNCTION payments_check_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total bigint;
BEGIN
    SELECT COALESCE(sum(amount_cents), 0) INTO total
        FROM payments_ledgerentry WHERE transaction_id = NEW.transaction_id;
    IF total <> 0 THEN
        RAISE EXCEPTION 'ledger transaction % is out of balance by % cents', NEW.transaction_id, total
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_ledger_balanced AFTER INSERT ON payments_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_check_balanced();
"""
NUMBERED = """
CREATE FUNCTION payments_freeze_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.total_cents <> OLD.total_cents OR NEW.payer_id <> OLD.payer_id
        OR NEW.currency <> OLD.currency OR (NEW.payer_name <> OLD.payer_name AND NEW.payer_name NOT LIKE 'Former member %')
        OR NEW.purpose <> OLD.purpose OR (OLD.number <> '' AND NEW.number <> OLD.number) THEN
        RAISE EXCEPTION 'an invoice never changes its sum, payer, purpose or number'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_invoice_frozen BEFORE UPDATE ON payments_invoice
    FOR EACH ROW EXECUTE FUNCTION payments_freeze_invoice();
"""
CLOSED = """
CREATE FUNCTION payments_refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Closing takes this lock alone, so no entry slips in while a month is being closed.
    PERFORM pg_advisory_xact_lock_shared(hashtext('payments_month_close'));
    IF EXISTS (SELECT FROM payments_monthclose
               WHERE month >= date_trunc('month', NEW.at AT TIME ZONE 'UTC')::date) THEN
        RAISE EXCEPTION 'the month of % is closed', NEW.at
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_ledger_open_month BEFORE INSERT ON payments_ledgertransaction
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_closed_month();
"""
BOOKED = """
CREATE TRIGGER payments_booked_frozen BEFORE DELETE OR UPDATE OF
    stripe_id, kind, net_cents, fee_cents, source_id, ledger_key, fee_key, booked_at
    ON payments_balancetransaction FOR EACH ROW EXECUTE FUNCTION rounds_refuse_change();
"""

CREDITED = """
CREATE TRIGGER payments_credit_frozen BEFORE DELETE OR UPDATE OF
    public_id, party_id, refund_id, currency, amount_cents, given_at
    ON payments_credit FOR EACH ROW EXECUTE FUNCTION rounds_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [
        append_only("payments_ledgertransaction"),
        append_only("payments_ledgerentry"),
        append_only("payments_invoiceline"),
        append_only("payments_creditnote"),
        migrations.RunSQL(BALANCED, "DROP FUNCTION payments_check_balanced CASCADE"),
        append_only("payments_monthclose"),
        migrations.RunSQL(CLOSED, "DROP FUNCTION payments_refuse_closed_month CASCADE"),
        migrations.RunSQL(
            BOOKED, "DROP TRIGGER payments_booked_frozen ON payments_balancetransaction"
        ),
        migrations.RunSQL(CREDITED, "DROP TRIGGER payments_credit_frozen ON payments_credit"),
        migrations.RunSQL(NUMBERED, "DROP FUNCTION payments_freeze_invoice CASCADE"),
    ]
