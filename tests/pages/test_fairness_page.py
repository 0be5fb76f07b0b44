"""The page about fairness: each part says what was measured, and each number can be taken home with its origin."""

from dataclasses import replace

import pytest

from pages.fairness import charts as fair_charts
from pages.fairness import groups as fair_groups
from pages.fairness import lists as fair_lists
from pages.fairness import work as fair_work
from pages.kit import resources
from pages.kit.i18n import TEXTS
from recsys.config import DataConfig
from recsys.insight.fairness.groups import Interval
from recsys.insight.fairness.lists import exposure
from recsys.recommend import Recommender
from tests.pages.conftest import LANGUAGES, OpenPage, all_text, open_app

PARTS = ("lists", "groups", "typical", "flip")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("kind", ["gender", "age", "occupation"])
def test_every_part_opens_for_every_kind_of_groups(open_page: OpenPage, part: str, kind: str, language: str) -> None:
    app = open_page("fairness", lang=language, part=part, by=kind)
    assert not app.exception
    assert not app.error


def test_the_numbers_are_those_of_the_model(open_page: OpenPage, model: Recommender) -> None:
    app = open_page("fairness", lang="en")
    found = exposure(fair_work.resources.of_model(fair_work.measuring, model).result())
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown[TEXTS["en"]["fair.num_listed"]] == f"{found.num_listed:,}"
    assert shown[TEXTS["en"]["fair.tail"]] == f"{found.tail_places:.1%}"
    assert f"**{found.half:,}** of them fill half" in all_text(app)


def test_everybody_is_measured_once_for_all_readers(
    open_page: OpenPage, model: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_page("fairness", lang="en")
    monkeypatch.setattr(Recommender, "recommend", None)
    monkeypatch.setattr(type(model.bundle), "score_users", None)
    app = open_page("fairness", lang="zh", part="groups")
    assert not app.exception


def test_the_table_of_groups_holds_everyone_first(open_page: OpenPage) -> None:
    app = open_page("fairness", lang="en", part="groups", by="age")
    table = app.dataframe[0].value
    assert table["group"].iloc[0] == "everyone"
    assert table["num_users"].iloc[1:].sum() == table["num_users"].iloc[0]


def test_a_choice_of_groups_lives_in_the_url(open_page: OpenPage) -> None:
    app = open_page("fairness", lang="en", part="typical", by="occupation")
    box = app.multiselect(key="url_which_occupation")
    box.set_value(box.options[1:2] and [box.value[0]]).run()
    assert not app.exception
    assert "which_occupation" in app.query_params


def test_choosing_no_group_is_no_accident(open_page: OpenPage) -> None:
    app = open_page("fairness", lang="en", part="typical", by="age")
    app.multiselect(key="url_which_age").set_value([]).run()
    assert not app.exception


def test_a_flip_is_chosen_by_the_url_and_counts_only_who_changes(open_page: OpenPage, model: Recommender) -> None:
    app = open_page("fairness", lang="en", part="flip", flip="gender.F")
    men = int((model.dataset.users["gender"] == "M").sum())
    assert f"Over {men} of {model.dataset.num_users} people" in all_text(app)


@pytest.mark.parametrize(
    "params", [{"part": "x"}, {"by": "height"}, {"part": "groups", "measure": "<b>"}, {"flip": "age.99"}]
)
def test_nonsense_in_the_url_falls_back(open_page: OpenPage, params: dict[str, str]) -> None:
    app = open_page("fairness", lang="en", **{"part": "flip", **params})
    assert not app.exception
    assert not app.error


def test_a_model_without_a_test_part_shows_lists_and_says_so(
    house: resources.House, model: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = replace(model.bundle.info, data=DataConfig("synthetic", split="none"), created="none")
    bare = Recommender(model.dataset, replace(model.bundle, info=info))
    monkeypatch.setattr(house, "recommender", bare)
    monkeypatch.setattr(house, "take_first_run", lambda: None)
    app = open_app("fairness", lang="en", part="groups")
    assert not app.exception
    assert TEXTS["en"]["fair.no_test"] in all_text(app)


def test_groups_stand_out_only_where_their_interval_leaves_everyone_out(
    open_page: OpenPage, model: Recommender, english: None
) -> None:
    open_page("fairness", lang="en")
    whole, first, *rest = fair_work.rows(model, "gender")
    same = Interval(whole.rmse.value, whole.rmse.value - 1, whole.rmse.value + 1)
    apart = Interval(whole.rmse.value + 2, whole.rmse.value + 1, whole.rmse.value + 3)
    none = [whole, *(row._replace(rmse=same) for row in (first, *rest))]
    assert "No group's interval" in fair_groups.reading(none, "rmse")
    some = [whole, first._replace(rmse=apart), *none[2:]]
    said = fair_groups.reading(some, "rmse")
    assert "Above it by more than the interval allows: **woman**" in said
    assert "below" not in said
    low = Interval(whole.rmse.value - 0.5, whole.rmse.value - 0.6, whole.rmse.value - 0.4)
    said = fair_groups.reading([whole, first._replace(rmse=low), *none[2:]], "rmse")
    assert "Below it by more than the interval allows: **woman**" in said
    few = [whole, first._replace(rmse=apart, num_users=3), *none[2:]]
    assert "No group's interval" in fair_groups.reading(few, "rmse")


def test_shares_rise_to_the_whole(open_page: OpenPage, model: Recommender) -> None:
    open_page("fairness", lang="en")
    table = fair_lists.share_table(resources.of_model(fair_work.measuring, model).result())
    assert table.iloc[-1].tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert (table.diff().dropna() >= 0).all().all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_about_the_long_tail_goes_the_way_of_its_numbers(
    open_page: OpenPage, model: Recommender, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    open_page("fairness", lang=language)
    found = exposure(resources.of_model(fair_work.measuring, model).result())
    monkeypatch.setattr(fair_lists, "t", lambda key, **values: f"{key}|{values}")
    less = replace(found, tail_places=0.1, tail_ratings=0.2, gini=0.9, gini_ratings=0.6)
    more = replace(found, tail_places=0.3, tail_ratings=0.2, gini=0.5, gini_ratings=0.6)
    same = replace(found, tail_places=0.2001, tail_ratings=0.2, gini=0.604, gini_ratings=0.6)
    for numbers, tail, gini in ((less, "below", "above"), (more, "above", "below"), (same, "same", "same")):
        said = fair_lists.reading(numbers)
        assert f"fair.lists.tail.{tail}|" in said
        assert f"fair.lists.gini.{gini}|" in said


@pytest.mark.parametrize("is_dark", [True, False])
def test_shared_films_are_written_in_the_colour_of_the_readers_letters(
    house: resources.House, english: None, monkeypatch: pytest.MonkeyPatch, is_dark: bool
) -> None:
    monkeypatch.setattr("pages.kit.theme.is_dark", lambda: is_dark)
    figure = fair_charts.overlap(["a", "b"], [[1.0, 0.5], [0.5, 1.0]])
    assert figure.data[0].textfont.color == figure.layout.font.color
