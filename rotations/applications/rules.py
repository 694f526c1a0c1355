"""How many business days each may take to answer (usce.reference.rules counts them)."""

REVIEW_DAYS = 1
UNREVIEWED_DAYS = 2  # then it goes to the provider without having been reviewed
CHANGE_DAYS = 5
DECISION_DAYS = 5

LONGEST_STATEMENT = 4000  # characters
