from django import forms

from usce.ui.guarded import GuardedForm

LONGEST = 2000


class GoalForm(GuardedForm):
    text = forms.CharField(
        label="What you want from a rotation",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=(
            "Why we ask: a preceptor who knows your goals can plan with you. Write nothing about "
            "patients. Only you see it unless you tick the box below."
        ),
    )
    host_may_read = forms.BooleanField(label="A host to whom I apply may read this", required=False)
