from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "rotations.console"
    label = "console"

    def ready(self) -> None:
        # Models can be imported only once the registry is complete.
        from applicants.profiles.planning import set_source  # noqa: PLC0415 -- Django's place for it
        from rotations.console.plan import plan_facts_of  # noqa: PLC0415 -- as above

        set_source(plan_facts_of)
