"""What the tests of the editor share."""

from collections.abc import Iterator

import pytest

from editor.desk import Desk


@pytest.fixture(scope="module")
def shared_desk(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            patch.setenv(name, str(folder / name.lower()))
        desk = Desk(folder)
        yield desk
        desk.close()


@pytest.fixture
def own_desk(shared_desk: Desk) -> Desk:
    shared_desk.anew()
    return shared_desk
