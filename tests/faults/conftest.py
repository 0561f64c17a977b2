from tests.sync.conftest import main_file, world  # noqa: F401
