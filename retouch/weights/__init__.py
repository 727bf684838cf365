"""Model files: where from, verified download, reading them without running anything."""
