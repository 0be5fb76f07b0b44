"""The app: one script behind every page (`app.py`), the views, and what they share (`ui`)."""
