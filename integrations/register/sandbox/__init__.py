"""The sandbox register: a service that stands in for a national one, never in production.

It is reached over HTTP only, by the contract beside it (`openapi.yaml`). Whoever and whatever is in
it is invented.
"""
