"""Free texts that are looked at before they are kept: none should tell who a patient is."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from usce.phi import MAY_BE_OWN, Hit, find_in_letter

OWN = "is_own"
SAID = "Nothing here may tell who a patient is. Look at: {}. Change these words, {}"
OR_OWN = "or say below that they are about yourself."
AND_SEND = "and send it again."


class GuardedForm(forms.Form):
    """Warns of identifiers in the `guarded` fields and keeps what was typed.

    What may be the writer's own, such as her phone, goes through once she says so; a record number
    or an age over 89 never does. Nothing is written down about what was met.
    """

    guarded: ClassVar[tuple[str, ...]] = ("text",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if any(hit.kind in MAY_BE_OWN for name in self.guarded for hit in self._met(name)):
            self.fields[OWN] = forms.BooleanField(
                label="These words are about myself or my own plans, not about a patient",
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        for name in self.guarded:
            hits = self._met(name)
            if any(hit.kind not in MAY_BE_OWN for hit in hits) or (hits and not told.get(OWN)):
                self.add_error(name, forms.ValidationError(_warning(hits)))
        return told

    def _met(self, name: str) -> Sequence[Hit]:
        if not self.is_bound:
            return ()
        return find_in_letter(str(self.data.get(self.add_prefix(name)) or ""))


def _warning(hits: Sequence[Hit]) -> SafeString:
    """The words that were met, marked, each with how to mend it."""
    shown = {hit.words: hit.mend for hit in hits}
    words = format_html_join("; ", '<mark dir="auto">{}</mark> ({})', shown.items())
    may_be_own = all(hit.kind in MAY_BE_OWN for hit in hits)
    return format_html(SAID, words, OR_OWN if may_be_own else AND_SEND)
