"""A provider as a verifier reads it, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date

from rotations.catalog.models import Rotation
from rotations.console.forms import LicenseForm
from rotations.providers.models import Member, Preceptor, Provider, Site
from rotations.providers.queries import members_of

MOST = 200


@dataclass(frozen=True)
class Physician:
    """`is_overdue`: the license should have been looked up again by now, or never was."""

    person: Preceptor
    form: LicenseForm
    is_overdue: bool


@dataclass(frozen=True)
class Place:
    sites: list[Site]
    physicians: list[Physician]
    team: list[Member]
    listings: list[Rotation]


def place_of(provider: Provider, today: date, sent: LicenseForm | None = None) -> Place:
    """Four queries; `sent` is the license form that came back with errors."""
    preceptors = provider.preceptors.select_related("specialty", "license_state").order_by("id")
    return Place(
        sites=list(provider.sites.select_related("region").order_by("id")[:MOST]),
        physicians=[_physician(person, today, sent) for person in preceptors[:MOST]],
        team=list(members_of(provider).order_by("id")[:MOST]),
        listings=list(Rotation.objects.filter(provider=provider).order_by("-id")[:MOST]),
    )


def _physician(person: Preceptor, today: date, sent: LicenseForm | None) -> Physician:
    initial = {"source": person.license_source}
    form = LicenseForm(initial=initial, prefix=person.public_id, today=today)
    if sent is not None and sent.prefix == person.public_id:
        form = sent
    due_on = person.license_next_check_on
    return Physician(person, form, due_on is None or due_on < today)
