"""What Streamlit runs: `sourcebound ui` names this file."""

from ui import pages, session

pages.show(session.opened_assistant)
