"""How many messages a conversation and an address may send: counted in Redis for several gateways, or in this process.

With Redis away the counting goes on in each gateway by itself: visitors are let in, a flood is still held back, and the log says
so.
Method: generic cell rate algorithm (ITU-T I.371), a leaky bucket that needs one number per key.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict

import redis.asyncio as redis
from redis.exceptions import RedisError

logger = logging.getLogger("gateway.limits")
MOST_KEYS = 50_000
PERIOD_S = 60.0
REDIS_WITHIN_S = 0.25
REDIS_AWAY_S = 5.0  # after a failure Redis is left alone for so long
# KEYS[1]; ARGV: seconds between messages, how far ahead the bucket may run. Returns seconds to wait as text, "0" if let in.
_TAKE = """
local t = redis.call('TIME')
local now = t[1] + t[2] / 1e6
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local wait = due - now - tonumber(ARGV[2])
if wait > 0 then return tostring(wait) end
due = due + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.6f', due), 'PX', math.ceil((due - now) * 1000) + 1000)
return '0'
"""


class RateLimiter:
    """Lets in a number of messages a minute per key, a third of them at once."""

    def __init__(self, redis_url: str = "") -> None:
        self._due: OrderedDict[str, float] = OrderedDict()
        self._redis = (
            redis.Redis.from_url(redis_url, socket_timeout=REDIS_WITHIN_S, socket_connect_timeout=REDIS_WITHIN_S)
            if redis_url
            else None
        )
        self._script = self._redis.register_script(_TAKE) if self._redis is not None else None
        self._redis_away_until = 0.0

    async def take(self, key: str, per_minute: int) -> float:
        """Count one message.

        Args:
            key: Of what is limited, as "sender:web:7f3c".
            per_minute: Messages a minute; 0 for no limit.

        Returns:
            0 if it is let in, else the seconds after which the next one will be.
        """
        if per_minute <= 0:
            return 0.0
        step_s, ahead_s = PERIOD_S / per_minute, PERIOD_S / 3
        if self._script is not None and time.monotonic() >= self._redis_away_until:
            try:
                taken = self._script(keys=[f"rate:{key}"], args=[step_s, ahead_s])
                return float(await asyncio.wait_for(taken, REDIS_WITHIN_S * 2))
            except (RedisError, OSError, asyncio.TimeoutError) as error:
                self._redis_away_until = time.monotonic() + REDIS_AWAY_S
                logger.error("Redis is away; rates are counted in this process", extra={"reason": type(error).__name__})
        return self._take_here(key, step_s, ahead_s)

    def _take_here(self, key: str, step_s: float, ahead_s: float) -> float:
        now = time.monotonic()
        due = max(self._due.get(key, now), now)
        if (wait_s := due - now - ahead_s) > 0:
            return wait_s
        self._due[key] = due + step_s
        self._due.move_to_end(key)
        while len(self._due) > MOST_KEYS:
            self._due.popitem(last=False)
        return 0.0

    async def close(self) -> None:
        """Close the connections."""
        if self._redis is not None:
            await self._redis.aclose()
