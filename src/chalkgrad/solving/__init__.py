"""Problem to derivation: statements, their numbers, their reasons, and the checks that are measured on them."""
