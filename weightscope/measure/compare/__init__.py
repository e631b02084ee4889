"""Compares the weights of two models."""
