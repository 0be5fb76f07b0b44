"""From MovieLens files to tensors."""
