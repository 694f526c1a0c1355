import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
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
    ]
