"""Version of Spark this package behaves as."""
__version__ = "4.1.1"
