"""The providers' side, by their protocols, and a page with a telephone. Not for production.

The product never imports this package: it meets it over HTTP, as it meets the provider.
"""
