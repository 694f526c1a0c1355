import django.contrib.postgres.constraints
import django.contrib.postgres.operations
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),
        migrations.CreateModel(
            name="Country",
            fields=[
                ("source", models.CharField(max_length=300)),
                (
                    "checked_on",
                    models.DateField(help_text="when somebody last looked at the source"),
                ),
                ("code", models.CharField(max_length=2, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80, unique=True)),
            ],
            options={
                "verbose_name_plural": "countries",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="MatchCycle",
            fields=[
                ("source", models.CharField(max_length=300)),
                (
                    "checked_on",
                    models.DateField(help_text="when somebody last looked at the source"),
                ),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        help_text="of the Match", primary_key=True, serialize=False
                    ),
                ),
                ("opens_on", models.DateField()),
                ("submit_from_at", models.DateTimeField(null=True)),
                ("programs_read_from_at", models.DateTimeField(null=True)),
                ("closes_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["year"],
            },
        ),
        migrations.CreateModel(
            name="SanctionedName",
            fields=[
                ("source", models.CharField(max_length=300)),
                (
                    "checked_on",
                    models.DateField(help_text="when somebody last looked at the source"),
                ),
                (
                    "entry",
                    models.CharField(
                        help_text="the list's own number",
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("key", models.CharField(db_index=True, max_length=200)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="State",
            fields=[
                ("source", models.CharField(max_length=300)),
                (
                    "checked_on",
                    models.DateField(help_text="when somebody last looked at the source"),
                ),
                ("code", models.CharField(max_length=2, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=40, unique=True)),
                (
                    "time_zone",
                    models.CharField(help_text="of its largest city (IANA)", max_length=40),
                ),
                ("us_img_matched", models.PositiveIntegerField(null=True)),
                ("non_us_img_matched", models.PositiveIntegerField(null=True)),
                ("match_year", models.PositiveSmallIntegerField(null=True)),
                (
                    "has_taxes",
                    models.BooleanField(
                        default=False,
                        help_text="whether it has a tax rate; the database keeps it",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Specialty",
            fields=[
                ("source", models.CharField(max_length=300)),
                (
                    "checked_on",
                    models.DateField(help_text="when somebody last looked at the source"),
                ),
                ("code", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60, unique=True)),
                ("acgme_code", models.CharField(blank=True, max_length=3)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.specialty",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "specialties",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ZipPlace",
            fields=[
                ("source", models.CharField(max_length=300)),
                (
                    "checked_on",
                    models.DateField(help_text="when somebody last looked at the source"),
                ),
                ("zip", models.CharField(max_length=5, primary_key=True, serialize=False)),
                ("city", models.CharField(max_length=60)),
                ("latitude", models.DecimalField(decimal_places=5, max_digits=8)),
                ("longitude", models.DecimalField(decimal_places=5, max_digits=8)),
                ("time_zone", models.CharField(max_length=40)),
                (
                    "state",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.state",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "city"], name="zip_city")],
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                ("source", models.CharField(max_length=300)),
                (
                    "checked_on",
                    models.DateField(help_text="when somebody last looked at the source"),
                ),
                (
                    "entry",
                    models.CharField(
                        help_text="as IL-2027", max_length=40, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True, help_text="of rotations; empty: every kind", max_length=12
                    ),
                ),
                ("label", models.CharField(help_text="as 'Sales tax'", max_length=40)),
                ("percent", models.DecimalField(decimal_places=3, max_digits=5)),
                ("starts_on", models.DateField(help_text="the first day, at the site")),
                (
                    "ends_on",
                    models.DateField(
                        help_text="the last day; empty: until it is changed", null=True
                    ),
                ),
                (
                    "state",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.state",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent__gt", 0), ("percent__lte", 25)),
                        name="tax_rate_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="tax_rate_days",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("state", "="),
                            ("kind", "="),
                            (
                                models.Func(
                                    models.F("starts_on"),
                                    models.F("ends_on"),
                                    models.Value("[]"),
                                    function="daterange",
                                ),
                                "&&",
                            ),
                        ],
                        name="tax_rate_one_at_a_time",
                    ),
                ],
            },
        ),
    ]
