"""Where it is: vectors, keywords and the search over both. Imports the corpus only."""
