from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "usce.links"
    label = "links"

    def ready(self) -> None:
        # The models behind `mint` can be imported only once the registry is complete.
        from usce.links.actions import mint  # noqa: PLC0415 -- Django's documented place for it
        from usce.notifications.minting import set_minter  # noqa: PLC0415 -- as above

        set_minter(mint)
