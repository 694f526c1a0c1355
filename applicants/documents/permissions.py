from applicants.documents.models import Document
from usce.accounts.models import StaffRole, User


def can_add_document(actor: User) -> bool:
    """Anybody but staff, who hold no papers of their own here."""
    return not actor.is_staff


def can_open_document(actor: User, document: Document) -> bool:
    """The owner and staff reviewers; a provider comes through the application that holds it."""
    return document.owner_id == actor.pk or actor.has_staff_role(StaffRole.REVIEWER)


def can_keep_document(actor: User, document: Document) -> bool:
    """Correct its dates, or give it up: the owner alone."""
    return document.owner_id == actor.pk


def can_decide_document(actor: User, document: Document) -> bool:
    """Reviewers, and nobody about papers of their own."""
    return actor.has_staff_role(StaffRole.REVIEWER) and document.owner_id != actor.pk


def can_keep_record(actor: User, owner: User) -> bool:
    """Tell lines of an immunization record, or take them back: the person herself."""
    return actor == owner and not actor.is_staff
