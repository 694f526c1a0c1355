"""The tags every template has (a builtin library): `docs/design-system.md` shows each call."""

import datetime as dt
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.tz import do_timezone
from django.utils.safestring import SafeString

from usce.money import Money
from usce.ui import dates
from usce.ui.fields import field_context
from usce.ui.words import ICON_OF_TONE, word_for

register = template.Library()

register.filter("day", dates.day)
register.filter("day_short", dates.day_short)
register.filter("moment", dates.moment)
register.filter("duration", dates.duration)
register.filter("place", dates.place)
# Django's own conversion marks its result; without the mark |date would turn it back to UTC.
register.filter("in_zone", do_timezone)


@register.filter
def money(cents: int) -> str:
    """Whole cents as dollars: 165000 is "$1,650.00"."""
    return str(Money(cents))


@register.simple_tag
def date_span(first: dt.date, last: dt.date) -> str:
    return dates.span(first, last)


@register.simple_tag
@lru_cache(maxsize=512)  # a page shows thirty; they are few and never change
def icon(name: str, label: str = "", size: int = 20) -> SafeString:
    return component("icon", name=name, label=label, size=size)


@register.simple_tag
def field(bound: BoundField, why: str = "", label: str = "", width: str = "") -> SafeString:
    """One form field: label, help, "why we ask", error, control; `width` is short or full."""
    if bound.is_hidden:
        return bound.as_widget()
    return component("field", **field_context(bound, why=why, text=label, width=width))


@register.simple_tag
def form_errors(form: BaseForm) -> SafeString:
    """The linked summary above a form that came back; nothing for a form without errors."""
    if not form.errors:
        return SafeString("")
    fields = [bound for bound in form if bound.errors]
    return component("form_errors", form=form, fields=fields)


@register.simple_tag
def button(label: str, kind: str = "primary", **options: Any) -> SafeString:
    """A button, or with `href` a link that looks like one; kind: primary, secondary, danger, link.

    Options: href, icon, name, value, type (default submit), waiting (label while sending),
    form, wide.
    """
    return component("button", label=label, kind=kind, **options)


@register.simple_tag
def status_chip(label: str, tone: str = "neutral", icon: str = "") -> SafeString:
    return component("status_chip", label=label, tone=tone, icon=icon or ICON_OF_TONE[tone])


@register.simple_tag
def state_chip(state: str, label: str = "") -> SafeString:
    word = word_for(state)
    return status_chip(label or word.label, word.tone, word.icon)


@register.simple_tag(takes_context=True)
def deadline(context: Context, instant: dt.datetime, zone: str, rule: str = "") -> SafeString:
    """An instant on the site's clock and on the viewer's, with the rule that made it."""
    viewer = viewer_zone(context)
    theirs = dates.viewer_moment(instant, zone=zone, viewer=viewer) if viewer else ""
    values = {"instant": instant, "zone": zone, "viewer": viewer, "theirs": theirs, "rule": rule}
    return component("deadline", site=dates.moment(instant, zone), **values)


@register.simple_tag(takes_context=True)
def deadline_text(context: Context, instant: dt.datetime, zone: str) -> str:
    """As `deadline`, without markup: for plain-text mail."""
    viewer = viewer_zone(context)
    theirs = dates.viewer_moment(instant, zone=zone, viewer=viewer) if viewer else ""
    return dates.moment(instant, zone) + (f" ({theirs})" if theirs else "")


@register.simple_tag
def dir_auto(text: str) -> SafeString:
    return component("dir_auto", text=text)


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> SafeString:
    return component("notice", content=content, tone=tone, title=title, icon=ICON_OF_TONE[tone])


@register.simple_block_tag
def card(content: str, title: str = "", level: int = 2) -> SafeString:
    return component("card", content=content, title=title, level=level)


@register.simple_block_tag
def facts(content: str) -> SafeString:
    return component("facts", content=content)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    return component("fact", content=content, label=label)


@register.simple_block_tag
def table(content: str, caption: str, shown: bool = False) -> SafeString:  # noqa: FBT001, FBT002
    return component("table", content=content, caption=caption, shown=shown)


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:  # noqa: A002
    return component("dialog", content=content, id=id, title=title)


@register.simple_block_tag
def more(content: str, label: str) -> SafeString:
    return component("more", content=content, label=label)


def component(name: str, /, **context: Any) -> SafeString:
    """One component, without the line end of its file: it may stand before a full stop."""
    return SafeString(render_to_string(f"components/{name}.html", context).strip())


def viewer_zone(context: Context) -> str:
    """The reader's zone: of a mail's recipient, else of the signed-in person; "" if unknown."""
    user = getattr(context.get("request"), "user", None)
    return str(context.get("recipient_zone") or getattr(user, "time_zone", ""))
