"""From text to a problem: numbers in every script, formulas, problem files, data sources.

Nothing is imported here, so that `from chalkgrad.reading import ...` costs only what it names.
"""
