"""The model's graph, run node by node.

Rasa hands each run to Dask, which makes a plan of it anew each time and takes longer for that than most of our components
for their work. The nodes of a prediction depend on each other in a line, so that there is nothing to plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.utils.spacy_utils import SpacyNLP
from spacy.language import Language
from spacy.tokens import Doc


class OnceRead:
    """A spaCy pipeline that reads a text once in a run: Rasa's extractor asks for the same document as its tokenizer."""

    def __init__(self, language: Language) -> None:
        """Take over the pipeline."""
        self._language = language
        self._read: dict[str, Doc] = {}

    def __call__(self, text: str) -> Doc:
        """The document of a text."""
        if text not in self._read:
            self._read[text] = self._language(text)
        return self._read[text]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._language, name)

    def forget(self) -> None:
        """The run is over."""
        self._read.clear()


def _read_once(component: SpacyNLP) -> OnceRead:
    """Let a loaded model's pipeline read each text once in a run."""
    model = component.provide()
    if not isinstance(model.model, OnceRead):
        model.model = OnceRead(model.model)
    return model.model


class PlainGraphRunner(GraphRunner):
    """Runs the nodes that a target needs, parents first; the order is kept from run to run."""

    def __init__(self, schema: GraphSchema, nodes: Mapping[str, GraphNode]) -> None:
        """Take over a graph whose nodes are loaded.

        Args:
            schema: Of the graph.
            nodes: Name -> node.
        """
        self._schema, self._nodes = schema, nodes
        self._orders: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}
        self._languages = [_read_once(node._component) for node in nodes.values() if isinstance(node._component, SpacyNLP)]

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> PlainGraphRunner:
        """Load the nodes of a graph."""
        loaded = DaskGraphRunner.create(graph_schema, model_storage, execution_context, hooks)
        return cls(graph_schema, loaded._instantiated_nodes)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run the graph.

        Args:
            inputs: Name of a placeholder -> its value.
            targets: Nodes whose results are wanted; by default those of the schema.

        Returns:
            Name of a target -> its result.
        """
        wanted = tuple(targets or self._schema.target_names)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in self._order(wanted):
                done[name] = self._nodes[name](*(done.get(need, need) for need in needs))
        finally:
            for language in self._languages:
                language.forget()
        return {name: done[name][1] for name in wanted}

    def _order(self, targets: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
        known = self._orders.get(tuple(targets))
        if known is not None:
            return known
        nodes = self._schema.minimal_graph_schema(list(targets)).nodes
        needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
        # Placeholders are needed and are no nodes.
        order = [(name, needs[name]) for name in TopologicalSorter(needs).static_order() if name in needs]
        return self._orders.setdefault(tuple(targets), order)


def run_plainly(runner: GraphRunner) -> GraphRunner:
    """The same graph, with the nodes that Rasa has loaded, without Dask; a runner of another kind stays as it is."""
    if not isinstance(runner, DaskGraphRunner):
        return runner
    return PlainGraphRunner(runner._graph_schema, runner._instantiated_nodes)
