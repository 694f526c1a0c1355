import gzip
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from usce.ui import gallery
from usce.ui.words import ICON_OF_TONE, WORDS

ROOT = Path(settings.BASE_DIR)
PAGES = [p for p in (ROOT / "templates").rglob("*.html") if "emails" not in p.parts]
ERRORS = ["400", "403", "404", "409", "500", "503"]


@pytest.fixture(scope="module")
def sprite() -> set[str]:
    text = (ROOT / "static/vendor/lucide/sprite.svg").read_text()
    return set(re.findall(r'<symbol id="([^"]+)"', text))


@pytest.fixture(scope="module")
def page() -> str:
    wrong = gallery.GalleryForm({"name": gallery.HOSTILE}, auto_id="bad_%s")
    context = gallery.values() | gallery.frame()
    forms = {"form": gallery.GalleryForm(), "wrong": wrong}
    return render_to_string("components/_gallery.html", context | forms)


def test_gallery_answers_a_visitor(rf: RequestFactory, db: None) -> None:
    request = rf.get("/dev/components")
    request.user = AnonymousUser()
    assert gallery.show(request).status_code == 200


def test_gallery_escapes_hostile_words(page: str) -> None:
    assert '<script>alert("x")</script>' not in page
    assert "<b>bold</b>" not in page


def test_gallery_holds_no_id_twice(page: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


def test_gallery_shows_every_component() -> None:
    parts = {p.stem for p in (ROOT / "templates/components").glob("[!_]*.html")}
    source = (ROOT / "templates/components/_gallery.html").read_text()
    tags = set(re.findall(r"{%-? (\w+)", source))
    included = set(re.findall(r"components/(\w+)\.html", source))
    # These stand inside other tags: icon in most, dir_auto in the table of the docs.
    assert parts - tags - included == {"card", "dir_auto", "icon"} - tags


def test_icons_named_anywhere_are_in_the_sprite(sprite: set[str]) -> None:
    named = {
        name
        for path in PAGES
        for name in re.findall(r'(?:{% icon |\bicon=)"([^"]+)"', path.read_text())
    }
    named |= set(ICON_OF_TONE.values()) | {word.icon for word in WORDS.values() if word.icon}
    assert named - sprite == set()


def test_templates_hold_no_inline_style_or_script() -> None:
    pattern = re.compile(r"""<style|\sstyle=|\son\w+=["']|<script(?![^>]*\ssrc=)|javascript:""")
    found = [str(p.relative_to(ROOT)) for p in PAGES if pattern.search(p.read_text())]
    assert found == []


def test_templates_are_short() -> None:
    long = [p.name for p in PAGES if len(p.read_text().splitlines()) > 200]
    assert long == []


def test_css_is_at_most_30_kb() -> None:
    assert sum(p.stat().st_size for p in (ROOT / "static/css").glob("*.css")) <= 30 * 1024


def test_css_uses_logical_properties_only() -> None:
    physical = re.compile(r"(?:margin|padding|border)-(?:left|right)|[{;]\s*(?:left|right|width):")
    sheets = (ROOT / "static/css").glob("*.css")
    assert [p.name for p in sheets if physical.search(p.read_text())] == []


def test_scripts_are_small() -> None:
    sent = {p: len(gzip.compress(p.read_bytes())) for p in (ROOT / "static").rglob("*.js")}
    ours = ROOT / "static/js"
    assert [p.name for p, size in sent.items() if p.parent == ours and size > 2 * 1024] == []
    assert sum(sent.values()) <= 50 * 1024


def test_vendored_files_match_their_checksums() -> None:
    table = (ROOT / "static/vendor/README.md").read_text()
    for name, digest in re.findall(r"^\| `([^`]+)` .*`(\w{64})`", table, re.MULTILINE):
        path = ROOT / "static/vendor" / name
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
        assert (path.parent / "LICENSE").is_file()


@pytest.mark.parametrize("code", ERRORS)
def test_error_page_stands_without_context(code: str) -> None:
    html = get_template(f"{code}.html").render({})
    assert html.count("<h1>") == 1
    assert html.count("button-primary") == 1


def test_conflict_page_says_the_sentence() -> None:
    html = get_template("409.html").render({"sentence": "The seat is <taken>.", "url": "/x"})
    assert "The seat is &lt;taken&gt;." in html
    assert 'href="/x"' in html


def test_mail_says_what_happened_first_with_one_link() -> None:
    context = {"subject": "Seat <confirmed>", "url": "https://example.test/x", "reference": "R-1"}
    html = get_template("emails/base.html").render(context)
    assert html.count("<a ") == 1
    assert "Seat &lt;confirmed&gt;" in html
    assert get_template("emails/base.txt").render(context).startswith("Seat")


def dates(*, checked: int) -> str:
    options = [
        {"value": n, "label": f"Date {n}", "seats": 1, "checked": n == checked} for n in range(7)
    ]
    return render_to_string("components/date_choice.html", {"name": "d", "options": options})


def test_date_choice_folds_from_the_sixth() -> None:
    html = dates(checked=0)
    assert html.count('type="radio"') == 7
    assert '<details class="more">' in html
    assert "2 more dates" in html


def test_date_choice_opens_the_fold_around_the_chosen_date() -> None:
    assert '<details class="more" open>' in dates(checked=6)
