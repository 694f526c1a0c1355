"""From link to link through every page that a person can reach."""

from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from tests.browser.conftest import Visit
from tests.support.markup import faults_of

OF_ONE_KIND = 2
NOWHERE = "/nowhere"
OTHER_PLACES = ("/dev/", "/static/", "/accounts/logout")


def pages_of(person: Visit, first: Iterable[str]) -> Iterator[str]:
    """Open each page and yield its kind, at most two of a kind; a dead link fails."""
    waiting, seen = list(first), set(first)
    kinds = Counter(kind_of(path) for path in waiting)
    while waiting:
        path = waiting.pop(0)
        if path != NOWHERE and not is_page(person, path):
            continue
        person.open(path)
        links = links_of(person)
        yield kind_of(path)
        for link in links:
            if link not in seen and kinds[kind_of(link)] < OF_ONE_KIND:
                seen.add(link)
                kinds[kind_of(link)] += 1
                waiting.append(link)


def is_page(person: Visit, path: str) -> bool:
    """Whether a page is there, and not a file; a dead link and HTML to repair fail."""
    answer = person.page.request.get(f"{person.base}{path}")
    assert answer.status < 400, f"{path} answers {answer.status}"
    if not answer.headers["content-type"].startswith("text/html"):
        return False
    assert faults_of(answer.text()) == [], path
    return True


def links_of(person: Visit) -> list[str]:
    """Paths of this site that the page leads to."""
    found = person.page.eval_on_selector_all("a[href]", "all => all.map(it => it.href)")
    parts = [urlsplit(link) for link in found if link.startswith(person.base)]
    paths = [f"{it.path}?{it.query}" if it.query else it.path for it in parts]
    return [path for path in paths if not path.startswith(OTHER_PLACES)]


def kind_of(path: str) -> str:
    """The route, and which questions its address answers."""
    address = urlsplit(path)
    try:
        route = resolve(address.path).route
    except Resolver404:
        route = "nowhere"
    names = sorted({pair.split("=")[0] for pair in address.query.split("&") if pair})
    return f"/{route}" + (f"?{'&'.join(names)}" if names else "")
