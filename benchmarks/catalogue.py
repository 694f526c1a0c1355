"""A catalogue made up for measuring: so many published rotations, each with 25 dates."""

from django.core.management import call_command
from django.db import connection

LARGE = 40_000
OPENINGS_EACH = 25


def fill(rotations: int) -> None:
    """Bring the database to that size; what is there already stays."""
    call_command("migrate", verbosity=0)
    call_command("load_reference")
    call_command("load_presets")
    call_command("seed_demo", rotations=rotations, openings_each=OPENINGS_EACH)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # what autovacuum has long done where people are
