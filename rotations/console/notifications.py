"""What staff are told by mail: cases that are about to be late, and work that failed for good."""

from datetime import datetime

from django.urls import reverse

from rotations.console.queries import workers_of
from usce.accounts.models import StaffRole
from usce.cases.models import Case
from usce.jobs.models import Job
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

CASE_DUE = register(
    Event(
        name="console.case_due",
        audience="staff",
        mail_class=MailClass.NOTICE,
        subject="Due soon: {{ case|truncatechars:60 }}",
        template="emails/console/case_due",
        about="A case of mine is due soon",
        sample={
            "case": "R-7K2M9Q: Inpatient cardiology",
            "due_at": "2026-07-09T21:00:00+00:00",
            "path": "/staff/cases/sample",
        },
    )
)
JOB_FAILED = register(
    Event(
        name="console.job_failed",
        audience="staff",
        mail_class=MailClass.TRANSACTIONAL,
        subject="Work failed for good: {{ job|truncatechars:50 }}",
        template="emails/console/job_failed",
        sample={
            "job": "payments.check_ledger",
            "failed_at": "2026-07-09T21:00:00+00:00",
            "path": "/staff/jobs",
        },
    )
)


def tell_due(case: Case, *, now: datetime) -> None:
    """Whoever took it, else everybody who works its queue; each once for each day it is due."""
    facts = {
        "case": case.title,
        "due_at": case.due_at.isoformat(),
        "path": reverse("console:case", args=[case.public_id]),
    }
    for person in [case.owner] if case.owner else workers_of(case.queue):
        key = f"case_due:{case.pk}:{case.due_at.isoformat()}:{person.pk}"
        notify(CASE_DUE.name, to=person, facts=facts, unique_key=key, now=now)


def tell_failed(job: Job, *, now: datetime) -> None:
    """Those who may see it and, as administrators, try it again."""
    facts = {
        "job": job.name,
        "failed_at": (job.finished_at or now).isoformat(),
        "path": reverse("console:jobs"),
    }
    for person in workers_of(StaffRole.ADMIN, StaffRole.FINANCE):
        key = f"job_failed:{job.pk}:{facts['failed_at']}:{person.pk}"
        notify(JOB_FAILED.name, to=person, facts=facts, unique_key=key, now=now)
