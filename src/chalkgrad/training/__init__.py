"""Problem and data to a run: the graph that is explained is the graph that is trained."""
