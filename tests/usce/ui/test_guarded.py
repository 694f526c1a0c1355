"""Free texts are kept only once nothing in them tells who a patient is."""

from typing import Any

import pytest
from django import forms

from applicants.profiles.forms import GoalForm
from rotations.applications.forms import BeginForm
from rotations.conversations.forms import AnswerForm
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.ui.guarded import GuardedForm

GOALS = "/profile/goals"


class Note(GuardedForm):
    text = forms.CharField()


def note(text: str, **more: Any) -> Note:
    return Note({"text": text} | more)


def test_plain_words_pass_and_are_asked_nothing() -> None:
    form = note("I want to learn how a ward round is run, from 6 July on.")
    assert form.is_valid()
    assert "is_own" not in form.fields
    assert "is_own" not in Note().fields


def test_own_number_goes_through_once_it_is_said_to_be_own() -> None:
    form = note("Call me: +91 98765 43210")
    assert not form.is_valid()
    assert "+91 98765 43210</mark> (take the number out)" in form.errors["text"][0]
    assert "is_own" in form.fields
    assert note("Call me: +91 98765 43210", is_own="on").is_valid()


@pytest.mark.parametrize("text", ["MRN 4481223 was mine", "a 94-year-old man", "SSN 123-45-6789"])
def test_what_is_never_the_writers_own_does_not_go_through(text: str) -> None:
    form = note(text, is_own="on")
    assert not form.is_valid()
    assert "and send it again" in form.errors["text"][0]


def test_words_that_were_met_are_shown_as_words() -> None:
    error = str(note('see <b>x</b> MRN 4481223<script>alert("1")</script>').errors["text"])
    assert "<script" not in error
    assert "<mark" in error


@pytest.mark.parametrize(
    ("form", "name"),
    [(GoalForm, "text"), (AnswerForm, "answer")],
)
def test_texts_to_others_are_guarded(form: type[forms.Form], name: str) -> None:
    assert name in form({name: "MRN 4481223"}).errors
    assert "statement" in BeginForm({"statement": "MRN 4481223"}, openings=[]).errors


def test_goals_keep_what_was_typed_and_mark_it(amina: User) -> None:
    client = client_of(amina)
    answer = client.post(GOALS, {"text": "I met MRN 4481223. Call 312-555-0142."})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "I met MRN 4481223. Call 312-555-0142.</textarea>" in page
    assert '<mark dir="auto">MRN 4481223</mark>' in page
    assert 'name="is_own"' in page
    own = {"text": "Call 312-555-0142.", "is_own": "on"}
    assert client.post(GOALS, own).status_code == 302
