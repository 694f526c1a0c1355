"""Invented hosts and listings by number: the same number always gives the same listing (pure)."""

import csv
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from django.utils.text import slugify

from rotations.catalog.states import RotationState
from rotations.providers.models import ProviderKind
from usce.devstack.demo.hosts import HOSTS, Doctor, Host
from usce.devstack.demo.listings import (
    CLK,
    ELE,
    EXT,
    EXT_GRAD,
    IM_OBS,
    LISTINGS,
    OBS,
    OBS_ANY,
    RES,
    SCHOLAR,
    STUDENTS,
    TEL,
    TELE,
    Listing,
    Rule,
)
from usce.ids import CROCKFORD, LENGTH

DATA = Path(__file__).parent / "data"
NAMED = 400  # further listings are for the bench: all published, all by verified hosts
UNVERIFIED = {"draft": 1, "submitted": 2, "suspended": 1}  # of the last hosts, in this order
CREDENTIALS = ("MD", "MD, FACP", "DO", "MD, PhD")
FREE_AT = (ProviderKind.CLINIC, ProviderKind.UNIVERSITY)
SHOWN = ("public", "signed_in", "in_offer", "public")
KINDS = (OBS, EXT, OBS, CLK, OBS, ELE, EXT, OBS, RES, TEL)
WEEKS = {
    OBS: (4, 2, 4, 8),
    EXT: (4, 8, 4, 12),
    CLK: (6, 4, 8),
    ELE: (4, 2, 4),
    RES: (12, 8),
    TEL: (4, 2),
}
PAPERS: dict[str, tuple[str, ...]] = {
    OBS: ("immunizations", "tb_test", "health_insurance"),
    EXT: ("immunizations", "tb_test", "bls_card", "background_check", "malpractice", "diploma"),
    CLK: ("immunizations", "tb_test", "bls_card", "drug_screen", "school_letter", "transcript"),
    ELE: ("immunizations", "tb_test", "physical_exam", "health_insurance", "hipaa"),
    RES: ("health_insurance",),
    TEL: (),
}
# Dollars for four weeks, from and to, where the market's prices lie.
PRICES = {
    OBS: (950, 2100),
    EXT: (1500, 2600),
    CLK: (2200, 3400),
    ELE: (2400, 4600),
    RES: (500, 1100),
    TEL: (1150, 1350),
}
RULES: dict[str, tuple[tuple[Rule, ...], ...]] = {
    OBS: (IM_OBS, OBS_ANY),
    EXT: (EXT_GRAD,),
    CLK: (STUDENTS,),
    ELE: (STUDENTS,),
    RES: ((EXT_GRAD[0], SCHOLAR),),
    TEL: (TELE,),
}
T = TypeVar("T")


def pick(options: Sequence[T], key: str) -> T:
    return options[_number(key) % len(options)]


def demo_id(key: str) -> str:
    """A public id that stays the same in every demo database."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:10], "big")
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in range(LENGTH))


@cache
def all_hosts() -> tuple[Host, ...]:
    """The hosts with a story of their own, then those of `data/hosts.csv`."""
    return (*HOSTS, *(_host(n, row) for n, row in enumerate(_rows("hosts.csv"))))


@cache
def names() -> tuple[str, ...]:
    return tuple(f"{row['given']} {row['family']}" for row in _rows("names.csv"))


@cache
def unverified_hosts() -> dict[str, str]:
    """Slug of each host that staff have not verified, or no longer, with its state."""
    states = [state for state, many in UNVERIFIED.items() for _ in range(many)]
    return {host.slug: state for host, state in zip(reversed(all_hosts()), states, strict=False)}


@cache
def listing(number: int) -> Listing:
    if number < len(LISTINGS):
        return LISTINGS[number]
    invented = number - len(LISTINGS)
    hosts = len(all_hosts()) - len(HOSTS)
    if number >= NAMED:
        hosts -= len(unverified_hosts())
    host, doctor = len(HOSTS) + invented % hosts, invented // hosts % 3
    return _listing(number, host, doctor)


def state_of(number: int) -> str:
    """Nearly all are published; a few wait, rest or have ended."""
    if number < len(LISTINGS) or number >= NAMED:
        return RotationState.PUBLISHED
    host = all_hosts()[listing(number).host]
    if unverified_hosts().get(host.slug) in ("draft", "submitted"):
        return RotationState.DRAFT
    ends = {3: RotationState.DRAFT, 13: RotationState.PAUSED, 23: RotationState.ARCHIVED}
    if number % 40 == 33:
        return RotationState.IN_REVIEW
    return ends.get(number % 40, RotationState.PUBLISHED)


def _listing(number: int, host: int, doctor: int) -> Listing:
    key = f"listing/{number}"
    at = all_hosts()[host]
    kind = pick(KINDS, f"{key}/kind")
    weeks = pick(WEEKS[kind], f"{key}/weeks")
    setting = _setting(kind, at.kind, key)
    per_week = number % 9 == 4
    is_free = kind in (OBS, RES) and at.kind in FREE_AT and not _number(f"{key}/free") % 5
    price = 0 if is_free else _price(kind, at.kind, weeks, key) // (weeks if per_week else 1)
    fee = price // 10
    papers: tuple[Rule, ...] = tuple((paper, {}, "by_start") for paper in PAPERS[kind])
    return Listing(
        host,
        doctor,
        _title(at.doctors[doctor].specialty, kind, setting),
        kind,
        setting,
        weeks,
        price,
        fee,
        (price + fee) * 3 // 10,
        pick(("flexible", "standard", "standard", "strict"), f"{key}/policy"),
        _letterhead(at.kind, kind),
        pick(RULES[kind], f"{key}/rules") + papers,
        hours=20 if kind == TEL else pick((40, 36, 45, 32, 50), f"{key}/hours"),
        per_week=per_week and not is_free,
        number=number,
    )


def _title(specialty: str, kind: str, setting: str) -> str:
    where = {"inpatient": " on the wards", "outpatient": " in clinic"}.get(setting, "")
    word = {RES: "research weeks", TEL: "telehealth weeks"}.get(kind, kind)
    name = specialty.replace("-", " ").title().replace("Obstetrics ", "Obstetrics and ")
    return f"{name} {word}{where if kind not in (RES, TEL) else ''}"


def _setting(kind: str, host: str, key: str) -> str:
    if kind == TEL:
        return "remote"
    if host == ProviderKind.HOSPITAL:
        return pick(("inpatient", "inpatient", "both"), f"{key}/setting")
    if host == ProviderKind.UNIVERSITY:
        return pick(("both", "inpatient", "outpatient"), f"{key}/setting")
    return pick(("outpatient", "outpatient", "outpatient", "both"), f"{key}/setting")


def _price(kind: str, host: str, weeks: int, key: str) -> int:
    """Whole dollars of the block; longer blocks cost less by the week."""
    low, high = PRICES[kind]
    four = low + (high - low) * (_number(f"{key}/price") % 100) // 100
    if host == ProviderKind.HOSPITAL and kind == OBS:
        four += 600
    percent = {2: 60, 4: 100, 6: 140, 8: 180, 12: 240}[weeks]
    return max(50, four * percent // 100 // 25 * 25)


def _letterhead(host: str, kind: str) -> str:
    if kind == TEL and host == ProviderKind.AGENCY:
        return "none"
    known = {ProviderKind.HOSPITAL: "hospital", ProviderKind.UNIVERSITY: "university"}
    return known.get(ProviderKind(host), "clinic")


def _host(number: int, row: dict[str, str]) -> Host:
    doctors = [
        Doctor(
            names()[number * 3 + place],
            pick(CREDENTIALS, f"{row['name']}/{place}"),
            specialty,
            SHOWN[(number + place) % len(SHOWN)],
        )
        for place, specialty in enumerate(row["specialties"].split("|"))
    ]
    word = row["name"].split(" ", 1)[0]
    return Host(
        slugify(row["name"]),
        row["name"],
        row["kind"],
        f"An invented {ProviderKind(row['kind']).label.lower()} in {row['city']}.",
        f"{word} {'Main Building' if row['kind'] in ('hospital', 'university') else 'Office'}",
        row["street"],
        row["city"],
        row["state"],
        row["zip"],
        row["time_zone"],
        (doctors[0], doctors[1], doctors[2]),
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="") as file:
        return list(csv.DictReader(file))


def _number(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big")
