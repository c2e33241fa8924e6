"""The six tables of the digital-library literature, as views: users, works and their hash features."""

from __future__ import annotations

from sqlalchemy import Connection

_WORKS = """
SELECT parts.id AS id, parts.item_id AS item_id, items.title AS title, {content}, parts.place AS place
FROM parts JOIN items ON items.id = parts.item_id {join} WHERE parts.modality = '{modality}'
"""

_FEATURES = """
SELECT codes.part_id AS {work}_id, spaces.name AS space, spaces.bits AS bits,
       substr(codes.code, 1, spaces.bits / 8) AS code
FROM codes JOIN spaces ON spaces.id = codes.space_id JOIN parts ON parts.id = codes.part_id
WHERE parts.modality = '{modality}' AND spaces.state = 'active'
"""

VIEWS = {
    "User": "SELECT id, name, email, role FROM users WHERE role <> 1",
    "Administrator": "SELECT id, name, email, role FROM users WHERE role = 1",
    "Text": _WORKS.format(content="parts.text AS content", join="", modality="text"),
    "Picture": _WORKS.format(
        content="files.path AS path", join="LEFT JOIN files ON files.id = parts.file_id", modality="image"
    ),
    "Text_feature": _FEATURES.format(work="text", modality="text"),
    "Pic_feature": _FEATURES.format(work="pic", modality="image"),
}


def create_views(connection: Connection) -> None:
    """Create the views anew; their names need quotes on PostgreSQL, where USER is a reserved word."""
    for name, query in VIEWS.items():
        connection.exec_driver_sql(f'DROP VIEW IF EXISTS "{name}"')
        connection.exec_driver_sql(f'CREATE VIEW "{name}" AS {query}')
