"""Papers and dated lines of the demo's people."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from applicants.documents.actions import add_document, agree_to_health_papers, tell_lines
from applicants.documents.kinds import DocumentKind
from applicants.documents.lines import Result, Unit, What
from usce.accounts.models import User
from usce.devstack.demo.paper import a_paper


def add_papers(user: User, now: datetime) -> None:
    """What waits for a reviewer to read: a passport page and a TB test."""
    today = now.date()
    agree_to_health_papers(user, ip_address=None, now=now)
    for kind, dates in (
        (DocumentKind.PASSPORT, {"expires_on": today + timedelta(days=1200)}),
        (DocumentKind.TB_TEST, {"issued_on": today - timedelta(days=320)}),
    ):
        file = a_paper(f"Invented {kind.label}, for the demo", f"{kind.label} (invented).pdf")
        add_document(kind, file, owner=user, actor=user, now=now, **dates)


def tell_record(user: User, now: datetime) -> None:
    """An immunization form that is nearly done: one dose came too early, one is missing."""
    today = now.date()

    def ago(*days: int) -> list[date]:
        return [today - timedelta(days=number) for number in days]

    skin = {"mm": 2, "read_on": today - timedelta(days=320)}
    for what, days, more in (
        (What.MMR, ago(60, 42), {}),
        (What.VARICELLA_IGG, ago(400), {"result": Result.POSITIVE}),
        (What.TDAP, ago(900), {}),
        (What.HEP_B, ago(800, 760, 600), {}),
        (What.ANTI_HBS, ago(560), {"level": Decimal("182.5"), "unit": Unit.MIU_ML}),
        (What.TST, ago(322), skin),
    ):
        tell_lines(user, what, days, more=more, actor=user, now=now)
