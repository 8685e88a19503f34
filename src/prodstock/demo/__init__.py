"""The hearing-device story, told from the shipped data; and the reports that it and the command line print."""
