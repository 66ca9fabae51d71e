"""Problem and data to run: what is trained is the graph that is explained."""
