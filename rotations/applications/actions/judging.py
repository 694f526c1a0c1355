"""Judge an application and keep what it was judged by; judge it anew when that has changed."""

from datetime import datetime

from django.db import transaction

from rotations.applications import notifications
from rotations.applications.models import Application, Cause, Judgment
from rotations.applications.permissions import can_judge_anew
from rotations.applications.queries import JUDGED, case_today
from rotations.eligibility.rules import Case, Verdict, judge
from rotations.eligibility.rules.changes import essences, mark_of, rule_changes
from rotations.eligibility.rules.receipts import from_json, papers_counted, to_json
from usce.permissions import SystemActor, require
from usce.states import lock


def keep_sent(application: Application, case: Case, verdict: Verdict, *, now: datetime) -> None:
    """What it was sent with, whatever is kept already; in the caller's transaction."""
    _keep(application, Cause.SENT, case, verdict, now)


def keep_judgment(application: Application, cause: Cause, *, now: datetime) -> Judgment | None:
    """Judge it by what holds today; kept only if it comes out otherwise than the last time."""
    case = case_today(application, now)
    verdict = judge(case)
    last = application.judgments.order_by("-id").first()
    if last is not None and last.mark == mark_of(case, verdict):
        return None
    return _keep(application, cause, case, verdict, now)


def judge_anew(application: Application, *, actor: SystemActor, now: datetime) -> None:
    """Something it rests on may have changed: keep the new verdict and tell which rules did.

    What was sent stays as it was sent. A second call finds nothing new.
    """
    require(can_judge_anew(actor))
    with transaction.atomic():
        lock(application)
        if application.state not in JUDGED or application.opening.starts_on <= now.date():
            return
        last = application.judgments.order_by("-id").first()
        new = keep_judgment(application, Cause.CHANGED, now=now)
        if last is not None and new is not None:
            _tell(application, last, new, now)


def _keep(
    application: Application, cause: Cause, case: Case, verdict: Verdict, now: datetime
) -> Judgment:
    return Judgment.objects.create(
        application=application,
        cause=cause,
        inputs=to_json(papers_counted(case)),
        verdict=verdict.to_json(),
        mark=mark_of(case, verdict),
        at=now,
    )


def _tell(application: Application, last: Judgment, new: Judgment, now: datetime) -> None:
    before, was = from_json(last.inputs), Verdict.from_json(last.verdict)
    verdict = Verdict.from_json(new.verdict)
    changed = rule_changes(essences(before), was, from_json(new.inputs), verdict)
    if changed:
        notifications.tell_applicant(
            notifications.RULE_CHANGED,
            application,
            now=now,
            key=str(new.pk),
            town=application.rotation.site.city,
            changes=changed,
            sentence=verdict.sentence,
            is_sent=application.submitted_at is not None,
        )
