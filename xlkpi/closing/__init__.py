"""A quarter is closed: what counted, from which file, and who confirmed it, in an archive with a manifest.

Door: `archive`. May use everything below its floor, also `collect`.
"""
