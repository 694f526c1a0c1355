from usce.accounts.models import StaffRole, User


def can_see_queue(user: User) -> bool:
    return user.is_staff


def can_see_people(user: User) -> bool:
    """Accounts with what was sent from them: reviewers, and trust for complaints."""
    return user.has_staff_role(StaffRole.REVIEWER, StaffRole.TRUST)


def can_see_system(user: User) -> bool:
    """Jobs and mails: administrators, and finance for what money waits on."""
    return user.has_staff_role(StaffRole.FINANCE)


def can_see_audit(user: User) -> bool:
    return user.has_staff_role(StaffRole.TRUST)
