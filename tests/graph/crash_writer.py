"""Writes one of two graphs to the file it is given, over and over, until it is killed."""

import sys
from itertools import cycle
from pathlib import Path

from quartet.graph import files
from quartet.graph.model import Agent, Graph

path = Path(sys.argv[1])
graphs = [
    Graph(
        name=name,
        agents={f"a{i}": Agent(id=f"a{i}", kind="llm", name=name, config={"prompt": name * 40}) for i in range(300)},
    )
    for name in ("old", "new")
]
for graph in cycle(graphs):
    files.write(graph, path)
    print("written", flush=True)
