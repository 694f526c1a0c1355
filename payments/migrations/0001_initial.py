import django.db.models.deletion
import django.db.models.expressions
import usce.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    usce.ids.PublicIdField(
                        default=usce.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True, help_text="receipt number, once paid", max_length=20
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        help_text="one line, as on the card statement page", max_length=200
                    ),
                ),
                ("currency", models.CharField(default="usd", max_length=3)),
                ("total_cents", models.PositiveBigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("paid", "Paid"), ("void", "Void")],
                        default="open",
                        max_length=4,
                    ),
                ),
                (
                    "mails_receipts",
                    models.BooleanField(
                        default=True,
                        help_text="each payment is told; where not, another mail says it",
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(null=True)),
                ("voided_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LedgerTransaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unique_key", models.CharField(max_length=120, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("next_number", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="BalanceTransaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stripe_id", models.CharField(max_length=60, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("net_cents", models.BigIntegerField()),
                ("fee_cents", models.BigIntegerField()),
                ("source_id", models.CharField(blank=True, max_length=60)),
                ("ledger_key", models.CharField(blank=True, max_length=120)),
                ("fee_key", models.CharField(blank=True, max_length=120)),
                ("booked_at", models.DateTimeField()),
                ("matched_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["booked_at", "id"], name="balance_booked"),
                    models.Index(
                        condition=models.Q(("matched_at__isnull", True)),
                        fields=["id"],
                        name="balance_unmatched",
                    ),
                    models.Index(fields=["ledger_key"], name="balance_ledger_key"),
                    models.Index(
                        condition=models.Q(("fee_key", ""), _negated=True),
                        fields=["fee_key"],
                        name="balance_fee_key",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(help_text="transfer.create, ...", max_length=40)),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("idempotency_key", models.CharField(max_length=80, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("answered", "Answered"),
                            ("given_up", "Given Up"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("stripe_id", models.CharField(blank=True, max_length=60)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["made_at"],
                        name="call_waiting",
                    ),
                    models.Index(fields=["subject_type", "subject_id"], name="call_subject"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "answered", "given_up"])),
                        name="call_state",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("kind", "subject_type", "subject_id"),
                        name="call_one_waiting",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    usce.ids.PublicIdField(
                        default=usce.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing", "Stripe has it, the ledger does not"),
                            ("amount", "Stripe has another sum than the ledger"),
                            ("ledger_only", "The ledger has it, Stripe does not"),
                        ],
                        max_length=11,
                    ),
                ),
                ("stripe_cents", models.BigIntegerField()),
                ("ledger_cents", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("explained", "Explained"),
                            ("repaired", "Repaired"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("found_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "balance_transaction",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="difference",
                        to="payments.balancetransaction",
                    ),
                ),
                (
                    "ledger_transaction",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="difference",
                        to="payments.ledgertransaction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MonthClose",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(help_text="its first day, UTC", unique=True)),
                ("balances", models.JSONField()),
                ("closed_at", models.DateTimeField()),
                (
                    "closed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    usce.ids.PublicIdField(
                        default=usce.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "Person"),
                            ("provider", "Provider"),
                            ("platform", "Platform"),
                        ],
                        max_length=8,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "email",
                    models.EmailField(
                        blank=True, help_text="of a payer without an account", max_length=254
                    ),
                ),
                ("stripe_customer_id", models.CharField(blank=True, max_length=60)),
                (
                    "money_path",
                    models.CharField(
                        blank=True,
                        help_text="the page on which a provider sees its money",
                        max_length=120,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "parties",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["person", "provider", "platform"])),
                        name="party_kind",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "platform")),
                        fields=("kind",),
                        name="party_one_platform",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("stripe_customer_id", ""), _negated=True),
                        fields=("stripe_customer_id",),
                        name="party_customer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("stripe_balance", "What Stripe holds for us"),
                            ("stripe_fees", "Fees taken by Stripe"),
                            ("held_for_payees", "Held until attendance"),
                            ("platform_fees", "Our own fees"),
                            ("unallocated", "Received, but for nothing that is still open"),
                            ("refunds_owed", "Refunds asked for, not yet done"),
                            ("payouts_due", "Released, on its way to providers"),
                            ("receivables", "Owed to us by providers"),
                            ("disputed", "Taken back by banks until they decide"),
                            ("bank", "Our bank account"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "amount_cents",
                    models.BigIntegerField(help_text="debit positive, credit negative"),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="payments.ledgertransaction",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.party",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "ledger entries",
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=120)),
                ("amount_cents", models.PositiveBigIntegerField()),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="payments.invoice",
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.party",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="invoice",
            name="payer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoices",
                to="payments.party",
            ),
        ),
        migrations.CreateModel(
            name="PartyMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="payments.party",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    usce.ids.PublicIdField(
                        default=usce.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                ("amount_cents", models.PositiveBigIntegerField()),
                (
                    "refunded_cents",
                    models.PositiveBigIntegerField(default=0, help_text="asked for or done"),
                ),
                (
                    "is_late",
                    models.BooleanField(
                        default=False, help_text="it came for nothing that was open"
                    ),
                ),
                (
                    "lost_cents",
                    models.PositiveBigIntegerField(default=0, help_text="taken by a lost dispute"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("requires_action", "Requires Action"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("canceled", "Canceled"),
                        ],
                        default="pending",
                        max_length=15,
                    ),
                ),
                ("idempotency_key", models.CharField(max_length=60, unique=True)),
                ("stripe_session_id", models.CharField(blank=True, max_length=100)),
                ("stripe_intent_id", models.CharField(blank=True, max_length=60)),
                ("checkout_url", models.TextField(blank=True)),
                (
                    "card",
                    models.CharField(blank=True, help_text="as 'Visa ending 4242'", max_length=40),
                ),
                ("failure_code", models.CharField(blank=True, max_length=60)),
                ("failure_message", models.CharField(blank=True, max_length=300)),
                ("expires_at", models.DateTimeField(help_text="when its Checkout page closes")),
                ("created_at", models.DateTimeField()),
                ("succeeded_at", models.DateTimeField(null=True)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="payments.invoice",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.party",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    usce.ids.PublicIdField(
                        default=usce.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                ("stripe_dispute_id", models.CharField(max_length=60, unique=True)),
                ("amount_cents", models.PositiveBigIntegerField()),
                ("reason", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("needs_response", "Needs Response"),
                            ("under_review", "Under Review"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                        ],
                        default="needs_response",
                        max_length=14,
                    ),
                ),
                ("pack", models.JSONField(default=dict)),
                ("opened_at", models.DateTimeField()),
                (
                    "due_at",
                    models.DateTimeField(help_text="until when the bank hears us", null=True),
                ),
                ("submitted_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="payments.payment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    usce.ids.PublicIdField(
                        default=usce.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                ("amount_cents", models.PositiveBigIntegerField()),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("connect", "To a bank account, by Stripe"),
                            ("remittance", "To the treasury, by bank remittance"),
                        ],
                        help_text="once known",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "Pending"), ("paid", "Paid"), ("failed", "Failed")],
                        default="pending",
                        max_length=7,
                    ),
                ),
                ("stripe_transfer_id", models.CharField(blank=True, max_length=60)),
                ("failure", models.CharField(blank=True, max_length=200)),
                ("bank_reference", models.CharField(blank=True, max_length=80)),
                ("sent_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="payments.party",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PayoutAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    usce.ids.PublicIdField(
                        default=usce.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("connect", "To a bank account, by Stripe"),
                            ("remittance", "To the treasury, by bank remittance"),
                        ],
                        max_length=10,
                    ),
                ),
                ("stripe_account_id", models.CharField(blank=True, max_length=60)),
                (
                    "is_ready",
                    models.BooleanField(default=False, help_text="money can be sent there now"),
                ),
                (
                    "is_submitted",
                    models.BooleanField(default=False, help_text="the hosted form was completed"),
                ),
                ("closed_reason", models.CharField(blank=True, max_length=80)),
                (
                    "remit_to",
                    models.CharField(
                        blank=True, help_text="name and last four digits", max_length=120
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                (
                    "checked_at",
                    models.DateTimeField(
                        help_text="when Stripe last said how it stands", null=True
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout_account",
                        to="payments.party",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    usce.ids.PublicIdField(
                        default=usce.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                ("amount_cents", models.PositiveBigIntegerField()),
                ("reason", models.CharField(help_text="late, canceled, ...", max_length=40)),
                (
                    "mails_details_to",
                    models.EmailField(
                        blank=True,
                        help_text="Stripe asks there where the money shall go",
                        max_length=254,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=9,
                    ),
                ),
                ("idempotency_key", models.CharField(max_length=60, unique=True)),
                ("stripe_refund_id", models.CharField(blank=True, max_length=60)),
                ("failure_reason", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField()),
                ("succeeded_at", models.DateTimeField(null=True)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="payments.payment",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        help_text="the refund that came back, now sent by another way",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="payments.refund",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NewDetails",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    usce.ids.PublicIdField(
                        default=usce.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "holder",
                    models.CharField(
                        help_text="of the new account, as the payer told", max_length=200
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("agreed_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="new_details",
                        to="payments.refund",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "new details",
            },
        ),
        migrations.CreateModel(
            name="CreditNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                ("issued_at", models.DateTimeField()),
                (
                    "refund",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_note",
                        to="payments.refund",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Repair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    usce.ids.PublicIdField(
                        default=usce.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("stripe_balance", "What Stripe holds for us"),
                            ("stripe_fees", "Fees taken by Stripe"),
                            ("held_for_payees", "Held until attendance"),
                            ("platform_fees", "Our own fees"),
                            ("unallocated", "Received, but for nothing that is still open"),
                            ("refunds_owed", "Refunds asked for, not yet done"),
                            ("payouts_due", "Released, on its way to providers"),
                            ("receivables", "Owed to us by providers"),
                            ("disputed", "Taken back by banks until they decide"),
                            ("bank", "Our bank account"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.TextField()),
                ("proposed_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(null=True)),
                ("dropped_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "difference",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repairs",
                        to="payments.difference",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.party",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reversal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    usce.ids.PublicIdField(
                        default=usce.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                ("amount_cents", models.PositiveBigIntegerField()),
                ("collected_cents", models.PositiveBigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=9,
                    ),
                ),
                ("stripe_reversal_id", models.CharField(blank=True, max_length=60)),
                ("failure", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="payments.payout",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StripeEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.CharField(max_length=100, unique=True)),
                ("kind", models.CharField(max_length=100)),
                ("api_version", models.CharField(blank=True, max_length=40)),
                ("payload", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("processed", "Processed"),
                            ("ignored", "Ignored"),
                            ("failed", "Failed"),
                        ],
                        default="received",
                        max_length=9,
                    ),
                ),
                ("error", models.TextField(blank=True)),
                ("received_at", models.DateTimeField()),
                ("processed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("received", "failed"))),
                        fields=["received_at"],
                        name="event_unprocessed",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["received", "processed", "ignored", "failed"])
                        ),
                        name="event_state",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    usce.ids.PublicIdField(
                        default=usce.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                (
                    "label",
                    models.CharField(
                        help_text="what it is for, as statements say it", max_length=200
                    ),
                ),
                (
                    "tranche",
                    models.CharField(
                        choices=[
                            ("first_day", "First day attended"),
                            ("half", "Half attended"),
                            ("end", "After the end"),
                        ],
                        max_length=9,
                    ),
                ),
                ("amount_cents", models.PositiveBigIntegerField()),
                ("reversed_cents", models.PositiveBigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("held", "Held"),
                            ("released", "Released"),
                            ("reversed", "Reversed"),
                        ],
                        default="scheduled",
                        max_length=9,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("earned_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="payments.party",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="payments.payment",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="payout",
            name="transfer",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payout",
                to="payments.transfer",
            ),
        ),
        migrations.CreateModel(
            name="TransferHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(help_text="incident, dispute, ...", max_length=40)),
                ("placed_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="payments.transfer",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "explained", "repaired"])),
                name="difference_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("balance_transaction__isnull", False), ("ledger_transaction__isnull", True)
                    ),
                    models.Q(
                        ("balance_transaction__isnull", True), ("ledger_transaction__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="difference_about_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(("stripe_cents", models.F("ledger_cents")), _negated=True),
                name="difference_differs",
            ),
        ),
        migrations.AddConstraint(
            model_name="monthclose",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)), name="month_first_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="monthclose",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_at__date__gt", models.F("month"))), name="month_is_over"
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["account", "party"], name="entry_account_party"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "account__in",
                        [
                            "stripe_balance",
                            "stripe_fees",
                            "held_for_payees",
                            "platform_fees",
                            "unallocated",
                            "refunds_owed",
                            "payouts_due",
                            "receivables",
                            "disputed",
                            "bank",
                        ],
                    )
                ),
                name="entry_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents", 0), _negated=True), name="entry_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "paid", "void"])), name="invoice_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency", "usd")), name="invoice_usd"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paid_at__isnull", False), ("state", "paid")),
                    models.Q(models.Q(("state", "paid"), _negated=True), ("paid_at__isnull", True)),
                    _connector="OR",
                ),
                name="invoice_paid_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("number",),
                name="invoice_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="partymember",
            constraint=models.UniqueConstraint(fields=("party", "user"), name="party_member_once"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["pending", "requires_action", "succeeded", "failed", "canceled"])
                ),
                name="payment_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="payment_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "refunded_cents__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount_cents"), "-", models.F("lost_cents")
                        ),
                    )
                ),
                name="payment_refund_bound",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("pending", "requires_action"))),
                fields=("invoice",),
                name="payment_one_open_per_invoice",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stripe_session_id", ""), _negated=True),
                fields=("stripe_session_id",),
                name="payment_session",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stripe_intent_id", ""), _negated=True),
                fields=("stripe_intent_id",),
                name="payment_intent",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["needs_response", "under_review", "won", "lost"])
                ),
                name="dispute_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="dispute_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at__isnull", True),
                    ("closed_at__gte", models.F("opened_at")),
                    _connector="OR",
                ),
                name="dispute_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["connect", "remittance"])),
                name="payout_account_method",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("method", "connect"),
                    models.Q(("remit_to", ""), _negated=True),
                    _connector="OR",
                ),
                name="payout_account_remittance",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stripe_account_id", ""), _negated=True),
                fields=("stripe_account_id",),
                name="payout_account_stripe",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "succeeded", "failed"])),
                name="refund_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="refund_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stripe_refund_id", ""), _negated=True),
                fields=("stripe_refund_id",),
                name="refund_stripe_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="newdetails",
            constraint=models.UniqueConstraint(
                condition=models.Q(("refused_at__isnull", True)),
                fields=("refund",),
                name="new_details_one_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="newdetails",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreed_by__isnull", True),
                    models.Q(("agreed_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="new_details_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="newdetails",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreed_at__isnull", True), ("refused_at__isnull", True), _connector="OR"
                ),
                name="new_details_one_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="repair",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "account__in",
                        [
                            "stripe_balance",
                            "stripe_fees",
                            "held_for_payees",
                            "platform_fees",
                            "unallocated",
                            "refunds_owed",
                            "payouts_due",
                            "receivables",
                            "disputed",
                            "bank",
                        ],
                    ),
                    models.Q(("account", "stripe_balance"), _negated=True),
                ),
                name="repair_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="repair",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="repair_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="repair",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dropped_at__isnull", True)),
                fields=("difference",),
                name="repair_one_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "succeeded", "failed"])),
                name="reversal_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="reversal_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.CheckConstraint(
                condition=models.Q(("collected_cents__lte", models.F("amount_cents"))),
                name="reversal_collected_bound",
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["subject_type", "subject_id"], name="transfer_subject"),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                condition=models.Q(("earned_at__isnull", False), ("state", "scheduled")),
                fields=["due_at"],
                name="transfer_earned",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["scheduled", "held", "released", "reversed"])),
                name="transfer_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("tranche__in", ["first_day", "half", "end"])),
                name="transfer_tranche",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("reversed_cents__lte", models.F("amount_cents"))),
                name="transfer_reversed_bound",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("released_at__isnull", True), ("earned_at__isnull", False), _connector="OR"
                ),
                name="transfer_earned_before_released",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(
                fields=("payment", "payee", "tranche"), name="transfer_once"
            ),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["payee", "-id"], name="payout_of_payee"),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "paid", "failed"])),
                name="payout_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["", "connect", "remittance"])),
                name="payout_method",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("recorded_by")), _negated=True),
                    _connector="OR",
                ),
                name="payout_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "remittance"), ("state", "paid"), _negated=True),
                    models.Q(("approved_by__isnull", False), ("recorded_by__isnull", False)),
                    _connector="OR",
                ),
                name="payout_remittance_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paid_at__isnull", False), ("state", "paid")),
                    models.Q(models.Q(("state", "paid"), _negated=True), ("paid_at__isnull", True)),
                    _connector="OR",
                ),
                name="payout_paid_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stripe_transfer_id", ""), _negated=True),
                fields=("stripe_transfer_id",),
                name="payout_stripe_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="transferhold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=("transfer", "reason"),
                name="transfer_hold_once",
            ),
        ),
    ]
