"""An application keeps the version of the CV that it was sent with."""

import datetime as dt

import pytest

from applicants.documents.actions import InUse, erase_unneeded, remove_document
from applicants.documents.kinds import DocumentKind
from applicants.documents.queries import latest
from rotations.applications.actions import save_draft, submit_application
from rotations.applications.models import Application
from tests.factories.papers import checked
from tests.support.pdf import pdf_bytes
from usce.accounts.models import User
from usce.files.streams import text_of


@pytest.mark.usefixtures("scanner")
def test_newer_cv_leaves_what_was_sent(draft: Application, amina: User, now: dt.datetime) -> None:
    sent = checked(amina, now, pdf_bytes("as it was sent"))
    save_draft(
        draft, opening=draft.opening, statement=draft.statement, cv=sent, actor=amina, now=now
    )
    submit_application(draft, actor=amina, now=now)
    newer = checked(amina, now, pdf_bytes("as it is now"))
    assert latest(amina, DocumentKind.CV) == newer
    draft.refresh_from_db()
    assert draft.cv == sent
    assert "as it was sent" in text_of(draft.cv.blob)
    with pytest.raises(InUse):
        remove_document(sent, actor=amina, now=now)
    assert erase_unneeded(now + dt.timedelta(days=2000)) == 0
    assert "as it was sent" in text_of(draft.cv.blob)
