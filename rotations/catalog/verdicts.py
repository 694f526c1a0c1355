"""The one place where a listing meets a person: the same verdict on every page, in API and mail."""

from datetime import date, timedelta

from rotations.catalog.models import DutyLevel, Opening, Rotation
from rotations.eligibility.queries import Person
from rotations.eligibility.rules import Case, Rule, Stay, Verdict, judge
from rotations.eligibility.rules.packs import Place, is_hands_on, text_rules

HOST_RULE = "this listing"
HANDS = (DutyLevel.ASSIST, DutyLevel.SUPERVISED)


def stay_of(opening: Opening, today: date) -> Stay:
    return Stay(opening.starts_on, opening.ends_on, today)


def undated_stay(rotation: Rotation, today: date) -> Stay:
    """Without open dates a listing is read as if it began today."""
    return Stay(today, today + timedelta(weeks=rotation.weeks, days=-3), today)


def rules_of(rotation: Rotation, today: date, *, assists: bool | None = None) -> list[Rule]:
    """The host's requirements, then the published texts that bear on such a listing today.

    `assists` saves reading the duties where it is known whether any is done or assisted.
    """
    read_on = rotation.updated_at.date()
    named = rotation.requirements.all()
    own = [Rule(r.kind, r.params, r.weight, HOST_RULE, read_on) for r in named]
    return [*own, *text_rules(_place(rotation, assists=assists), today)]


def case_of(rotation: Rotation, stay: Stay, person: Person, *, assists: bool | None = None) -> Case:
    rules = rules_of(rotation, stay.today, assists=assists)
    return Case(tuple(rules), person.facts, stay, person.papers)


def verdict_on(
    rotation: Rotation, stay: Stay, person: Person, *, assists: bool | None = None
) -> Verdict:
    return judge(case_of(rotation, stay, person, assists=assists))


def _place(rotation: Rotation, *, assists: bool | None) -> Place:
    if assists is None:
        assists = any(duty.level in HANDS for duty in rotation.matrix.all())
    return Place(
        kind=rotation.kind,
        state=rotation.site.region_id,
        is_hands_on=is_hands_on(rotation.kind, assists=assists),
        in_person=rotation.is_in_person,
    )
