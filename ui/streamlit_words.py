"""Streamlit's own words, in the language of the page, and what else its frame leaves undone.

Streamlit 1.67 speaks English and offers no translation. `assets/frame.js` looks for the sentences
below in what Streamlit draws (names that are read aloud, its menu, its dialogs), and says ours in
their place; a sentence that a later version words differently stays English until it is added here.
A test looks for each of them in Streamlit's own program.
"""

from __future__ import annotations

from ui import text

TOKEN = "{name}"
REGIONS = ("table", "code", "formula", "cells")  # places that keys go to

#: label in `ui.toml`, table `streamlit` → what Streamlit says; `{name}` is whatever stands there
SAID = {
    "skip": "Skip to main content",
    "sidebar": "Sidebar",
    "sidebar_close": "Collapse sidebar",
    "sidebar_open": "Expand sidebar",
    "menu": "Main menu",
    "theme": "Theme",
    "theme_system": "System",
    "theme_light": "Light",
    "theme_dark": "Dark",
    "print": "Print",
    "record": "Record screen",
    "about": "About",
    "made_with": "Made with Streamlit v",
    "copy_version": "Copy version to clipboard",
    "copy": "Copy to clipboard",
    "copied": "Copied",
    "heading": "Link to heading",
    "more": "Increment",
    "less": "Decrement",
    "choose": "Choose an option",
    "options": "Open",
    "nothing": "No results",
    "help": "Help for {name}",
    "columns": "Show/hide columns",
    "csv": "Download as CSV",
    "search": "Search",
    "fullscreen": "Fullscreen",
    "fullscreen_end": "Close fullscreen",
    "close": "Close",
    "stop": "Stop",
    "stopping": "Stopping...",
    "connecting": "Connecting",
    "connecting_long": "Connecting to Streamlit server",
    "no_page": "Page not found",
    "no_page_why": (
        "The page that you have requested does not seem to exist. Running the app's main page."
    ),
    "no_page_named": (
        "You have requested page /{name}, but no corresponding file was found in the app's pages/"
        " directory. Running the app's main page."
    ),
    "gone": "Connection error",
    "gone_here": (
        "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your"
        " terminal:"
    ),
    "gone_here_how": "streamlit run yourscript.py",
    "gone_there": "Streamlit server is not responding. Are you connected to the internet?",
}


def said() -> dict[str, dict[str, dict[str, str]]]:
    """By language: what Streamlit says and we say, and what regions are called."""
    words, regions = text.in_all_languages("streamlit"), text.in_all_languages("regions")
    return {
        code: {
            "words": {SAID[key]: _with_token(words[code][key]) for key in SAID},
            "regions": {name: regions[code][name] for name in REGIONS},
        }
        for code in text.languages()
    }


def _with_token(template: str) -> str:
    return template.replace("[[name]]", TOKEN)
