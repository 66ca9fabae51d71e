"""What computes: the engines that take steps, and how one is chosen."""
