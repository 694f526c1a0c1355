"""What differs between two verdicts on the same thing, and whether it matters to the person."""

import hashlib
import json
from typing import Any

from rotations.eligibility.rules.parts import Case, Rule, Verdict, Weight, plain

WORDING = ("rule", "next_step")  # of a published text: another wording is not another rule


def essence(rule: Rule) -> dict[str, Any]:
    """What a rule asks, whatever its wording, source and the day it was read."""
    params = {name: value for name, value in rule.params.items() if name not in WORDING}
    return {"kind": rule.kind, "weight": str(rule.weight), "params": plain(params)}


def essences(case: Case) -> list[dict[str, Any]]:
    return [essence(rule) for rule in case.rules]


def mark_of(case: Case, verdict: Verdict) -> str:
    """Equal for two verdicts that ask the same and come out the same, rule by rule."""
    outcomes = [[f.kind, f.weight, f.outcome] for f in verdict.findings]
    told = json.dumps([verdict.outcome, essences(case), outcomes], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def rule_changes(
    before: list[dict[str, Any]], was: Verdict | None, case: Case, now: Verdict
) -> list[str]:
    """A sentence for each rule that is new, asks otherwise or is asked no more; wishes left out.

    `was` words the rules that are gone; without it they are named by their kind.
    """
    old, new = _deciding(before), _deciding(essences(case))
    every = {rule["kind"]: rule for rule in before}
    words = _words(now)
    said = [
        f"{'Changed' if kind in every else 'New'}: {words[kind]}"
        for kind, rule in new.items()
        if every.get(kind) != rule and kind in words
    ]
    still = {rule.kind for rule in case.rules}
    gone = [kind for kind in old if kind not in still]
    return said + [f"No longer asked: {word}" for word in _gone(gone, was)]


def _deciding(rules: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By kind the rules that are more than a wish."""
    return {rule["kind"]: rule for rule in rules if rule["weight"] != Weight.WISH}


def _words(verdict: Verdict) -> dict[str, str]:
    return {finding.kind: finding.rule for finding in verdict.findings}


def _gone(kinds: list[str], was: Verdict | None) -> list[str]:
    """Rules that are asked no more; those that were not about the person are left out."""
    if was is None:
        return [kind.replace("_", " ") for kind in kinds]
    words = _words(was)
    return [words[kind] for kind in kinds if kind in words]
