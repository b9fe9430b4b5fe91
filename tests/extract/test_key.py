"""The key of the pseudonyms is the hospital's secret: from the environment, or in a file that only its owner reads."""

import stat

import pytest

from oligomet.declarations import ConfigurationError
from oligomet.extract.key import find_key


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.delenv("OLIGOMET_PSEUDONYM_KEY", raising=False)
    return monkeypatch


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path):
    made = find_key(tmp_path)
    assert len(made) == 64 and find_key(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "pseudonym.key").stat().st_mode) == 0o600
    (tmp_path / "other").mkdir()
    assert find_key(tmp_path / "other") != made


def test_the_environment_comes_first_and_no_file_is_made(tmp_path, environment):
    environment.setenv("OLIGOMET_PSEUDONYM_KEY", " of the hospital ")
    assert find_key(tmp_path) == "of the hospital"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("empty", ["", " \n"])
def test_an_empty_key_is_refused(tmp_path, environment, empty):
    (tmp_path / "pseudonym.key").write_text(empty)
    with pytest.raises(ConfigurationError, match=r"pseudonym\.key: the key of the pseudonyms is empty"):
        find_key(tmp_path)
    environment.setenv("OLIGOMET_PSEUDONYM_KEY", empty)
    with pytest.raises(ConfigurationError, match="OLIGOMET_PSEUDONYM_KEY: the key of the pseudonyms is empty"):
        find_key(tmp_path)


def test_a_folder_without_room_for_a_key_is_told_in_words(tmp_path):
    with pytest.raises(ConfigurationError, match=r"neither read nor made .*OLIGOMET_PSEUDONYM_KEY"):
        find_key(tmp_path / "missing")
