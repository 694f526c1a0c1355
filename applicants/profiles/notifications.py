"""What a school's contact is asked, and what the student hears of the answer."""

from datetime import datetime

from django.urls import reverse

from applicants.profiles.models import EnrolmentAnswer, EnrolmentRequest
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

SAMPLE = {
    "student": "Amina Haddad",
    "school": "Lakeside Medical College",
    "contact": "Rosa Lindqvist",
    "path": "/profile/school",
}


def _event(name: str, audience: str, subject: str) -> str:
    return register(
        Event(
            name=f"profiles.{name}",
            audience=audience,
            mail_class=MailClass.TRANSACTIONAL,
            subject=subject,
            template=f"emails/profiles/{name}",
            sample=SAMPLE,
        )
    ).name


ASKED = _event(
    "enrolment_asked", "anybody", "Is {{ student|truncatechars:40 }} enrolled at your school?"
)
CONFIRMED = _event("enrolment_confirmed", "applicant", "Your school confirmed your enrolment")
DENIED = _event("enrolment_denied", "applicant", "Your school did not confirm your enrolment")
TOLD = {EnrolmentAnswer.CONFIRMED: CONFIRMED, EnrolmentAnswer.DENIED: DENIED}


def ask_contact(
    request: EnrolmentRequest, *, scope: str, subject: str, days: int, now: datetime
) -> None:
    """A mail with a door that opens once, minted when the mail leaves."""
    grant = {
        "scope": scope,
        "subject_type": subject,
        "subject_id": request.pk,
        "path": "/d/enrolment/{token}",
        "days": days,
        "uses": 1,
    }
    notify(
        ASKED,
        to=request.contact_email,
        facts={
            "student": student_of(request),
            "school": request.school_name,
            "contact": request.contact_name,
            "grant": grant,
        },
        unique_key=f"enrolment_asked:{request.pk}:{now.isoformat()}",
        now=now,
    )


def tell_student(request: EnrolmentRequest, *, now: datetime) -> None:
    facts = {"school": request.school_name, "contact": request.contact_name}
    notify(
        TOLD[EnrolmentAnswer(request.answer)],
        to=request.profile.user,
        facts={**facts, "path": reverse("profiles:school")},
        unique_key=f"enrolment_answered:{request.pk}",
        now=now,
    )


def student_of(request: EnrolmentRequest) -> str:
    profile = request.profile
    return f"{profile.given_name} {profile.family_name}".strip() or str(profile.user)
