"""Celery as a doorbell: two tasks without arguments; the jobs table holds the work."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "usce.settings")

app = Celery("usce")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["usce.jobs"])
