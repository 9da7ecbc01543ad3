"""The frame: warm-up, page config, language, navigation; nothing else.

`streamlit run app.py` meets this file twice. The server imports it once, as module `app`, and finds
`app` below; then Streamlit executes it under the name `__main__` for every run of every session.
"""

import os

# Before NumPy is imported: two BLAS threads on a busy machine are many times slower than one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import streamlit as st
from starlette.middleware import Middleware

from ui import frame
from ui.library import Library
from ui.packed import Packed
from ui.private import Private
from ui.shell import Shell

if __name__ == "__main__":
    frame.run()
else:
    frame.warm_up()
    ours = [Middleware(each) for each in (Private, Shell, Packed, Library)]
    app = st.App(__file__, middleware=ours, on_script_error=frame.apologise)
