"""Derivation and somebody's lines to a report: what is right, what is carried, and where it first went wrong."""
