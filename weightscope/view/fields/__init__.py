"""The fields of every record that is printed, once: JSON, its schema, CSV and the columns of tables follow from them.

A new field is one line in the list of its record.
"""
