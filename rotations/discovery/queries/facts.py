"""What the visitor told so far: in the profile when signed in, else in the session."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser

from applicants.profiles.queries import FACTS, facts_of, profile_for
from rotations.eligibility.rules import Facts
from usce.accounts.models import User


def facts_known(viewer: User | AnonymousUser, session: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(viewer, User) and not viewer.is_staff:
        return facts_of(profile_for(viewer))
    told = session.get("facts") or {}
    return {name: value for name, value in told.items() if name in FACTS and value is not None}


def as_facts(known: Mapping[str, Any]) -> Facts:
    return Facts(**known)
