"""Where the work of a case is done."""

from django.urls import reverse

from rotations.applications.models import Application
from usce.cases.models import Case

APPLICATION = Application._meta.label_lower  # noqa: SLF001 -- Django's documented model API


def with_links(cases: list[Case]) -> list[tuple[Case, str]]:
    """Each case with the page on which it is decided; empty when its kind has none yet."""
    wanted = [case.subject_id for case in cases if case.subject_type == APPLICATION]
    public_ids = Application.objects.filter(pk__in=wanted).values_list("pk", "public_id")
    link = {pk: reverse("applications:review", args=[public_id]) for pk, public_id in public_ids}
    return [
        (case, link.get(case.subject_id, "") if case.subject_type == APPLICATION else "")
        for case in cases
    ]


def link_of(case: Case) -> str:
    return with_links([case])[0][1]
