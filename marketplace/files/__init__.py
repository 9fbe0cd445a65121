"""Uploaded files: images and PDF documents, checked by content and stored in the database.

The database holds the files so that they are part of its transactions, backups and erasure. Packages that own files
(suppliers, briefs, proposals) decide who may add, read and delete them.
"""
