from django.urls import URLPattern, URLResolver, register_converter

from usce.ids import PublicIdConverter

register_converter(PublicIdConverter, "pid")

urlpatterns: list[URLPattern | URLResolver] = []
