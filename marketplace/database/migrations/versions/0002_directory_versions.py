"""Store the directory that a ranking was computed from, so that the ranking can be replayed."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Upgrade to this version. Earlier rankings refer to an empty directory: they can be shown but not replayed."""
    op.create_table(
        "ranked_document",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_ranked_document")),
    )
    op.create_table(
        "directory_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("members", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("base_since", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_version")),
        sa.UniqueConstraint("digest", name=op.f("uq_directory_version_digest")),
    )
    with op.batch_alter_table("directory_version") as batch_op:
        batch_op.create_index(batch_op.f("ix_directory_version_base_since"), ["base_since"], unique=False)

    with op.batch_alter_table("ranking_run") as batch_op:
        batch_op.drop_column("directory_stamp")
        batch_op.add_column(sa.Column("base_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("directory_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("matcher", sa.String(length=64), nullable=False, server_default=""))
        batch_op.create_foreign_key(
            batch_op.f("fk_ranking_run_base_id_directory_version"), "directory_version", ["base_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_ranking_run_directory_id_directory_version"),
            "directory_version",
            ["directory_id"],
            ["id"],
        )
        batch_op.create_index(batch_op.f("ix_ranking_run_directory_id"), ["directory_id"], unique=False)


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("ranking_run") as batch_op:
        batch_op.drop_index(batch_op.f("ix_ranking_run_directory_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_ranking_run_directory_id_directory_version"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_ranking_run_base_id_directory_version"), type_="foreignkey")
        batch_op.drop_column("matcher")
        batch_op.drop_column("directory_id")
        batch_op.drop_column("base_id")
        batch_op.add_column(
            sa.Column("directory_stamp", sa.String(length=64), nullable=False, server_default="")
        )
    with op.batch_alter_table("directory_version") as batch_op:
        batch_op.drop_index(batch_op.f("ix_directory_version_base_since"))
    op.drop_table("directory_version")
    op.drop_table("ranked_document")
