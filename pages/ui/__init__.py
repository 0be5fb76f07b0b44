"""All that imports Streamlit or Plotly and serves more than one page."""
