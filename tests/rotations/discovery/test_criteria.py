"""One search has one address, whatever was typed."""

from urllib.parse import urlencode

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from rotations.discovery.criteria import Criteria
from rotations.discovery.forms import SearchForm

NAMES = st.sampled_from(
    [
        *("q", "qualify", "kind", "specialty", "state", "earliest", "latest", "price", "city"),
        *("weeks", "setting", "hands_on", "sort", "after", "stranger"),
    ]
)
VALUES = st.one_of(
    st.text(max_size=120),
    st.sampled_from(["yes", "no", "IL", "externship", "both", "price", "2027-01-31", "2026-01-01"]),
    st.integers(-5, 10**9).map(str),
)
QUERIES = st.lists(st.tuples(NAMES, VALUES), max_size=12)


def form_of(pairs: list[tuple[str, str]]) -> SearchForm:
    return SearchForm(QueryDict(urlencode(pairs, errors="ignore")))


@given(QUERIES)
def test_address_of_an_address_is_itself(pairs: list[tuple[str, str]]) -> None:
    once = form_of(pairs)
    again = form_of(once.pairs())
    assert again.pairs() == once.pairs()
    assert again.criteria == once.criteria


@given(QUERIES)
def test_every_filter_can_be_taken_away(pairs: list[tuple[str, str]]) -> None:
    criteria = form_of(pairs).criteria
    for name in criteria.active:
        criteria = criteria.without(name)
    assert criteria == Criteria(sort=criteria.sort)


def test_one_value_of_several_can_be_taken_away() -> None:
    criteria = Criteria(state=("IL", "PR"))
    assert criteria.without("state", "IL") == Criteria(state=("PR",))
