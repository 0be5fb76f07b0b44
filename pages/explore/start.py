"""Start: what this is, how good it is, films for somebody at once, and three doors."""

from pages.ui import frame

frame.page_header("start.title", "start.purpose")
model = frame.need_model(starts_itself=True)
frame.origin()
