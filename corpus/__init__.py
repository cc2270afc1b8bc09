"""What we know: documents, read once, cut into citable passages. Imports nothing of ours."""
