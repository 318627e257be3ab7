"""PostgreSQL and Valkey on a machine that has neither: the real ones, from wheels, supervised.

Every `hala` command attaches with `services.local_services`; the first starts the supervisor, the
last one out stops it, and a killed one is noticed because the kernel drops its file lock.
"""
