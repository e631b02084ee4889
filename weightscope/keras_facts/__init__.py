"""What is true of Keras' own classes: one record a class, and functions that look things up in the records.

Nothing here reads files or values. A new version of Keras is: run the tests of this folder, change the records that
they name.
"""
