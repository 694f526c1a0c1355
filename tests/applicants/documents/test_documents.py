import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from applicants.documents.actions import StillChecked, add_document, open_document, plain_name
from applicants.documents.kinds import DocumentKind
from applicants.documents.queries import latest
from applicants.documents.states import DocumentState
from applicants.documents.tasks import settle_documents_of, settle_forgotten
from tests.factories.papers import added, checked, upload
from tests.factories.visits import client_of
from tests.support.pdf import pdf_bytes
from tests.usce.files.corpus import picture
from usce.accounts.models import User
from usce.audit.models import AccessLog
from usce.devstack.scanner.engine import EICAR
from usce.files.tasks import scan_stored_blob
from usce.jobs.models import Job
from usce.notifications.models import Mail


def test_cv_is_accepted_once_its_file_is_clean(amina: User, now: dt.datetime) -> None:
    assert added(amina, now).state == DocumentState.CHECKING
    document = checked(amina, now)
    assert document.state == DocumentState.ACCEPTED
    assert latest(amina, DocumentKind.CV) == document
    told = Mail.objects.get(unique_key=f"documents.accepted:{document.public_id}")
    assert told.recipient == amina


def test_file_known_to_be_clean_is_accepted_at_once(amina: User, now: dt.datetime) -> None:
    checked(amina, now)
    assert added(amina, now).state == DocumentState.ACCEPTED


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (pdf_bytes() + b"%" + EICAR + b"\n%%EOF", "something harmful"),
        (b"just words", "no PDF and no JPEG"),
        (picture(), "A CV is a PDF file"),
    ],
)
def test_bad_cv_is_rejected_with_a_sentence_and_a_mail(
    amina: User, now: dt.datetime, content: bytes, sentence: str
) -> None:
    document = checked(amina, now, content)
    assert document.state == DocumentState.REJECTED
    assert sentence in document.refusal
    assert Mail.objects.get(event="documents.rejected").facts["refusal"] == document.refusal


def test_lost_signal_is_made_up_by_the_sweep(amina: User, now: dt.datetime) -> None:
    document = added(amina, now)
    scan_stored_blob(document.blob_id)
    Job.objects.all().delete()
    settle_forgotten()
    document.refresh_from_db()
    assert document.state == DocumentState.ACCEPTED


def test_sweep_leaves_what_is_still_scanned(amina: User, now: dt.datetime) -> None:
    document = added(amina, now)
    settle_documents_of(document.blob_id)
    document.refresh_from_db()
    assert document.state == DocumentState.CHECKING


def test_nobody_adds_for_another(amina: User, dora: User, chen: User, now: dt.datetime) -> None:
    for actor in (dora, chen):
        with upload(b"x") as file, pytest.raises(PermissionDenied):
            add_document(DocumentKind.CV, file, owner=amina, actor=actor, now=now)


def test_owner_opens_and_nothing_is_logged(amina: User, now: dt.datetime) -> None:
    document = checked(amina, now)
    response = client_of(amina).get(f"/documents/{document.public_id}/file")
    assert response.getvalue().startswith(b"%PDF-")
    assert AccessLog.objects.count() == 0


def test_reviewer_opens_and_it_is_logged(amina: User, chen: User, now: dt.datetime) -> None:
    document = checked(amina, now)
    response = client_of(chen).get(f"/documents/{document.public_id}/file")
    assert response.status_code == 200
    response.getvalue()
    seen = AccessLog.objects.get()
    assert (seen.viewer, seen.subject, seen.what) == (chen, amina, "CV downloaded")


def test_stranger_finds_nothing(amina: User, dora: User, now: dt.datetime) -> None:
    document = checked(amina, now)
    for path in ("", "/state"):
        assert client_of(dora).get(f"/documents/{document.public_id}{path}").status_code == 404


def test_unchecked_file_says_so(amina: User, now: dt.datetime) -> None:
    document = added(amina, now)
    with pytest.raises(StillChecked, match="still being checked"):
        open_document(document, viewer=amina, now=now)
    assert client_of(amina).get(f"/documents/{document.public_id}/file").status_code == 409


def test_state_is_asked_until_it_is_known(amina: User, now: dt.datetime) -> None:
    document = added(amina, now)
    client: Client = client_of(amina)
    assert client.get(f"/documents/{document.public_id}/state").status_code == 200
    scan_stored_blob(document.blob_id)
    settle_forgotten()
    assert client.get(f"/documents/{document.public_id}/state").status_code == 286


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\cv.pdf", "cv.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("", "file"),
        ("{{7*7}}=1+1.pdf", "{{7*7}}=1+1.pdf"),
        ("x" * 300 + ".pdf", "x" * 176 + ".pdf"),
        ("x" * 300, "x" * 180),
    ],
)
def test_name_is_only_a_label(given: str, kept: str) -> None:
    assert plain_name(given) == kept
