"""Projects: activities that share what there is several of, in whatever order they may follow each other."""
