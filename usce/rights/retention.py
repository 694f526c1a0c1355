"""How long each kind of thing is kept: one table, from which both the sweep and the page work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from usce.accounts.models import ApiToken
from usce.audit.models import AccessLog
from usce.jobs.models import Job, JobState
from usce.links.models import Grant
from usce.notifications.actions import empty_mails
from usce.notifications.models import Mail
from usce.notifications.states import MailState
from usce.rights.personal import LAST_MAIL

AT_ONCE = 1000
FINAL = (MailState.SENT, MailState.FAILED, MailState.SUPPRESSED)


@dataclass(frozen=True)
class Rule:
    """`kept` is what the person reads; `sweep` lets go of what is older, and says of how much.

    A rule without one is kept by a sweep of its own slice.
    """

    what: str
    kept: str
    sweep: Callable[[datetime], int] | None = None


_rules: list[Rule] = []


def keep(*rules: Rule) -> None:
    _rules.extend(rule for rule in rules if rule not in _rules)


def rules() -> list[Rule]:
    return list(_rules)


def sweep(now: datetime) -> dict[str, int]:
    """How much went, by rule; a rule that finds more than one bite goes on the next time."""
    return {rule.what: rule.sweep(now) for rule in _rules if rule.sweep}


def _delete(rows: "QuerySet[Any]") -> int:
    """The oldest thousand, so that nobody waits long for a lock."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return len(keys) and rows.model._default_manager.filter(pk__in=keys).delete()[0]  # noqa: SLF001 -- Django's documented model API


MAILS, VIEWS, TOKENS, LINKS, JOBS = (
    timedelta(days=365),
    timedelta(days=3 * 365 + 1),  # the table refuses it before three years have passed
    timedelta(days=90),
    timedelta(days=30),
    timedelta(days=30),
)


def _mails(now: datetime) -> int:
    """The words of what left a year ago; and the address of somebody erased, once it was told."""
    old = Mail.objects.filter(created_at__lt=now - MAILS, emptied_at__isnull=True)
    gone = Mail.objects.filter(event=LAST_MAIL, state__in=FINAL, emptied_at__isnull=True)
    return empty_mails(old, now=now, most=AT_ONCE) + empty_mails(gone, now=now, most=AT_ONCE)


def _views(now: datetime) -> int:
    return _delete(AccessLog.objects.filter(at__lt=now - VIEWS))


def _tokens(now: datetime) -> int:
    rows = ApiToken.objects.annotate(end=Coalesce("revoked_at", F("expires_at")))
    return _delete(rows.filter(end__lt=now - TOKENS))


def _links(now: datetime) -> int:
    return _delete(Grant.objects.filter(expires_at__lt=now - LINKS))


def _sessions(now: datetime) -> int:
    return _delete(Session.objects.filter(expire_date__lt=now))


def _jobs(now: datetime) -> int:
    """What was done goes after two days by the jobs' own sweep."""
    return _delete(Job.objects.filter(state=JobState.FAILED, finished_at__lt=now - JOBS))


keep(
    Rule("Your sign-in on a device", "14 days after the last visit", _sessions),
    Rule("Links that open something without signing in", "30 days after they end", _links),
    Rule("Keys for programs", "90 days after they end", _tokens),
    Rule("The words of mails and messages", "a year", _mails),
    Rule("Who saw your papers", "three years", _views),
    Rule("A copy of your data", "7 days after it is ready"),
    Rule("What went wrong in work behind the pages", "30 days", _jobs),
    Rule("What you agreed to", "as long as the account, then without your name"),
    Rule("Invoices, payments and refunds", "as the law on books asks, then without your name"),
)
