"""Quality: tests and their verdicts, and the release of what was made."""
