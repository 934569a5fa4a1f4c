"""Runs migrations against DATABASE_URL, inside one transaction."""

from importlib import import_module
from pathlib import Path

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, pool

from parkplace.core.columns import metadata
from parkplace.core.db import driver_url
from parkplace.core.settings import get_settings

PRODUCT = Path(__file__).parents[1] / "parkplace"


def run() -> None:
    url = context.config.attributes.get("url") or get_settings().database_url
    if url is None:
        raise RuntimeError("DATABASE_URL is not set")
    for models in sorted(PRODUCT.glob("*/models.py")):
        import_module(f"parkplace.{models.parent.name}.models")
    engine = create_engine(driver_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata(),
            include_object=alembic_helpers.include_object,
            process_revision_directives=alembic_helpers.writer,
            render_item=alembic_helpers.render_item,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
