"""How good a model is: errors in stars, quality of lists, and the simplest baselines."""
