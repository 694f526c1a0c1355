from datetime import timedelta

from django.utils import timezone

from usce.jobs.registry import job
from usce.notifications.actions import deliver, recover_abandoned
from usce.notifications.digest import send_digests
from usce.notifications.models import Mail


@job("notifications.deliver")
def deliver_mail(mail_id: int) -> None:
    deliver(Mail.objects.select_related("recipient").get(pk=mail_id), now=timezone.now())


@job("notifications.recover_abandoned", every=timedelta(minutes=5))
def recover_abandoned_mails() -> None:
    recover_abandoned(timezone.now())


@job("notifications.send_digests", every=timedelta(minutes=10))
def send_due_digests() -> None:
    send_digests(timezone.now())
