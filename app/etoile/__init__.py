"""Etoile: the desktop companion of people who run language models on their own GPU machines."""

__version__ = "0.1.0"
