"""A stateful stand-in for exactly the part of Stripe's API that Rounds calls.

Strict about parameters, honest about state; on loopback only, and never beside a live key.
"""

from usce.devstack.stripe_sandbox.server import LiveKeyError, SandboxServer

__all__ = ["LiveKeyError", "SandboxServer"]
