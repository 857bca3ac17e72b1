"""Lets the tests of this folder import what is made by hand beside them."""
