"""The verb benchmark: one file for each thing that is measured."""
