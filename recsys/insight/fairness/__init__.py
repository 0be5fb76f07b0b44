"""Who gets what: everybody's lists and errors, by groups of people."""
