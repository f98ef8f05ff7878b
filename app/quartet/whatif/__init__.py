"""What a run will take: its time, its cost and its chance of success, found by rehearsing it thousands of times.

The engine itself runs the drawing on a virtual clock; only what agents do is drawn from estimates: stated in the
drawing, measured in runs that were kept, or assumed for their kind. Nothing is executed, called or paid.

    estimates(graph, measured) -> {agent: Expected}     what is expected of each agent, and on what it rests
    simulate(graph, runs=1000, …) -> Outcome            what so many runs took
    compare(graph, edits, …) -> Comparison              what a change would do to that
"""
