"""Questions about a person, each with its reason and its readers."""

from applicants.profiles.forms.exams import AttemptForm
from applicants.profiles.forms.facts import QUESTIONS, FactsForm, NamesForm
from applicants.profiles.forms.goals import GoalForm
from applicants.profiles.forms.numbers import NumbersForm
from applicants.profiles.forms.passport import PassportForm
from applicants.profiles.forms.school import AnswerForm, ContactForm, SchoolForm

__all__ = [
    "QUESTIONS",
    "AnswerForm",
    "AttemptForm",
    "ContactForm",
    "FactsForm",
    "GoalForm",
    "NamesForm",
    "NumbersForm",
    "PassportForm",
    "SchoolForm",
]
