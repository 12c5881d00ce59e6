"""Measuring; never shipped, imported by nobody."""
