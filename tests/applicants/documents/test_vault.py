"""The papers of a person: added, decided by staff, replaced, reminded of, deleted."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from applicants.documents.actions import (
    BadDates,
    InUse,
    NotAgreed,
    NotReviewed,
    accept_document,
    add_document,
    correct_dates,
    end_uses,
    erase_unneeded,
    reject_document,
    remind_of_ends,
    remove_document,
    use,
)
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import REVIEW, Document, Reminder, Use
from applicants.documents.queries import newest_of
from applicants.documents.states import DocumentState
from applicants.profiles.models import Passport
from applicants.profiles.queries import profile_for
from tests.factories.applications import ApplicationFactory
from tests.factories.papers import added, checked, upload
from tests.factories.visits import client_of
from tests.support.pdf import pdf_bytes
from tests.usce.files.corpus import picture
from usce.accounts.models import User
from usce.accounts.texts import HEALTH_PAPERS
from usce.audit.models import AccessLog
from usce.cases.models import Case
from usce.files.models import Blob, WrappedKey
from usce.files.states import BlobState
from usce.files.tasks import scan_stored_blob
from usce.notifications.models import Mail

TB = DocumentKind.TB_TEST
ISSUED = dt.date(2026, 6, 1)


@pytest.fixture
def tb(amina: User, now: dt.datetime) -> Document:
    return checked(amina, now, kind=TB, issued_on=ISSUED)


def accepted(document: Document, chen: User, now: dt.datetime, **dates: Any) -> Document:
    told = {"issued_on": ISSUED, "expires_on": None} | dates
    return accept_document(document, actor=chen, now=now, **told)


def test_what_a_person_has_to_judge_goes_to_staff(tb: Document) -> None:
    assert tb.state == DocumentState.NEEDS_REVIEW
    assert Case.objects.get(kind=REVIEW).subject_id == tb.pk
    assert not Mail.objects.filter(event="documents.accepted").exists()


def test_accepting_confirms_the_dates_and_closes_the_case(
    tb: Document, chen: User, now: dt.datetime
) -> None:
    accepted(tb, chen, now, issued_on=dt.date(2026, 5, 1))
    assert (tb.state, tb.valid_until) == (DocumentState.ACCEPTED, dt.date(2027, 5, 1))
    assert (tb.decided_by, tb.decided_at) == (chen, now)
    assert Case.objects.get(kind=REVIEW).decision == "accepted"
    assert Mail.objects.get(event="documents.accepted").recipient == tb.owner
    with pytest.raises(NotReviewed):
        accepted(tb, chen, now)


@pytest.mark.parametrize(
    ("issued", "words"),
    [
        (None, "Write the date"),
        (dt.date(2026, 7, 2), "in the future"),
        (dt.date(2025, 6, 30), "counted until 30 June 2026"),
    ],
)
def test_bad_dates_are_not_accepted(
    tb: Document, chen: User, now: dt.datetime, issued: dt.date | None, words: str
) -> None:
    with pytest.raises(BadDates, match=words):
        accepted(tb, chen, now, issued_on=issued)
    tb.refresh_from_db()
    assert tb.state == DocumentState.NEEDS_REVIEW


def test_refused_paper_says_why(tb: Document, chen: User, now: dt.datetime) -> None:
    reject_document(tb, reason=" The result is \x00cut off. ", actor=chen, now=now)
    assert (tb.state, tb.refusal) == (DocumentState.REJECTED, "The result is cut off.")
    told = Mail.objects.get(event="documents.rejected")
    assert told.facts["refusal"] == "The result is cut off."
    assert told.facts["path"] == f"/documents/{tb.public_id}"


def test_nobody_but_reviewers_decide(
    tb: Document, amina: User, fay: User, dora: User, now: dt.datetime
) -> None:
    for actor in (amina, fay, dora):
        with pytest.raises(PermissionDenied):
            accepted(tb, actor, now)
        with pytest.raises(PermissionDenied):
            reject_document(tb, reason="x", actor=actor, now=now)


def test_new_version_replaces_the_old_only_once_it_is_accepted(
    tb: Document, amina: User, chen: User, now: dt.datetime
) -> None:
    accepted(tb, chen, now)
    newer = checked(amina, now, picture(), kind=TB, issued_on=ISSUED)
    assert newest_of(amina, [TB]) == {TB: tb}
    accepted(newer, chen, now)
    tb.refresh_from_db()
    assert tb.state == DocumentState.SUPERSEDED
    assert newest_of(amina, [TB]) == {TB: newer}


def test_owner_corrects_dates_until_staff_decided(
    tb: Document, amina: User, dora: User, chen: User, now: dt.datetime
) -> None:
    dates = {"issued_on": dt.date(2026, 4, 1), "expires_on": None}
    correct_dates(tb, actor=amina, now=now, **dates)
    assert tb.valid_until == dt.date(2027, 4, 1)
    with pytest.raises(PermissionDenied):
        correct_dates(tb, actor=dora, now=now, **dates)
    accepted(tb, chen, now)
    with pytest.raises(NotReviewed):
        correct_dates(tb, actor=amina, now=now, **dates)


def test_paper_in_use_stays_and_a_free_one_is_destroyed(
    tb: Document, amina: User, now: dt.datetime
) -> None:
    application = ApplicationFactory(applicant=amina)
    use(tb, by=application, now=now)
    use(tb, by=application, now=now)
    assert Use.objects.count() == 1
    with pytest.raises(InUse):
        remove_document(tb, actor=amina, now=now)
    end_uses(by=application, on=now.date() - dt.timedelta(days=1))
    remove_document(tb, actor=amina, now=now)
    assert tb.state == DocumentState.SUPERSEDED
    assert Blob.objects.get().state == BlobState.ERASED
    assert not WrappedKey.objects.exists()


def test_nobody_deletes_for_another(tb: Document, dora: User, chen: User, now: dt.datetime) -> None:
    for actor in (dora, chen):
        with pytest.raises(PermissionDenied):
            remove_document(tb, actor=actor, now=now)


def test_same_file_under_two_kinds_outlives_one(amina: User, now: dt.datetime) -> None:
    first = checked(amina, now, kind=TB, issued_on=ISSUED)
    checked(amina, now, kind=DocumentKind.PHYSICAL_EXAM, issued_on=ISSUED)
    remove_document(first, actor=amina, now=now)
    assert Blob.objects.get().state == BlobState.CLEAN


def test_refused_health_paper_is_erased_after_its_time(
    tb: Document, chen: User, now: dt.datetime
) -> None:
    reject_document(tb, reason="No name on it.", actor=chen, now=now)
    assert erase_unneeded(now + dt.timedelta(days=29)) == 0
    assert erase_unneeded(now + dt.timedelta(days=31)) == 1
    assert erase_unneeded(now + dt.timedelta(days=31)) == 0
    assert Blob.objects.get().state == BlobState.ERASED


def test_replaced_paper_in_use_is_not_erased(
    tb: Document, amina: User, chen: User, now: dt.datetime
) -> None:
    reject_document(tb, reason="No name on it.", actor=chen, now=now)
    use(tb, by=ApplicationFactory(applicant=amina), now=now)
    assert erase_unneeded(now + dt.timedelta(days=400)) == 0


def reminders() -> list[str]:
    rows = Reminder.objects.order_by("pk").values_list("step", flat=True)
    return [str(step) for step in rows]


def test_reminders_come_once_each_by_the_owners_calendar(
    tb: Document, amina: User, chen: User, now: dt.datetime
) -> None:
    accepted(tb, chen, now)  # it counts until 1 June 2027
    noon = dt.datetime(2027, 6, 1, 12, tzinfo=dt.UTC)
    for days in (61, 60, 59, 31, 30, 14, 8, 7, 2, 1, 1, 0, -1):
        remind_of_ends(noon - dt.timedelta(days=days))
        remind_of_ends(noon - dt.timedelta(days=days))
    assert reminders() == ["60", "30", "14", "7", "1"]
    first = Mail.objects.filter(event="documents.expiring").order_by("id")[0]
    assert first.facts["papers"][0]["begin_by"] == "Tuesday 18 May 2027"


def test_after_an_outage_only_what_is_due_now_is_told(
    tb: Document, chen: User, now: dt.datetime
) -> None:
    accepted(tb, chen, now)
    remind_of_ends(dt.datetime(2027, 5, 20, 12, tzinfo=dt.UTC))
    assert reminders() == ["14"]


@pytest.mark.parametrize(("zone", "steps"), [("Asia/Tokyo", ["60"]), ("America/Los_Angeles", [])])
def test_a_day_begins_where_the_owner_lives(
    tb: Document, chen: User, now: dt.datetime, zone: str, steps: list[str]
) -> None:
    User.objects.filter(pk=tb.owner_id).update(time_zone=zone)
    accepted(tb, chen, now)
    remind_of_ends(dt.datetime(2027, 4, 1, 16, tzinfo=dt.UTC))  # 2 April in Tokyo
    assert reminders() == steps


def test_nobody_is_reminded_of_what_is_being_replaced(
    tb: Document, amina: User, chen: User, now: dt.datetime
) -> None:
    accepted(tb, chen, now)
    added(amina, now, picture(), kind=TB, issued_on=ISSUED)
    remind_of_ends(dt.datetime(2027, 5, 20, 12, tzinfo=dt.UTC))
    assert reminders() == []


def test_applicant_adds_a_paper_in_two_screens(amina: User, now: dt.datetime) -> None:
    client = client_of(amina)
    assert b"No paper is here yet" in client.get("/documents").content
    assert client.get("/documents/add?kind=nonsense").status_code == 422
    form = client.get("/documents/add?kind=tb_test").content.decode()
    assert "Date on the paper" in form
    assert "Last valid day" not in form
    file = SimpleUploadedFile("TB “test”.pdf", pdf_bytes(), "application/pdf")
    sent = {"file": file, "issued_on": "2026-01-05", "agrees": "on"}
    answer = client.post("/documents/add?kind=tb_test", sent)
    paper = Document.objects.get()
    assert answer["Location"] == f"/documents/{paper.public_id}"
    assert (paper.kind, paper.issued_on) == ("tb_test", dt.date(2026, 1, 5))
    page = client.get(answer["Location"]).content.decode()
    assert "Being checked" in page
    assert "TB “test”.pdf" in page


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"issued_on": "2026-01-05", "agrees": "on"}, 422, "Choose the file"),
        ({"issued_on": "tomorrow", "file": True, "agrees": "on"}, 422, "year, month and day"),
        ({"issued_on": "2999-01-05", "file": True, "agrees": "on"}, 409, "in the future"),
        ({"issued_on": "2026-01-05", "file": True}, 422, "only with your consent"),
    ],
)
def test_bad_input_gets_its_sentence(
    amina: User, sent: dict[str, Any], status: int, words: str
) -> None:
    if sent.get("file"):
        sent = sent | {"file": SimpleUploadedFile("a.pdf", pdf_bytes(), "application/pdf")}
    answer = client_of(amina).post("/documents/add?kind=tb_test", sent)
    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert not Document.objects.exists()


def test_page_shows_checks_pages_and_versions(
    tb: Document, amina: User, chen: User, now: dt.datetime
) -> None:
    checked(amina, now, picture(), kind=TB, issued_on=ISSUED)
    page = client_of(amina).get(f"/documents/{tb.public_id}").content.decode()
    assert "Malware" in page
    assert "1 drawn" in page
    assert "Other versions" in page
    image = client_of(amina).get(f"/documents/{tb.public_id}/pages/1")
    assert image["Content-Type"] == "image/jpeg"
    assert image.getvalue().startswith(b"\xff\xd8")
    assert client_of(amina).get(f"/documents/{tb.public_id}/pages/2").status_code == 404
    assert AccessLog.objects.count() == 0


def test_staff_decide_beside_the_pages_and_that_is_written_down(
    tb: Document, amina: User, chen: User
) -> None:
    client = client_of(chen)
    page = client.get(f"/staff/papers/{tb.public_id}").content.decode()
    source = re.search(r'src="(/documents/[^"]+)"', page)
    assert source
    client.get(source.group(1)).getvalue()
    seen = AccessLog.objects.get()
    assert (seen.viewer, seen.subject, seen.what) == (chen, amina, "TB test opened")
    assert client.post(f"/staff/papers/{tb.public_id}", {}).status_code == 422
    refused = client.post(f"/staff/papers/{tb.public_id}", {"decision": "reject"})
    assert "Say why" in refused.content.decode()
    wrong = {"decision": "accept", "issued_on": "2020-01-01"}
    assert client.post(f"/staff/papers/{tb.public_id}", wrong).status_code == 409
    right = {"decision": "accept", "issued_on": "2026-06-01"}
    assert client.post(f"/staff/papers/{tb.public_id}", right).status_code == 302
    tb.refresh_from_db()
    assert tb.state == DocumentState.ACCEPTED


def test_others_find_nothing(tb: Document, dora: User, bruno: User, fay: User) -> None:
    for path in ("", "/file", "/pages/1", "/state", "/remove"):
        for person in (dora, bruno, fay):
            answer = client_of(person).get(f"/documents/{tb.public_id}{path}")
            assert answer.status_code == 404, (path, person)
    assert client_of(dora).get(f"/staff/papers/{tb.public_id}").status_code == 404
    assert client_of(fay).get(f"/staff/papers/{tb.public_id}").status_code == 403


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"preset": "old"}, "It is too old. Get a new one."),
        ({"reason": "Page 2 is upside down."}, "Page 2 is upside down."),
        ({"preset": "part", "reason": "Page 2."}, "Upload all pages in one file. Page 2."),
    ],
)
def test_reason_is_a_usual_one_and_own_words(
    tb: Document, chen: User, told: dict[str, str], refusal: str
) -> None:
    page = f"/staff/papers/{tb.public_id}"
    assert client_of(chen).post(page, {"decision": "reject"} | told).status_code == 302
    tb.refresh_from_db()
    assert tb.refusal.endswith(refusal)


def test_no_paper_is_older_than_its_owner(tb: Document, amina: User, now: dt.datetime) -> None:
    born_on = ISSUED + dt.timedelta(days=1)
    profile = profile_for(amina)
    assert profile
    Passport.objects.create(profile=profile, born_on=born_on, updated_at=now)
    with pytest.raises(BadDates, match="before the birth date"):
        correct_dates(tb, issued_on=ISSUED, expires_on=None, actor=amina, now=now)


def test_deleting_asks_once_more(tb: Document, amina: User) -> None:
    client = client_of(amina)
    assert b"cannot be undone" in client.get(f"/documents/{tb.public_id}/remove").content
    client.post(f"/documents/{tb.public_id}/remove")
    assert Blob.objects.get().state == BlobState.ERASED
    assert client.get(f"/documents/{tb.public_id}/file").status_code == 409
    assert b"No paper is here yet" in client.get("/documents").content


def test_vault_costs_the_same_for_three(
    tb: Document, amina: User, now: dt.datetime, django_assert_num_queries: Any
) -> None:
    client = client_of(amina)
    with django_assert_num_queries(7):
        client.get("/documents")
    for kind in (DocumentKind.PHOTO, DocumentKind.DIPLOMA):
        scan_stored_blob(added(amina, now, picture(), kind=kind).blob_id)
    with django_assert_num_queries(7):
        client.get("/documents")


def test_health_papers_wait_for_a_consent_that_is_asked_once(amina: User, now: dt.datetime) -> None:
    with upload(pdf_bytes()) as file, pytest.raises(NotAgreed):
        add_document(TB, file, owner=amina, actor=amina, now=now, issued_on=ISSUED)
    assert not Blob.objects.exists()
    client = client_of(amina)
    assert b"notice on health papers" in client.get("/documents/add?kind=tb_test").content
    assert b"notice on health papers" not in client.get("/documents/add?kind=photo").content
    added(amina, now, kind=TB, issued_on=ISSUED)
    given = amina.consents.get(purpose="health_papers")
    assert (given.text_version, given.at) == (HEALTH_PAPERS, now)
    assert b"notice on health papers" not in client.get("/documents/add?kind=tb_test").content
    added(amina, now, picture(), kind=TB, issued_on=ISSUED)
    assert amina.consents.filter(purpose="health_papers").count() == 1
