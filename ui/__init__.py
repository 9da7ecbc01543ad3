"""Everything that knows Streamlit: words, state in the URL, controls, caches, components."""
