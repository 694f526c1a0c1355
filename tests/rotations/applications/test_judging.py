"""Every verdict is kept with what it was made of; what changes later is judged anew, once."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from applicants.documents.models import Document
from applicants.profiles.actions import save_facts, save_passport
from rotations.applications.actions import NotEligible, judge_anew, save_draft, submit_application
from rotations.applications.models import Application, Cause, Judgment
from rotations.applications.tasks import judge_all, judge_batch, judge_changed
from rotations.catalog.models import Requirement, Rotation
from rotations.eligibility.actions import note_packs
from rotations.eligibility.rules import Verdict
from rotations.eligibility.rules.receipts import packs_in, replay
from tests.factories.catalog import RequirementFactory
from tests.factories.documents import DocumentFactory
from tests.factories.reference import CountryFactory
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.jobs.models import Job
from usce.notifications.models import Mail
from usce.permissions import SYSTEM

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(days=1)


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def judged(application: Application, now: dt.datetime) -> list[Judgment]:
    judge_anew(fresh(application), actor=SYSTEM, now=now)
    return list(application.judgments.order_by("id"))


def told() -> list[dict[str, Any]]:
    mails = Mail.objects.filter(event="applications.rule_changed").order_by("id")
    return [mail.facts for mail in mails]


@pytest.fixture
def sent(draft: Application, amina: User, now: dt.datetime) -> Application:
    RequirementFactory(rotation=draft.rotation, params={"years": 5})
    RequirementFactory(rotation=draft.rotation, kind="tb_test", params={}, weight="by_start")
    save_facts(amina, {"graduation_year": 2024, "visa": "b1_b2"}, actor=amina, now=now)
    return submit_application(fresh(draft), actor=amina, now=now)


def test_what_is_sent_replays_as_of_its_moment(
    sent: Application, amina: User, now: dt.datetime
) -> None:
    kept = sent.judgments.get(cause=Cause.SENT)
    save_facts(amina, {"graduation_year": 1990}, actor=amina, now=now)
    Requirement.objects.all().delete()
    Document.objects.update(state="accepted")
    stored = json.loads(json.dumps(kept.inputs))
    assert replay(stored) == Verdict.from_json(kept.verdict) == Verdict.from_json(sent.verdict)
    assert stored["papers"]["tb_test"]["state"] == "missing"
    assert packs_in(stored) == ["visa_text 1"]


def test_packs_that_bore_on_it_are_kept_with_their_version(
    sent: Application, amina: User, now: dt.datetime
) -> None:
    Rotation.objects.update(kind="externship")
    save_facts(amina, {"status": "student"}, actor=amina, now=now)
    last = judged(sent, now + LATER)[-1]
    assert packs_in(last.inputs) == ["visa_text 1"]
    assert last.inputs["engine"] == 2
    assert "text:student_visitor_hands_on" in {f["kind"] for f in last.verdict["findings"]}


def test_draft_is_judged_when_it_is_saved(
    draft: Application, amina: User, now: dt.datetime
) -> None:
    for words in ("One", "Two"):
        save_draft(
            fresh(draft), opening=draft.opening, statement=words, cv=None, actor=amina, now=now
        )
    assert [j.cause for j in draft.judgments.all()] == [Cause.SAVED]


def test_changed_rule_is_judged_kept_beside_and_told_once(
    sent: Application, now: dt.datetime
) -> None:
    assert len(judged(sent, now + LATER)) == 1
    Requirement.objects.filter(kind="graduation_within_years").update(params={"years": 1})
    RequirementFactory(rotation=sent.rotation, kind="ecfmg_certified", params={})
    assert len(judged(sent, now + LATER)) == 2
    first, second = judged(sent, now + 2 * LATER)
    assert (first.cause, second.cause) == (Cause.SENT, Cause.CHANGED)
    assert first.verdict["outcome"] == fresh(sent).verdict["outcome"] == "can_apply"
    assert second.verdict["outcome"] == "cannot_apply"
    (mail,) = told()
    assert mail["changes"] == [
        "Changed: Graduation in 2025 or later (at most 1 year before the start)",
        "New: ECFMG certification",
    ]
    assert mail["is_sent"]
    assert mail["sentence"] == second.verdict["sentence"]


def test_nothing_is_told_when_nothing_that_matters_changed(
    sent: Application, amina: User, now: dt.datetime
) -> None:
    Rotation.objects.update(updated_at=now + LATER, summary="Other words")
    save_facts(amina, {"graduation_year": 2023}, actor=amina, now=now)
    assert len(judged(sent, now + LATER)) == 1
    DocumentFactory(owner=amina, kind="tb_test", state="accepted", valid_until=dt.date(2030, 1, 1))
    assert len(judged(sent, now + LATER)) == 2
    assert told() == []


@pytest.mark.parametrize("state", ["offered", "booked", "withdrawn"])
def test_what_has_an_offer_or_ended_is_not_judged_anew(
    sent: Application, state: str, now: dt.datetime
) -> None:
    Application.objects.update(state=state)
    Requirement.objects.all().delete()
    assert len(judged(sent, now)) == 1


def test_dates_that_began_are_not_judged_anew(sent: Application) -> None:
    Requirement.objects.all().delete()
    begun = dt.datetime.combine(sent.opening.starts_on, dt.time(12), dt.UTC)
    assert len(judged(sent, begun)) == 1


def test_a_person_judges_nothing_anew(sent: Application, amina: User, now: dt.datetime) -> None:
    with pytest.raises(PermissionDenied):
        judge_anew(sent, actor=amina, now=now)  # type: ignore[arg-type]


def queued() -> list[list[int]]:
    jobs = Job.objects.filter(name="applications.judge").order_by("id")
    found = [job.args["ids"] for job in jobs]
    jobs.delete()
    return found


def test_job_finds_whom_a_change_touches(sent: Application, amina: User, now: dt.datetime) -> None:
    real = dt.datetime.now(dt.UTC)
    Rotation.objects.update(updated_at=now - 365 * LATER)
    judge_changed()
    assert queued() == []
    Rotation.objects.update(updated_at=real)
    judge_changed()
    judge_changed()
    assert queued() == [[sent.pk]]
    Rotation.objects.update(updated_at=now - 365 * LATER)
    DocumentFactory(owner=amina, kind="tb_test", uploaded_at=real)
    judge_changed()
    assert queued() == [[sent.pk]]
    Document.objects.all().update(uploaded_at=now)
    save_facts(amina, {"graduation_year": 2022}, actor=amina, now=real)
    judge_changed()
    assert queued() == [[sent.pk]]


def test_new_pack_has_everything_judged_anew(sent: Application, now: dt.datetime) -> None:
    Rotation.objects.update(updated_at=now - 365 * LATER)
    note_packs(actor=SYSTEM, now=dt.datetime.now(dt.UTC))
    judge_changed()
    assert queued() == [[sent.pk]]
    judge_all()
    assert queued() == [[sent.pk]]
    judge_batch([sent.pk, 0])


def test_judgment_is_never_changed(sent: Application) -> None:
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
        sent.judgments.update(mark="0" * 64)


def test_remote_rotation_is_refused_by_residence(
    sent: Application, draft: Application, amina: User, now: dt.datetime
) -> None:
    Application.objects.update(state="draft")
    Requirement.objects.all().delete()
    CountryFactory(code="IR", name="Iran")
    save_passport(amina, {"residence": "IR"}, actor=amina, now=now)
    submit_application(fresh(draft), actor=amina, now=now)
    Application.objects.update(state="draft")
    Rotation.objects.update(setting="remote")
    with pytest.raises(NotEligible, match="sanctions do not let us offer remote rotations"):
        submit_application(fresh(draft), actor=amina, now=now)


@pytest.mark.parametrize("who", ["amina", "chen"])
def test_receipt_stands_on_the_page(
    who: str, in_review: Application, now: dt.datetime, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))
    judge_anew(in_review, actor=SYSTEM, now=now)
    path = f"/applications/{in_review.public_id}?tab=papers"
    if who == "chen":
        path = f"/staff/applications/{in_review.public_id}"
    words = client.get(path).content.decode()
    assert "How it was judged" in words
    assert "Judged again now by the same facts and rules: the same result." in words


def test_host_sees_no_papers_and_no_receipt(
    sent: Application, bruno: User, now: dt.datetime
) -> None:
    Application.objects.update(state="forwarded", forwarded_at=now)
    path = f"/p/{sent.rotation.provider.slug}/applicants/{sent.public_id}"
    words = client_of(bruno).get(path).content.decode()
    assert "Graduation in 2021 or later" in words
    assert "TB test" not in words
    assert "How it was judged" not in words
