"""Every way in: the command line and the pages. Imports the assistant only."""
