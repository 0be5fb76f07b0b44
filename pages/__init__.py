"""The app: one script behind every page (`app.py`), a room for each page, and what they share (`kit`, `dot_map`)."""
