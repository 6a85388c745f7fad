"""Rows, rewards and models in the forms that other engines read."""
