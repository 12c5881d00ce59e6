"""Rasa policy: the rules of data/rules.yml, and what they said in a state that has come before is not worked out again.

`RulePolicy` holds each state of a conversation against every rule, twice a turn. A turn begins a new tracker here, so that few
different states come up: an intent, an action, and the slots.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.domain import State

MOST_REMEMBERED = 1000


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class RememberingRulePolicy(RulePolicy):
    """Predicts what `RulePolicy` predicts."""

    # None while the rules are learnt: they change then.
    _remembered: OrderedDict[tuple[int, str], frozenset[str]] | None = None

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> RememberingRulePolicy:
        """Load what was learnt; from now on the rules stay as they are."""
        policy: RememberingRulePolicy = super().load(*args, **kwargs)
        policy._remembered = OrderedDict()
        return policy

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        if self._remembered is None:
            return set(super()._get_possible_keys(lookup, states))
        key = (id(lookup), repr(states))  # a lookup lives as long as the policy
        known = self._remembered.get(key)
        if known is None:
            known = self._remembered[key] = frozenset(super()._get_possible_keys(lookup, states))
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        return set(known)
