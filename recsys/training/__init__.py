"""Fitting the network to ratings."""
