"""Applications as each viewer may see them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document, Use
from applicants.documents.states import DocumentState
from applicants.profiles.models import Profile
from applicants.profiles.queries import profile_for
from rotations.applications.models import CASE, Application, Decision, Judgment
from rotations.applications.rules import UNREVIEWED_DAYS
from rotations.applications.states import ENDED, LIVE, ApplicationState
from rotations.catalog.models import Rotation
from rotations.catalog.queries import open_seats
from rotations.catalog.states import OpeningState
from rotations.catalog.verdicts import case_of, rules_of, stay_of
from rotations.eligibility.queries import packs_noted, people_changed, person_of
from rotations.eligibility.rules import Case, Verdict, facts_asked, judge
from rotations.providers.models import Member, Provider, Role
from usce.accounts.models import StaffRole, User
from usce.cases.queries import live_case, live_cases
from usce.jobs.outages import effective_deadline
from usce.reference.rules import business_deadline
from usce.ui.dates import day_short
from usce.ui.words import word_for

RELATED = (
    "applicant",
    "rotation__provider",
    "rotation__site__region",
    "rotation__specialty",
    "opening",
    "cv",
)
JUDGED = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.IN_REVIEW,
    ApplicationState.CHANGES_REQUESTED,
    ApplicationState.FORWARDED,
    ApplicationState.WAITLISTED,
)
WAITING = (
    ApplicationState.SUBMITTED,
    ApplicationState.IN_REVIEW,
    ApplicationState.FORWARDED,
    ApplicationState.WAITLISTED,
)
MOST_WORDS = 5
MOST_AT_ONCE = 200
MANAGERS = (Role.OWNER, Role.COORDINATOR)
UNUSABLE = (DocumentState.REJECTED, DocumentState.SUPERSEDED)


def applications_for(user: User | AnonymousUser) -> QuerySet[Application]:
    """One's own, what reached a provider whose applicants one manages, for reviewers all sent."""
    rows = Application.objects.select_related(*RELATED).order_by("-id")
    if not isinstance(user, User):
        return rows.none()
    seen = Q(applicant=user)
    if user.has_staff_role(StaffRole.REVIEWER):
        seen |= Q(submitted_at__isnull=False)
    managed = Member.objects.filter(user=user, role__in=MANAGERS, removed_at__isnull=True)
    seen |= Q(forwarded_at__isnull=False, rotation__provider__in=managed.values("provider"))
    return rows.filter(seen)


def own_applications(user: User) -> QuerySet[Application]:
    return applications_for(user).filter(applicant=user)


def applications_at(provider: Provider) -> QuerySet[Application]:
    """What was sent to the provider, whatever became of it."""
    return (
        Application.objects.select_related(*RELATED)
        .filter(rotation__provider=provider, forwarded_at__isnull=False)
        .order_by("-id")
    )


def rows_at(provider: Provider) -> QuerySet[Application]:
    """As lists show them: without what is read on one's own page alone."""
    return applications_at(provider).defer("facts", "verdict", "statement")


def applicants_matching(
    provider: Provider,
    *,
    state: str = "",
    rotation: Rotation | None = None,
    starts_on: date | None = None,
    qualifies: str = "",
    words: str = "",
) -> QuerySet[Application]:
    """The provider's applicants, narrowed; `words` is a name or a reference."""
    rows = rows_at(provider)
    if state:
        rows = rows.filter(state=state)
    if rotation is not None:
        rows = rows.filter(rotation=rotation)
    if starts_on is not None:
        rows = rows.filter(opening__starts_on__gte=starts_on)
    if qualifies:
        rows = rows.filter(rules_open__gt=0) if qualifies == "open" else rows.filter(rules_open=0)
    for word in words.split()[:MOST_WORDS]:
        named = Profile.objects.filter(
            Q(given_name__icontains=word) | Q(family_name__icontains=word)
        )
        rows = rows.filter(
            Q(reference__iexact=word)
            | Q(applicant__full_name__icontains=word)
            | Q(applicant__in=named.values("user"))
        )
    return rows


def ended_with_papers() -> QuerySet[Application]:
    """Applications that ended while the papers they were sent with are still held for them."""
    held = Use.objects.filter(by_type="applications.application", ends_on__isnull=True)
    ended = Application.objects.filter(ended_at__isnull=False, pk__in=held.values("by_id"))
    return ended.order_by("id")[:MOST_AT_ONCE]


def place_on_list(application: Application) -> int:
    """Which place the application has on the list of its dates, from one."""
    at, before = application.waitlisted_at, Q(waitlisted_at__lt=application.waitlisted_at)
    before |= Q(waitlisted_at=at, pk__lt=application.pk)
    others = Application.objects.filter(
        before, opening=application.opening_id, state=ApplicationState.WAITLISTED
    )
    return others.count() + 1


def today_at(application: Application, now: datetime) -> date:
    return now.astimezone(ZoneInfo(application.rotation.site.time_zone)).date()


def has_other_dates(application: Application, now: datetime) -> bool:
    return open_seats(application.rotation, today_at(application, now))


def on_gone_dates(now: datetime) -> QuerySet[Application]:
    """Sent for dates that were canceled, or waitlisted for dates that may have begun."""
    canceled = Q(opening__state=OpeningState.CANCELED, state__in=WAITING)
    # The site's zone decides, in the action; the day begins in UTC before it does there.
    begun = Q(state=ApplicationState.WAITLISTED, opening__starts_on__lte=now.date())
    rows = Application.objects.select_related(*RELATED).filter(canceled | begun)
    return rows.order_by("id")


def sent_applications() -> QuerySet[Application]:
    """What staff may review or look up: never a draft."""
    return Application.objects.select_related(*RELATED).filter(submitted_at__isnull=False)


def live_application(user: User, rotation: Rotation) -> Application | None:
    return own_applications(user).filter(rotation=rotation, state__in=LIVE).first()


def waiting_for_checks() -> QuerySet[Application]:
    """Sent, and the CV has been accepted or refused since."""
    return (
        Application.objects.select_related(*RELATED)
        .filter(state=ApplicationState.SUBMITTED)
        .filter(cv__state__in=(DocumentState.ACCEPTED, *UNUSABLE))
        .order_by("id")
    )


def review_ends_at(application: Application, now: datetime) -> datetime | None:
    """When the reviewers' time is over, counted from the opening of the live case, if any."""
    case = live_case(CASE, application)
    if case is None:
        return None
    zone = application.rotation.site.time_zone
    due_at = business_deadline(case.opened_at, UNREVIEWED_DAYS, zone)
    return effective_deadline(due_at, set_at=case.opened_at, now=now)


def review_may_have_ended(now: datetime) -> QuerySet[Application]:
    """In review for so long that the reviewers' time may be over; the action looks exactly."""
    waiting = live_cases(CASE).filter(opened_at__lt=now - timedelta(days=1))
    return Application.objects.filter(
        pk__in=waiting.values("subject_id"), state=ApplicationState.IN_REVIEW
    ).order_by("id")


def awaiting_decision(*, after: datetime, until: datetime) -> QuerySet[Application]:
    """With the provider, and to be decided on between the two by the plain clock."""
    return (
        Application.objects.select_related(*RELATED)
        .filter(state=ApplicationState.FORWARDED)
        .filter(answer_due_at__gt=after, answer_due_at__lte=until)
        .order_by("answer_due_at", "id")
    )


def decision_due_at(application: Application, now: datetime) -> datetime:
    """By when the provider has to decide, outages added; asked of forwarded applications."""
    due_at = application.answer_due_at or now
    return effective_deadline(due_at, set_at=application.forwarded_at or due_at, now=now)


def decisions_on(application: Application) -> list[Decision]:
    return list(application.decisions.all())


def usable_cvs(user: User) -> QuerySet[Document]:
    """The person's CVs that were not refused, newest first."""
    return (
        Document.objects.filter(owner=user, kind=DocumentKind.CV)
        .exclude(state__in=UNUSABLE)
        .order_by("-id")
    )


def usable_cv(application: Application) -> Document | None:
    """The CV it would be sent with; none when it was refused."""
    cv = application.cv
    return cv if cv is not None and cv.state not in UNUSABLE else None


def cv_at_hand(user: User, draft: Application | None) -> Document | None:
    """The draft's own CV, else the newest that was not refused."""
    return (draft and draft.cv) or usable_cvs(user).first()


def case_today(application: Application, now: datetime) -> Case:
    """The listing's rules as they stand, and what the applicant tells and has today."""
    stay = stay_of(application.opening, today_at(application, now))
    return case_of(application.rotation, stay, person_of(application.applicant))


def verdict_on(application: Application, now: datetime) -> Verdict:
    return judge(case_today(application, now))


def asked_facts(rotation: Rotation, now: datetime) -> list[str]:
    return facts_asked(rules_of(rotation, now.date()))


def judgments_on(application: Application) -> list[Judgment]:
    """How it was judged, the last time first."""
    return list(application.judgments.order_by("-id"))


def to_judge() -> QuerySet[Application]:
    """Before an offer, which freezes the requirements, and by somebody who may still go on."""
    return Application.objects.filter(state__in=JUDGED).order_by("id")


def to_judge_since(since: datetime) -> QuerySet[Application]:
    """Those whose person, papers, listing or rule packs changed since then."""
    if packs_noted(since):
        return to_judge()
    changed = Q(rotation__updated_at__gte=since) | Q(applicant__in=people_changed(since))
    return to_judge().filter(changed)


def is_named(profile: Profile | None) -> bool:
    """A person with one name has it as family name in the passport."""
    return bool(profile and profile.family_name)


def names_of(profile: Profile | None) -> dict[str, str]:
    return {
        "given_name": profile.given_name if profile else "",
        "family_name": profile.family_name if profile else "",
    }


def name_of(user: User) -> str:
    """As in the passport where the person told it, else as in the account; never the address."""
    full = " ".join(names_of(profile_for(user)).values()).strip()
    return full or user.full_name or "the applicant"


@dataclass(frozen=True)
class Step:
    """One line of the timeline; `state` is done, current or next."""

    title: str
    when: str
    who: str
    note: str
    state: str


S = ApplicationState
APPLICANT = "applicant"
CHECKED = "Checked by our staff"
NOT_REVIEWED = "Not reviewed by our staff in time"
STAGES = (
    ({S.DRAFT}, "Written", APPLICANT),
    ({S.SUBMITTED, S.IN_REVIEW, S.CHANGES_REQUESTED}, CHECKED, "Rounds"),
    ({S.FORWARDED, S.WAITLISTED}, "Decision of the provider", ""),
    ({S.OFFERED, S.ACCEPTED}, "Answer to the offer", APPLICANT),
    ({S.BOOKED}, "Seat confirmed", ""),
)


def timeline(application: Application, *, applicant: str = "You") -> list[Step]:
    """Who acts when, from the draft to the seat; what ended early ends the line.

    `applicant` is what the reader calls the person who applied.
    """
    zone = application.rotation.site.time_zone
    began = [
        application.created_at,
        application.submitted_at,
        application.forwarded_at,
        None,
        None,
    ]
    names = {APPLICANT: applicant, "": application.rotation.provider.name}
    if application.state in ENDED:
        return _ended(application, began, names)
    now_at = next(n for n, stage in enumerate(STAGES) if application.state in stage[0])
    steps = []
    for n, (_states, title, who) in enumerate(STAGES):
        last = application.state == S.BOOKED
        state = "done" if n < now_at or last else "current" if n == now_at else "next"
        when = _day(began[n], zone) if n <= now_at else ""
        steps.append(Step(_title(title, application), when, names.get(who, who), "", state))
    return steps


def _ended(
    application: Application, began: list[datetime | None], names: dict[str, str]
) -> list[Step]:
    zone = application.rotation.site.time_zone
    steps = [
        Step(_title(title, application), _day(at, zone), names.get(who, who), "", "done")
        for (_states, title, who), at in zip(STAGES, began, strict=True)
        if at is not None
    ]
    reasons = [d.reason for d in decisions_on(application) if d.outcome == application.state]
    note = reasons[-1] if reasons else ""
    title = word_for(application.state).label
    return [*steps, Step(title, _day(application.ended_at, zone), "", note, "current")]


def _title(title: str, application: Application) -> str:
    return NOT_REVIEWED if title == CHECKED and application.not_reviewed else title


def _day(moment: datetime | None, zone: str) -> str:
    return day_short(moment.astimezone(ZoneInfo(zone)).date()) if moment else ""
