"""Other people's files: one module for each importer or exporter."""
