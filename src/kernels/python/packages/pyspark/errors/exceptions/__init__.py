"""PySpark's exceptions."""
