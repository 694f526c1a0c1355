from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet, 2025)."""

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
