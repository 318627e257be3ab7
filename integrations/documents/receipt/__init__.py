"""The form that a citizen prints and brings, as a PDF."""
