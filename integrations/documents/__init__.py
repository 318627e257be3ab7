"""Files from citizens: told by their content, cleaned, or refused with a code.

`scrubbing.scrub` does it; `apart.Scrubber` has it done in a process of its own.
"""
