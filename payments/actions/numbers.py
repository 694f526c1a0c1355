"""Numbers of papers: without gaps, a series a kind and year; last in the lock order."""

from payments.models import NumberSeries

PREFIXES = {"receipt": "", "credit": "C"}


def next_number(kind: str, year: int) -> str:
    """Taken under the series' lock, in the transaction that uses it: undone, it is taken again."""
    name = f"{kind}-{year}"
    NumberSeries.objects.bulk_create([NumberSeries(name=name)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update(no_key=True).get(name=name)
    number = series.next_number
    series.next_number = number + 1
    series.save(update_fields=["next_number"])
    return f"{PREFIXES[kind]}{year}-{number:06d}"
