"""Model files: catalogues, verified download, and reading without running their code."""
