"""Every component on one page, with long, empty, wrong and right-to-left words.

Served with the development stack only; the tests and the accessibility check walk it.
"""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

LONG = (
    "Hubertus Wolfeschlegelsteinhausenbergerdorff-Papadimitropoulos of the Department of "
    "Internal Medicine and Cardiometabolic Prevention"
)
RTL = "د. أمينة عبد الرحمن الخطيب"
HOSTILE = '<script>alert("x")</script><b>bold</b> & "quoted"'
AT = dt.datetime(2026, 3, 14, 22, 0, tzinfo=dt.UTC)
START, END = dt.date(2026, 7, 6), dt.date(2026, 7, 31)
KINDS = [("hands_on", "Hands-on elective"), ("observership", "Observership"), ("rtl", RTL)]


class GalleryForm(forms.Form):
    name = forms.CharField(label="Name as in your passport", help_text="Both given and family.")
    email = forms.EmailField(label="E-mail address")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    kind = forms.ChoiceField(label="Kind of rotation", choices=KINDS)
    preferred = forms.ChoiceField(label="What you prefer", choices=KINDS, widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(
        label="Specialties", choices=KINDS, widget=forms.CheckboxSelectMultiple, required=False
    )
    born_on = forms.DateField(label="Date of birth")
    statement = forms.CharField(label="Statement", widget=forms.Textarea, required=False)
    cv = forms.FileField(label="CV", help_text="PDF of at most 20 MB.", widget=forms.FileInput)
    is_own = forms.BooleanField(label="These words are about myself", required=False)
    agreed = forms.BooleanField(label="I have read the refund terms of this rotation")


def values() -> dict[str, Any]:
    """What the gallery shows, apart from the form; the tests use the same."""
    return {
        "long": LONG,
        "rtl": RTL,
        "hostile": HOSTILE,
        "at": AT,
        "start": START,
        "end": END,
        "tones": ["neutral", "info", "ok", "warn", "bad"],
        "states": ["draft", "submitted", "in_review", "forwarded", "offered", "held", "confirmed"],
        "finding_list": findings(),
        "price_lines": [
            {"label": "Rotation, 4 weeks", "amount_cents": 135_000},
            {"label": "Platform fee", "amount_cents": 15_000, "note": "Set by Rounds"},
            {"label": LONG, "amount_cents": 15_000},
        ],
        "date_options": [
            {"value": "1", "label": "6 July to 31 July 2026", "seats": 2, "checked": True},
            {"value": "2", "label": "3 August to 28 August 2026", "seats": 1, "note": "Night call"},
            {"value": "3", "label": "31 August to 25 September 2026", "seats": 0, "disabled": True},
        ],
        "timeline_steps": timeline(),
        "wizard_steps": [
            {"label": "Dates", "url": "#dates", "state": "done"},
            {"label": "Your facts", "state": "current"},
            {"label": "Review and send", "state": "next"},
        ],
        "crumbs": [{"label": "Find rotations", "url": "/rotations"}, {"label": LONG}],
        "tab_list": [
            {"label": "Status", "url": "#status", "current": True},
            {"label": "Papers", "url": "#papers", "count": 2},
            {"label": "Money", "url": "#money"},
        ],
        "rows": [("Amina Rahmān", "offered", 165_000), (RTL, "held", 0), (LONG, "declined", 99)],
    }


def findings() -> list[dict[str, Any]]:
    return [
        {"outcome": "met", "rule": "Medical graduate or final-year student", "yours": "2021"},
        {
            "outcome": "not_met",
            "rule": "USMLE Step 1 passed",
            "yours": "You told us: not yet taken",
            "next_step": "Come back when the result is out",
            "source": "The host's listing",
            "checked_on": dt.date(2026, 5, 2),
        },
        {"outcome": "unknown", "rule": LONG, "next_step": "Tell us your status"},
    ]


def timeline() -> list[dict[str, Any]]:
    return [
        {"title": "Application sent", "when": "2 March 2026", "who": "You", "state": "done"},
        {
            "title": "The provider decides",
            "when": "by Friday 14 March 2026",
            "who": RTL,
            "note": LONG,
            "state": "current",
        },
        {"title": "Pay the deposit", "who": "You", "state": "next"},
    ]


def frame() -> dict[str, Any]:
    """The names that the base page reads from a context processor."""
    return {
        "nav": [
            {"label": "Home", "url": "#home", "current": True},
            {"label": "Find", "url": "#find"},
            {"label": "Applications", "url": "#applications", "count": 2},
            {"label": "Documents", "url": "#documents"},
        ],
        "account": {
            "name": LONG,
            "links": [
                {"label": "Profile", "url": "#profile"},
                {"label": "Messages", "url": "#messages", "count": 3},
                {"label": "Sign out", "url": "#out", "post": True},
            ],
        },
        "footer": [
            {"title": "Trust", "links": [{"label": "How your money moves", "url": "#money"}]},
            {"title": "Legal", "links": [{"label": "Terms", "url": "#terms"}]},
        ],
        "demo_banner": "Demonstration: people, clinics and prices are invented.",
        "site_banner": "Payments are delayed since 14:10 UTC. Deadlines move by as long.",
    }


@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    wrong = GalleryForm({"email": "not an address", "name": RTL}, auto_id="bad_%s")
    wrong.add_error(None, HOSTILE)
    context = values() | frame() | {"form": GalleryForm(), "wrong": wrong}
    return render(request, "components/_gallery.html", context)
