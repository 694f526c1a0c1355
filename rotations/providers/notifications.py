from usce.notifications.events import Event, MailClass, register

PRECEPTOR_SHOWN = register(
    Event(
        name="providers.preceptor_shown",
        audience="preceptor",
        mail_class=MailClass.TRANSACTIONAL,
        subject="How should {{ provider }} show your name?",
        template="emails/providers/preceptor_shown",
    )
)
