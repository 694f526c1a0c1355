from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import views as sitemaps
from django.urls import path
from django.views.decorators.http import require_safe

from rotations.discovery.views import pages as page_views
from rotations.discovery.views import public as views
from rotations.discovery.views.sitemaps import SITEMAPS
from usce.accounts.texts import TEXTS
from usce.pagecache import kept_for_visitors

app_name = "discovery"

_rotation = kept_for_visitors(views.rotation)
_of_sitemap = {"sitemaps": SITEMAPS, "sitemap_url_name": "discovery:sitemap-section"}

public_pages = [
    path(name, kept_for_visitors(page_views.page), {"name": name}, name=name)
    for name in page_views.PAGES
]
texts = [
    address
    for key in TEXTS
    for address in (
        path(key, kept_for_visitors(page_views.text), {"key": key}, name=key),
        path(f"{key}/<str:version>", page_views.text, {"key": key}, name=f"{key}-version"),
    )
]

public = [
    path("", kept_for_visitors(views.home), name="home"),
    path("start", views.start, name="start"),
    path("check", views.facts, name="facts"),
    path("rotations", kept_for_visitors(views.rotations), name="rotations"),
    path("rotations/<pid:public_id>-<slug:slug>", _rotation, name="rotation"),
    path("rotations/<pid:public_id>", views.rotation, name="rotation-short"),
    path("rotations/<pid:public_id>/check", views.check, name="check"),
    path("rotations/<pid:public_id>/save", views.save, name="save"),
    path("rotations/<pid:public_id>/unsave", views.unsave, name="unsave"),
    path("saved", views.saved, name="saved"),
    path("statuses", kept_for_visitors(views.statuses), name="statuses"),
    *public_pages,
    *texts,
    path(".well-known/security.txt", page_views.security, name="security"),
    path("robots.txt", page_views.robots, name="robots"),
    path(
        "sitemap.xml", login_not_required(require_safe(sitemaps.index)), _of_sitemap, name="sitemap"
    ),
    path(
        "sitemap-<str:section>.xml",
        login_not_required(require_safe(sitemaps.sitemap)),
        {"sitemaps": SITEMAPS},
        name="sitemap-section",
    ),
]
