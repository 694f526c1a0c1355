"""Published rules' texts that bear on a listing: reported with their source, never interpreted.

A text either speaks against (`refuses`) or names what is still to be settled (`asks`). There is no
third word: nothing here says that a visa allows something.
"""

from rotations.eligibility.rules.kinds.person import HELD, STATUSES
from rotations.eligibility.rules.parts import Case, Group, Outcome, Weight
from rotations.eligibility.rules.words import Kind, Params, Reading

PREFIX = "text:"
REFUSES, ASKS = "refuses", "asks"
SAY = {
    "status": "Say whether you have graduated.",
    "visa": "Say which visa or status you have.",
}


def is_text(kind: str) -> bool:
    return kind.startswith(PREFIX)


def text_facts(params: Params, weight: str) -> tuple[str, ...]:
    """What has to be known before the text can be read; only one that decides is asked for."""
    named = (("status", "statuses"), ("visa", "visas"))
    return tuple(fact for fact, of in named if params.get(of)) if weight == Weight.MUST else ()


def read_text(params: Params, case: Case) -> Reading | None:
    """None where the text is not about this person or these dates."""
    told = {"status": case.facts.status, "visa": case.facts.visa}
    named = _named(params)
    if not (_is_about(named, told) and _is_long_enough(params, case)):
        return None
    rule, step = params["rule"], params["next_step"]
    unsaid = next((fact for fact in named if told[fact] is None), None)
    if params["effect"] == ASKS:
        return None if unsaid else Reading(Outcome.UNKNOWN, rule, rule, _yours(case), step)
    if unsaid:
        return Reading(Outcome.UNKNOWN, rule, rule, "", SAY[unsaid], fact=unsaid)
    return Reading(Outcome.NOT_MET, rule, rule, _yours(case), step)


def _named(params: Params) -> dict[str, list[str]]:
    """Of each fact that the text depends on, the values that it is about."""
    named = {"status": params.get("statuses"), "visa": params.get("visas")}
    return {fact: values for fact, values in named.items() if values}


def _is_about(named: dict[str, list[str]], told: dict[str, str | None]) -> bool:
    """Not contradicted by what is told; a fact that is not told leaves it open."""
    return all(told[fact] is None or told[fact] in values for fact, values in named.items())


def _is_long_enough(params: Params, case: Case) -> bool:
    most = params.get("most_days")
    days = (case.stay.ends_on - case.stay.starts_on).days + 1
    return most is None or days > most


def _yours(case: Case) -> str:
    status, visa = case.facts.status, case.facts.visa
    words = [f"You are a {STATUSES[status][:-1]}." if status else "", HELD[visa] if visa else ""]
    return " ".join(word for word in words if word)


TEXT = Kind((), lambda _params: "", read_text, Group.TEXT)
