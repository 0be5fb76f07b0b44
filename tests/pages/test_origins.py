"""A number and its origin travel together: what one model computed is never shown under the name of another."""

import shutil
from pathlib import Path

import pytest

from pages.kit import resources
from pages.kit.origin import origin_of
from pages.scoreboard import lists as scoreboard_lists
from pages.scoreboard.scope import Scope, key_of
from recsys.bundle.info import read_info
from recsys.evaluation.bundle_scores import FittedBundle
from recsys.evaluation.scoreboard import Scoreboard
from recsys.evaluation.scoring_job import Entrant
from recsys.recommend import Recommender
from tests.pages.conftest import open_app
from tests.pages.shown import Files, Text, replace_downloads, texts

OLD, NEW = "OLDMODEL", "NEWMODEL"
PAGES: list[tuple[str, dict[str, object]]] = [
    ("start", {}),
    ("person", {"user": 5}),
    ("person", {"user": 5, "why": 3, "gems": "0.5"}),
    ("film", {"movie": 3}),
    ("together", {"people": "5,6"}),
    *(("film_map", {"movie": 3, "part": part}) for part in ("selection", "truth", "place", "home")),
    ("film_map", {"dims": "3", "part": "home"}),
    *(("title_cnn", {"movie": 3, "part": part}) for part in ("words", "change", "worth", "network")),
    ("title_cnn", {"movie": 3, "part": "change", "edit": "Other Words"}),
    *(("fairness", {"part": part}) for part in ("lists", "groups", "typical", "flip")),
]


@pytest.fixture
def two(own_house: resources.House) -> tuple[Path, Path]:
    """The folders of two models with names of their own; the first is in use."""
    assert own_house.recommender is not None
    old = own_house.recommender.bundle.info.folder
    new = old.parent / "synthetic-2"
    shutil.copytree(old, new)
    resources.rename(read_info(new), NEW)
    resources.rename(read_info(old), OLD)
    resources.publish(old)
    return old, new


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    return replace_downloads(monkeypatch)


def naming(found: list[Text], name: str) -> list[Text]:
    return [text for text in found if name in text.text]


@pytest.mark.parametrize(("page", "params"), PAGES, ids=lambda value: value if isinstance(value, str) else str(value))
def test_a_page_names_the_model_that_computed_it_though_another_one_is_published_meanwhile(
    two, files: Files, monkeypatch: pytest.MonkeyPatch, page: str, params: dict[str, object]
) -> None:
    old, new = two
    ask = resources.recommender

    def found_and_published_over() -> Recommender | None:
        found = ask()
        resources.publish(new)
        return found

    app = open_app(page, lang="en", **params)
    resources.publish(old)
    monkeypatch.setattr(resources, "recommender", found_and_published_over)
    files.made.clear()
    app.run()
    assert not app.exception
    assert resources.house().recommender.bundle.info.name == NEW
    assert naming(texts(app), OLD)
    assert not [text for text in naming(texts(app), NEW) if "option" not in text.where[-1]]
    assert all(NEW not in content for content in files.take().values())


def test_two_visitors_read_of_their_own_model(two, files: Files) -> None:
    _, new = two
    first = open_app("person", lang="en", user=5)
    of_first = dict(files.made)
    resources.publish(new)
    second = open_app("person", lang="en", user=5)
    assert naming(texts(first), OLD)
    assert not naming(texts(first), NEW)
    assert naming(texts(second), NEW)
    assert not naming(texts(second), OLD)
    late = of_first["list_csv"]()  # the first visitor's click comes when the model on their page is no longer in use
    assert {line.split(",")[-2] for line in late.splitlines()[1:]} == {OLD}
    first.run()
    assert not naming(texts(first), OLD)


@pytest.mark.parametrize(("page", "params"), [*PAGES, ("data", {"part": "ratings", "by": "year"})], ids=str)
def test_every_file_has_the_same_columns_of_origin(two, files: Files, page: str, params: dict[str, object]) -> None:
    open_app(page, lang="en", **params)
    tables = {
        key: text.lstrip("\ufeff").splitlines()[0].split(",") for key, text in files.take().items() if "csv" in key
    }
    tables |= {
        key: data().lstrip("\ufeff").splitlines()[0].split(",") for key, data in files.made.items() if "save" in key
    }
    assert tables or page in ("start", "title_cnn")
    for key, columns in tables.items():
        assert {"dataset", "fingerprint"} <= set(columns), key
        if key not in ("rated_csv", "save_synthetic-by-year"):
            assert {"split", "seed", "model", "epochs"} <= set(columns), key


def test_a_list_on_the_scoreboard_is_made_by_the_model_that_it_is_called_after(two) -> None:
    _, new = two
    old_model = resources.recommender()
    assert old_model is not None
    info = old_model.bundle.info
    board = Scoreboard(old_model.dataset.name, info.fingerprint, info.data.split, info.data.seed, ())
    scope = Scope(old_model.dataset, info.data, board, (Entrant(key_of(info), info),), old_model)
    resources.publish(new)
    fitted = scoreboard_lists._fitted(scope, scope.entrants[0])
    assert isinstance(fitted, FittedBundle)
    assert fitted.bundle is old_model.bundle


def test_an_origin_says_the_same_in_a_caption_a_picture_and_a_file(model: Recommender, english) -> None:
    found = origin_of(model)
    info = model.bundle.info
    assert found == origin_of(info)
    assert found.plain() in found.markdown().replace("\\", "")
    assert found.columns() == {
        "dataset": "synthetic",
        "fingerprint": info.fingerprint,
        "split": "p80",
        "seed": 0,
        "model": info.name,
        "epochs": info.epochs_done,
    }
    assert set(origin_of(model.dataset).columns()) == {"dataset", "fingerprint"}
