"""Where the work of a case is done."""

from django.urls import reverse

from rotations.applications.models import Application
from usce.cases.models import Case


def link_of(case: Case) -> str:
    """The page on which the case is decided; empty when its kind has none yet."""
    if case.subject_type == Application._meta.label_lower:  # noqa: SLF001 -- Django's documented model API
        application = Application.objects.only("public_id").get(pk=case.subject_id)
        return reverse("applications:review", args=[application.public_id])
    return ""
