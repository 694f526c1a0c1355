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
    old = {rule["kind"]: rule for rule in before}
    new = {rule["kind"]: rule for rule in essences(case)}
    words = {f.kind: f.rule for f in now.findings}
    gone_words = {f.kind: f.rule for f in was.findings} if was else {}
    said = [
        f"{'New' if kind not in old else 'Changed'}: {words[kind]}"
        for kind, rule in new.items()
        if old.get(kind) != rule and rule["weight"] != Weight.WISH and kind in words
    ]
    gone = [
        f"No longer asked: {gone_words.get(kind, kind.replace('_', ' '))}"
        for kind, rule in old.items()
        if kind not in new and rule["weight"] != Weight.WISH and (was is None or kind in gone_words)
    ]
    return said + gone
