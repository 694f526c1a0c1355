"""The catalogue as the pages show it: search, one rotation, its dates."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from rotations.catalog.api import OpeningOut
from rotations.catalog.models import Rotation
from rotations.catalog.queries import rotation_for, upcoming_openings
from rotations.catalog.verdicts import stay_of, undated_stay, verdict_on
from rotations.discovery.criteria import FACETS, SORTS, TYPED
from rotations.discovery.forms import SearchForm
from rotations.discovery.queries.rows import Row, listing
from rotations.discovery.queries.search import Search
from rotations.eligibility.queries import person_of
from rotations.eligibility.rules import Finding, Verdict
from rotations.providers.queries import preceptor_line
from usce.accounts.models import User
from usce.paging import page_by_day
from usce.rest import ApiView, Problem, page_answer, page_of_rows, page_schema

PARAMETERS = [
    *(OpenApiParameter(name, str, description="as on the page") for name in TYPED),
    *(OpenApiParameter(name, str, many=True, description="as on the page") for name in FACETS),
    OpenApiParameter("qualify", str, enum=["yes"], description="only ones you qualify for"),
    OpenApiParameter("sort", str, enum=list(SORTS)),
    OpenApiParameter("after", str, description="the cursor in `next`; a bad one is page one"),
]
KNOWN = {parameter.name for parameter in PARAMETERS}
FREE = {*TYPED, "after"}  # any words will do


class RowOut(serializers.Serializer[Row]):
    """One rotation of a search with its soonest dates that fit."""

    id = serializers.CharField(source="rotation.public_id")
    url = serializers.CharField(help_text="the page")
    title = serializers.CharField(source="rotation.title")
    provider = serializers.CharField(source="rotation.provider.name")
    is_demo = serializers.BooleanField(source="rotation.provider.is_demo")
    city = serializers.CharField(source="rotation.site.city")
    state = serializers.CharField(source="rotation.site.region_id")
    preceptor = serializers.CharField(
        source="preceptor.name", help_text="empty where the name is not public"
    )
    opening = OpeningOut(allow_null=True)
    more_openings = serializers.IntegerField(source="more")
    total_cents = serializers.IntegerField(help_text="whole price of these dates, US cents")
    least_cents = serializers.IntegerField(help_text="least whole price of any dates, US cents")


class FindingOut(serializers.Serializer[Finding]):
    """A rule in words with how it stands; what is told about a person is her own alone."""

    kind = serializers.CharField()
    weight = serializers.ChoiceField(["must", "by_start", "wish"])
    outcome = serializers.ChoiceField(["met", "not_met", "unknown"])
    group = serializers.ChoiceField(["host", "paper", "text"])
    rule = serializers.CharField()
    yours = serializers.CharField(help_text="the person's own fact")
    next_step = serializers.CharField(help_text="the cheapest fix")
    earliest_on = serializers.DateField(allow_null=True, help_text="when it can be met")
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that very name
    checked_on = serializers.DateField(allow_null=True)


class VerdictOut(serializers.Serializer[Verdict]):
    """A host's rules against what you told; it says nothing of what a visa allows."""

    outcome = serializers.ChoiceField(["can_apply", "cannot_apply", "unknown"])
    sentence = serializers.CharField()
    findings = FindingOut(many=True)


class RequirementOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    weight = serializers.ChoiceField(["must", "by_start", "wish"])
    params = serializers.DictField()


class RefundsOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    version = serializers.IntegerField()
    tiers = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="days before the start, percent back",
    )
    visa_refusal_percent = serializers.IntegerField()
    visa_delay_percent = serializers.IntegerField()
    illness_percent = serializers.IntegerField()


class RotationOut(serializers.Serializer[Rotation]):
    """A listing as its page shows it; money in US cents."""

    id = serializers.CharField(source="public_id")
    title = serializers.CharField()
    summary = serializers.CharField()
    listing_state = serializers.CharField(source="state")
    kind = serializers.CharField()
    setting = serializers.CharField()
    specialty = serializers.CharField(source="specialty_id")
    hours_per_week = serializers.IntegerField()
    duties = serializers.ListField(child=serializers.CharField())
    provider = serializers.CharField(source="provider.name")
    is_demo = serializers.BooleanField(source="provider.is_demo")
    city = serializers.CharField(source="site.city")
    state = serializers.CharField(source="site.region_id")
    time_zone = serializers.CharField(source="site.time_zone")
    preceptor = serializers.SerializerMethodField()
    letterhead = serializers.CharField()
    price_cents = serializers.IntegerField(help_text="the provider's price")
    price_per = serializers.CharField(help_text="block or week")
    platform_fee_cents = serializers.IntegerField()
    deposit_cents = serializers.IntegerField(
        help_text="before taxes; an offer's terms name the deposit with them"
    )
    refund_policy = RefundsOut()
    requirements = RequirementOut(many=True, source="requirements.all")

    def get_preceptor(self, rotation: Rotation) -> str:
        """The name, as far as this viewer may know it before an offer."""
        return preceptor_line(rotation.preceptor, viewer_of(self.context["request"])).name


def viewer_of(request: Request) -> User | AnonymousUser:
    return request.user if isinstance(request.user, User) else AnonymousUser()


class Rotations(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="rotations_list",
        parameters=PARAMETERS,
        responses={200: page_schema(RowOut), (400, "application/problem+json"): Problem},
    )
    def get(self, request: Request) -> Response:
        """Search with the page's filters; what cannot be read is refused by name."""
        form = SearchForm(request.query_params)
        if errors := _unread(request, form):
            raise serializers.ValidationError(errors)
        viewer = viewer_of(request)
        person = person_of(viewer, request.session.get("facts"))
        search = Search(form.criteria, person, timezone.now().date())
        found = listing(search, viewer, cursor=request.query_params.get("after", ""))
        return page_answer(request, found.rows, found.next_cursor, RowOut)


class OneRotation(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(responses={200: RotationOut, (404, "application/problem+json"): Problem})
    def get(self, request: Request, public_id: str) -> Response:
        found = rotation_for(viewer_of(request), public_id)
        return Response(RotationOut(found, context={"request": request}).data)


class OneVerdict(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(
        parameters=[OpenApiParameter("opening", str, description="its id; else the soonest free")],
        responses={200: VerdictOut, (404, "application/problem+json"): Problem},
    )
    def get(self, request: Request, public_id: str) -> Response:
        """Whether you qualify, as the rotation's page says it."""
        viewer, today = viewer_of(request), timezone.now().date()
        found = rotation_for(viewer, public_id)
        free = list(upcoming_openings(found, today).filter(taken__lt=F("seats")))
        wanted = request.query_params.get("opening", "")
        opening = next((one for one in free if one.public_id == wanted), next(iter(free), None))
        stay = stay_of(opening, today) if opening else undated_stay(found, today)
        person = person_of(viewer, request.session.get("facts"))
        return Response(VerdictOut(verdict_on(found, stay, person)).data)


class Openings(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(
        parameters=[PARAMETERS[-1]],
        responses={200: page_schema(OpeningOut), (404, "application/problem+json"): Problem},
    )
    def get(self, request: Request, public_id: str) -> Response:
        """Dates one can still apply for, soonest first; full ones say so."""
        found = rotation_for(viewer_of(request), public_id)
        rows = upcoming_openings(found, timezone.now().date())
        page = page_by_day(rows, request.query_params.get("after", ""), by="starts_on")
        return page_of_rows(request, page, OpeningOut)


def _unread(request: Request, form: SearchForm) -> dict[str, list[str]]:
    """Each parameter that is unknown or has a value that is none."""
    errors = {name: [str(words) for words in said] for name, said in form.errors.items()}
    read = {*form.pairs(), ("sort", "soonest"), ("qualify", "")}
    for name, values in request.query_params.lists():
        if wrong := _wrong(name, values, read):
            errors[name] = wrong
    return errors


def _wrong(name: str, values: list[str], read: set[tuple[str, str]]) -> list[str]:
    """What is wrong with a parameter that the form itself let pass."""
    if name not in KNOWN:
        return ["There is no such parameter."]
    if name in FREE:
        return []
    return [
        f"“{value}” is not known here." for value in values if value and (name, value) not in read
    ]


addresses = [
    path("rotations", Rotations.as_view(), name="rotations"),
    path("rotations/<pid:public_id>", OneRotation.as_view(), name="rotation"),
    path("rotations/<pid:public_id>/verdict", OneVerdict.as_view(), name="rotation-verdict"),
    path("rotations/<pid:public_id>/openings", Openings.as_view(), name="rotation-openings"),
]
