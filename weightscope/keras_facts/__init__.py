"""Facts about Keras' own classes: one record for each class, and functions that look up facts in the records.

Nothing here reads files or values. For a new version of Keras, run the tests of this folder and change the records
that they name.
"""
