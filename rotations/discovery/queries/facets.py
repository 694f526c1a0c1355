"""How many rotations each further choice would leave: one statement for all facets and the sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from rotations.catalog.models import HandsOn, RotationKind, SearchRow, Setting
from rotations.discovery.criteria import FACETS, HANDS_ON, Criteria
from rotations.discovery.queries.fit import WAITS, asked
from rotations.discovery.queries.search import Search, matching, with_typed
from usce.reference.models import Specialty

MOST = 10_000
FEWEST = 10
OPEN_OPTIONS = 6
LABELS: dict[str, dict[str, str]] = {
    "kind": dict(RotationKind.choices),
    "setting": dict(Setting.choices),
    "hands_on": HANDS_ON,
}
TITLES = {
    "kind": "Type",
    "specialty": "Specialty",
    "state": "State",
    "setting": "Setting",
    "hands_on": "Hands-on",
}

NAMES = """
    SELECT 'specialty' AS facet, code, name FROM reference_specialty
    UNION ALL SELECT 'state', code, name FROM reference_state
"""


@dataclass(frozen=True)
class Option:
    name: str
    value: str
    label: str
    count: int
    checked: bool

    @property
    def shown_count(self) -> str:
        """A small number would only say how small the catalogue is."""
        return f"{self.count:,}" if self.count >= FEWEST else ""


@dataclass(frozen=True)
class Facet:
    name: str
    title: str
    options: list[Option]

    @property
    def first(self) -> list[Option]:
        """What stands open: everything chosen, and the fullest of the rest."""
        if len(self.options) <= OPEN_OPTIONS + 2:
            return self.options
        ranked = sorted(self.options, key=lambda o: (not o.checked, -o.count))
        kept = {o.value for o in ranked[:OPEN_OPTIONS] if o.count} | {
            o.value for o in self.options if o.checked
        }
        return [o for o in self.options if o.value in kept]

    @property
    def rest(self) -> list[Option]:
        first = {option.value for option in self.first}
        return [option for option in self.options if option.value not in first]

    @property
    def is_choice(self) -> bool:
        return len(self.options) > 1 or any(option.checked for option in self.options)


@dataclass(frozen=True)
class Counts:
    total: int
    facets: dict[str, Facet]
    asked: list[str]

    @property
    def words(self) -> str:
        """The number as the page says it; nothing while it is small."""
        if self.total > MOST:
            return f"{MOST:,}+"
        return f"{self.total:,}" if self.total >= FEWEST else ""

    def label(self, name: str, value: str) -> str:
        options = self.facets[name].options if name in self.facets else []
        return next((o.label for o in options if o.value == value), value)


def counts(search: Search) -> Counts:
    """The sum, each facet without its own choice, and the missing facts that some listing asks."""
    statement, values = _statement(search)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    by_facet: dict[str, list[tuple[str, str, int]]] = {}
    for facet, code, label, number in found:
        by_facet.setdefault(facet, []).append((code, label, int(number)))
    facets = {name: _facet(name, by_facet.get(name, []), search.criteria) for name in FACETS}
    total = sum(number for _code, _label, number in by_facet.get("total", []))
    open_facts = [code for code, _label, number in by_facet.get("asked", []) if number]
    return Counts(total, facets, sorted(open_facts, key=list(WAITS).index))


def specialty_choices() -> list[tuple[str, str]]:
    """The specialties in which a rotation is public, by name."""
    public = Exists(SearchRow.objects.filter(specialty=OuterRef("pk")))
    return list(Specialty.objects.filter(public).values_list("code", "name"))


def freeing(search: Search) -> tuple[str, int] | None:
    """The one filter without which most rotations fit, and how many; None if none helps."""
    names = search.criteria.active
    if len(names) == 0:
        return None
    parts: list[str] = []
    values: list[Any] = []
    for number, name in enumerate(names):
        rows = matching(search.without(name)).values("pk")[: MOST + 1]
        inner, params = rows.query.sql_with_params()
        parts.append(f"SELECT {number}, count(*) FROM ({inner}) AS part")  # noqa: S608 -- the statement is the ORM's own
        values += params
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        number, most = max(cursor.fetchall(), key=lambda row: (row[1], -row[0]))
    return (names[number], most) if most else None


def _facet(name: str, rows: list[tuple[str, str, int]], criteria: Criteria) -> Facet:
    chosen = getattr(criteria, name)
    known = LABELS.get(name)
    options = [
        Option(name, code, (known or {}).get(code) or label or code, number, code in chosen)
        for code, label, number in rows
        if number or code in chosen
    ]
    if known:
        options.sort(key=lambda option: list(known).index(option.value))
    else:
        options.sort(key=lambda option: option.label)
    return Facet(name, TITLES[name], options)


def _statement(search: Search) -> tuple[str, list[Any]]:
    """One row per facet and code. Names are this module's constants, values are parameters."""
    facts = asked(search.known, search.today) if search.criteria.qualify else {}
    inner, params = _found(search, facts).query.sql_with_params()
    chosen = {name: list(getattr(search.criteria, name)) for name in FACETS}
    chosen = {name: codes for name, codes in chosen.items() if codes}
    values: list[Any] = list(params)
    parts = []
    for name in FACETS:
        others = {other: codes for other, codes in chosen.items() if other != name}
        parts.append(_part(name, name, "n", others) + f" GROUP BY {name}")
        values += others.values()
    parts.append(_part("total", "''", "n", chosen))
    values += chosen.values()
    parts += [_part("asked", f"'{name}'", name, {}) for name in facts]
    for name, codes in chosen.items():
        parts.append(f"SELECT '{name}', unnest(%s), 0")
        values.append(codes)
    columns = ", ".join([*FACETS, *facts, "n"])
    statement = f"""WITH found ({columns}) AS MATERIALIZED ({inner})
        SELECT c.facet, c.code, max(n.name), sum(c.n) FROM ({" UNION ALL ".join(parts)}) AS c
        LEFT JOIN ({NAMES}) AS n ON n.facet = c.facet AND n.code = c.code
        GROUP BY c.facet, c.code"""  # noqa: S608 -- see above
    return statement, values


def _part(facet: str, code: str, number: str, chosen: Mapping[str, list[str]]) -> str:
    where = f" WHERE {' AND '.join(f'{name} = ANY(%s)' for name in chosen)}" if chosen else ""
    counted = f"coalesce(sum({number}), 0) AS n FROM found{where}"
    return f"SELECT '{facet}' AS facet, {code} AS code, {counted}"


def _found(search: Search, facts: Mapping[str, Q]) -> QuerySet[Any, Any]:
    """Counted once by every combination, so that the facets add up few rows."""
    hands_on = Case(When(hands_on=HandsOn.OBSERVES, then=Value("no")), default=Value("yes"))
    asks = {f"asks_{name}": Count("pk", filter=waits) for name, waits in facts.items()}
    plain = [name for name in FACETS if name != "hands_on"]
    rows: QuerySet[Any, Any] = with_typed(search).annotate(hands=hands_on).values(*plain, "hands")
    counted: QuerySet[Any, Any] = rows.annotate(**asks, number=Count("*"))
    return counted.values_list(*plain, "hands", *asks, "number")
