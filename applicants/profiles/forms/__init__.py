"""Questions about a person, each with its reason and its readers."""

from applicants.profiles.forms.exams import AttemptForm
from applicants.profiles.forms.facts import QUESTIONS, FactsForm, NamesForm
from applicants.profiles.forms.numbers import NumbersForm
from applicants.profiles.forms.passport import PassportForm

__all__ = ["QUESTIONS", "AttemptForm", "FactsForm", "NamesForm", "NumbersForm", "PassportForm"]
