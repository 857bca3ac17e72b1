"""Raw data: the release that is read, and its landing.

Belongs here: assets and checks of the landing. Does not belong here: how files are read.
"""
