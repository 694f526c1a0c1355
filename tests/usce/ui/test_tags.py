import datetime as dt
import types

import pytest
from django import forms
from django.template import Context, Template

from usce.ui.gallery import HOSTILE, RTL, GalleryForm

AT = dt.datetime(2026, 3, 14, 22, 0, tzinfo=dt.UTC)


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context)).strip()


def test_money_writes_cents_as_dollars() -> None:
    assert rendered("{{ 165000|money }}") == "$1,650.00"


def test_in_zone_moves_the_clock_only() -> None:
    assert rendered("{{ at|in_zone:'America/Chicago'|date:'H:i' }}", at=AT) == "17:00"


def test_date_span_is_one_phrase() -> None:
    days = {"first": dt.date(2026, 7, 6), "last": dt.date(2026, 8, 1)}
    assert rendered("{% date_span first last %}", **days) == "6 July to 1 August 2026"


def test_icon_is_silent_without_label() -> None:
    assert 'aria-hidden="true"' in rendered('{% icon "calendar" %}')


def test_icon_with_label_is_read_out() -> None:
    assert 'role="img" aria-label="Close"' in rendered('{% icon "x" label="Close" %}')


def test_button_with_href_is_a_link() -> None:
    assert rendered('{% button "Open" href="/x" %}') == (
        '<a class="button button-primary" href="/x"><span>Open</span></a>'
    )


def test_button_submits_with_its_value() -> None:
    html = rendered('{% button "Accept" name="answer" value="yes" waiting="Saving" %}')
    assert html == (
        '<button class="button button-primary" type="submit" name="answer" value="yes"'
        ' data-waiting="Saving"><span>Accept</span></button>'
    )


def test_button_escapes_its_label() -> None:
    assert "<script>" not in rendered("{% button label %}", label=HOSTILE)


def test_state_chip_says_the_word_of_the_state() -> None:
    html = rendered('{% state_chip "forwarded" %}')
    assert html.startswith('<span class="chip chip-info">')
    assert html.endswith("With the provider</span>")


def test_state_chip_without_a_word_uses_the_name() -> None:
    assert rendered('{% state_chip "never_heard_of" %}').endswith("Never heard of</span>")


def test_dir_auto_escapes() -> None:
    assert rendered("{% dir_auto text %}", text="<b>") == '<span dir="auto">&lt;b&gt;</span>'


def test_notice_escapes_values_and_keeps_markup() -> None:
    html = rendered('{% notice "warn" %}<p>{{ text }}</p>{% endnotice %}', text="<i>")
    assert "<p>&lt;i&gt;</p>" in html


@pytest.mark.parametrize(
    ("viewer", "note"),
    [("Asia/Kolkata", "(Sun 15 Mar, 03:30 your time)"), ("America/Chicago", "")],
)
def test_deadline_text_gives_both_clocks(viewer: str, note: str) -> None:
    text = rendered('{% deadline_text at "America/Chicago" %}', at=AT, recipient_zone=viewer)
    assert text == f"Sat 14 Mar 2026, 17:00 Chicago {note}".strip()


def test_deadline_reads_the_signed_in_persons_zone() -> None:
    user = types.SimpleNamespace(time_zone="Asia/Kolkata")
    request = types.SimpleNamespace(user=user)
    html = rendered('{% deadline at "America/Chicago" %}', at=AT, request=request)
    assert "(Sun 15 Mar, 03:30 your time)" in html
    assert "data-local" not in html


def test_deadline_leaves_a_visitors_clock_to_the_browser() -> None:
    html = rendered('{% deadline at "America/Chicago" rule="Five days" %}', at=AT)
    assert 'datetime="2026-03-14T22:00:00+00:00" data-local data-zone="America/Chicago"' in html


def test_field_ties_help_and_error_to_the_control() -> None:
    form = GalleryForm({"name": ""})
    html = rendered('{% field form.name why="Staff see it." %}', form=form)
    assert 'aria-describedby="id_name-help id_name-error"' in html
    assert "Both given and family. Staff see it." in html
    assert 'aria-invalid="true"' in html


def test_field_marks_the_optional_ones() -> None:
    assert "(optional)" in rendered("{% field form.statement %}", form=GalleryForm())


def test_field_group_is_a_fieldset_with_its_error() -> None:
    html = rendered("{% field form.preferred %}", form=GalleryForm({}))
    assert '<fieldset class="field field-bad"' in html
    assert 'aria-describedby="id_preferred-error"' in html


def test_field_date_uses_the_browsers_picker_with_an_iso_value() -> None:
    form = GalleryForm(initial={"born_on": dt.date(1999, 5, 2)})
    html = rendered("{% field form.born_on %}", form=form)
    assert 'type="date"' in html
    assert 'value="1999-05-02"' in html


def test_field_file_shows_progress() -> None:
    html = rendered("{% field form.cv %}", form=GalleryForm())
    assert "data-upload-state hidden" in html


def test_field_hidden_is_only_the_input() -> None:
    class Quiet(forms.Form):
        key = forms.CharField(widget=forms.HiddenInput, initial="7")

    assert rendered("{% field form.key %}", form=Quiet()) == (
        '<input type="hidden" name="key" value="7" id="id_key">'
    )


def test_field_shows_foreign_words_escaped() -> None:
    html = rendered("{% field form.name %}", form=GalleryForm({"name": HOSTILE + RTL}))
    assert "<script>" not in html
    assert RTL in html


def test_form_errors_links_each_answer() -> None:
    html = rendered("{% form_errors form %}", form=GalleryForm({}))
    assert '<a href="#id_name">Name as in your passport: This field is required.</a>' in html
    assert "autofocus" in html


def test_form_errors_is_nothing_for_a_good_form() -> None:
    assert rendered("{% form_errors form %}", form=GalleryForm()) == ""
