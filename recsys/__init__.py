"""Matinee's core: data, network, training and recommendations; knows nothing of Streamlit or Plotly."""
