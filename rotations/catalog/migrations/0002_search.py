"""What keeps the search rows true; the statements are in `search.sql` beside this file."""

from pathlib import Path

from django.db import migrations

COLUMNS = (
    *("rotation_id", "specialty", "kind", "setting", "provider_kind", "state", "city_key"),
    *("latitude", "longitude", "hands_on", "letterhead", "residents_present"),
    *("gives_certificate", "license_checked_on", "published_at", "base_cents", "weekly_cents"),
    "tax_millis",
    *("needs_status", "needs_visa", "needs_years", "needs_step1", "needs_step2"),
    *(
        "needs_ecfmg",
        "needs_attempts",
        "needs_score",
        "needs_window",
        "needs_enrolment",
        "soonest_on",
        "starts",
        "least_weeks",
        "most_weeks",
        "least_cents",
        "open_seats",
        "open_dates",
        "document",
    ),
)
EVERY = ("INSERT", "UPDATE", "DELETE")
TRIGGERS = (
    ("catalog_rotation", "catalog_search_by_id", ("INSERT", "UPDATE")),
    ("catalog_opening", "catalog_search_by_rotation", EVERY),
    ("catalog_duty", "catalog_search_by_rotation", EVERY),
    ("catalog_requirement", "catalog_search_by_rotation", EVERY),
    ("providers_provider", "catalog_search_by_provider", ("UPDATE",)),
    ("providers_site", "catalog_search_by_site", ("UPDATE",)),
    ("providers_preceptor", "catalog_search_by_preceptor", ("UPDATE",)),
    ("reference_taxrate", "catalog_search_by_tax", EVERY),
)
TABLES = {
    "INSERT": "NEW TABLE AS changed",
    "UPDATE": "OLD TABLE AS was NEW TABLE AS changed",
    "DELETE": "OLD TABLE AS changed",
}


def listed(prefix=""):
    return ", ".join(prefix + column for column in COLUMNS)


def machinery():
    text = (Path(__file__).parent / "search.sql").read_text()
    text = text.replace("{columns}", listed())
    text = text.replace("{current}", listed("c.")).replace("{excluded}", listed("excluded."))
    return text + "".join(
        f"CREATE TRIGGER catalog_search_{event.lower()} AFTER {event} ON {table}\n"
        f"    REFERENCING {TABLES[event]}\n"
        f"    FOR EACH STATEMENT EXECUTE FUNCTION {function}();\n"
        for table, function, events in TRIGGERS
        for event in events
    )


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("providers", "0001_initial"),
        ("reference", "0001_initial"),
    ]

    operations = [migrations.RunSQL(machinery())]
