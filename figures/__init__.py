"""Pure functions from arrays and finished strings to Plotly figures. No Streamlit, no training."""
