"""PROBLEM + DATA -> RUN: learning on real data, and what is kept and taken away of it."""
