"""Tests are sentences, in classes named for behaviour."""
