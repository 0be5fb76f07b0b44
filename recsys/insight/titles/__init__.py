"""The title CNN opened: one title followed through it, and what its filters look for in all of them."""
