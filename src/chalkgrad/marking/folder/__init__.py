"""A folder of pages: which are marked, on which cores, what is kept of them, and the summary of a class."""
