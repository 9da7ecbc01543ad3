"""The first minute: what batch norm is, and where to begin."""

from ui import page

page.say("home/intro")
