"""PostgreSQL and Valkey for development and tests, from whatever the machine has at hand."""

from usce.devstack.services.errors import ServiceError
from usce.devstack.services.launcher import Services, ensure_services, remove_services

__all__ = ["ServiceError", "Services", "ensure_services", "remove_services"]
