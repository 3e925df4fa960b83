"""Everything that lives in SQL, and the questions asked of it: the only package that imports SQLAlchemy.

One repository per module; each takes a `Database` and speaks domain types. Dagster's own tables are not touched.
"""
