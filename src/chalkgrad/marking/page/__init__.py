"""Text to page: what somebody wrote, line by line, as trees with places, before anybody asks what it means."""
