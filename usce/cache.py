from django.core.cache.backends.redis import RedisCache


class SoftRedisCache(RedisCache):
    pass
