"""A trained network on new samples."""
