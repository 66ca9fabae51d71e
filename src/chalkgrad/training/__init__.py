"""From a problem and its data to a run: the very graph that is explained, worked out as fast as the machine allows."""
