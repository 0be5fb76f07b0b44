"""Matinee's core: data, network, training and recommendations; knows nothing of Streamlit or Plotly."""

from recsys.threads import share_cores

share_cores()  # here, since it must come before whatever module of this package imports torch
