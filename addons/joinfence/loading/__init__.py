"""Loads the configuration files into one policy, and again whenever they change."""
