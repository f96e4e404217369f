"""Migrations of the web's tables."""
