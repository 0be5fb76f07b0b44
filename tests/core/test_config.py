"""Configs check themselves and travel through JSON; vocabularies and encoder map the same way every time."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.config import (
    DataConfig,
    ModelConfig,
    TrainConfig,
    command_line,
    first_visit,
    last_validated,
    learned_from,
    preset,
)
from recsys.data.encoder import FeatureEncoder, title_words
from recsys.data.vocabulary import PAD_INDEX, UNK_INDEX, Vocabulary, padded
from recsys.errors import ConfigError

WRONG = [
    (DataConfig, {"dataset": "ml-2m"}, "dataset"),
    (DataConfig, {"dataset": "ml-1m", "split": "p70"}, "split"),
    (DataConfig, {"dataset": "ml-1m", "seed": -1}, "seed"),
    (ModelConfig, {"head": "cosine"}, "head"),
    (ModelConfig, {"combiner": "max"}, "combiner"),
    (ModelConfig, {"init": 0.0}, "init"),
    (ModelConfig, {"head": "dot", "mlp_hidden": 8}, "mlp_hidden"),
    (ModelConfig, {"windows": ()}, "windows"),
    (ModelConfig, {"windows": (2, 16)}, "windows"),
    (ModelConfig, {"title_dropout": 1.0}, "title_dropout"),
    (ModelConfig, {"feature_size": 0}, "feature_size"),
    (TrainConfig, {"epochs": 0}, "epochs"),
    (TrainConfig, {"batch_size": 0}, "batch_size"),
    (TrainConfig, {"learning_rate": float("nan")}, "learning_rate"),
    (ModelConfig, {"head": "dual"}, "history_size"),
    (ModelConfig, {"head": "dot", "history_size": 8}, "history_size"),
    (ModelConfig, {"head": "dual", "history_size": 8, "mlp_hidden": 8}, "mlp_hidden"),
    (ModelConfig, {"id_dropout": 1.0}, "id_dropout"),
    (ModelConfig, {"blend": float("nan")}, "blend"),
    (TrainConfig, {"schedule": "sine"}, "schedule"),
    (TrainConfig, {"final_rate": 1.5}, "final_rate"),
    (TrainConfig, {"weight_decay": -1.0}, "weight_decay"),
    (TrainConfig, {"averaging": 1.0}, "averaging"),
    (TrainConfig, {"steps_per_epoch": 0}, "steps_per_epoch"),
    (TrainConfig, {"hidden_share": 0.0}, "hidden_share"),
    (TrainConfig, {"hidden_share": 1.0}, "hidden_share"),
    (TrainConfig, {"watch_weight": -0.1}, "watch_weight"),
    (TrainConfig, {"final_share": 1.0}, "final_share"),
]


@pytest.mark.parametrize(("config", "values", "field"), WRONG)
def test_a_setting_out_of_range_is_refused_by_name(config, values, field) -> None:
    with pytest.raises(ConfigError, match=field):
        config(**values)


@pytest.mark.parametrize(
    "config", [DataConfig("ml-1m", "p90", 3), *preset("article"), *preset("default"), *first_visit()]
)
def test_a_config_comes_back_from_json(config) -> None:
    assert type(config).from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize("values", [{"epochs": 3, "speed": 9}, {"epochs": "many"}, {"epochs": None}])
def test_a_config_from_a_damaged_file_is_refused(values) -> None:
    with pytest.raises(ConfigError):
        TrainConfig.from_dict(values)


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(ConfigError, match="one of article"):
        preset("best")


def test_the_command_names_what_differs_from_the_preset() -> None:
    model, train = ModelConfig(head="mlp", init=0.05, windows=(2, 3)), TrainConfig(epochs=7)
    assert command_line(DataConfig("ml-100k", seed=4), model, train, preset_name="article") == (
        "python -m recsys train --dataset ml-100k --preset article --split p80 --seed 4 "
        "--head mlp --init 0.05 --windows 2,3 --epochs 7"
    )


def test_the_command_of_the_preset_default_is_short_and_names_each_change() -> None:
    model, train = preset("default")
    short = "python -m recsys train --dataset ml-1m --preset default --split p80 --seed 0"
    assert command_line(DataConfig("ml-1m"), model, train, preset_name="default") == short
    model, train = replace(model, blend=0.25), replace(train, hidden_share=0.5, averaging=0.0)
    changed = command_line(DataConfig("ml-1m"), model, train, preset_name="default")
    assert changed == f"{short} --set blend=0.25 --set averaging=0.0 --set hidden_share=0.5"


@pytest.mark.parametrize(("share", "epochs", "expected"), [(0.0, 20, 0), (0.25, 20, 5), (0.25, 3, 0), (0.99, 4, 3)])
def test_final_epochs_are_a_share_rounded_down_and_never_all(share, epochs, expected) -> None:
    assert TrainConfig(epochs=epochs, final_share=share).epochs_on_all == expected


def test_the_preset_article_has_the_articles_settings() -> None:
    model, train = preset("article")
    assert (model.head, model.mlp_hidden, model.combiner, model.init) == ("dot", 0, "sum", 1.0)
    assert (model.id_size, model.attribute_size, model.feature_size) == (32, 16, 200)
    assert (model.windows, model.num_filters, model.title_length, model.title_dropout) == ((2, 3, 4, 5), 8, 15, 0.5)
    assert (train.epochs, train.batch_size, train.learning_rate) == (5, 256, 1e-4)


@given(st.lists(st.text(min_size=1)), st.randoms())
def test_a_vocabulary_does_not_depend_on_the_order_of_things(things, random) -> None:
    shuffled = things + things
    random.shuffle(shuffled)
    first, second = Vocabulary(things), Vocabulary(shuffled)
    assert first.things == second.things
    assert first.fingerprint == second.fingerprint


@given(st.sets(st.integers(min_value=0)))
def test_indices_and_ids_are_each_others_inverse(ids) -> None:
    vocabulary = Vocabulary(ids)
    assert [vocabulary.thing(vocabulary.index(thing)) for thing in ids] == list(ids)
    assert sorted(vocabulary.index(thing) for thing in ids) == list(range(2, len(vocabulary)))


def test_strangers_and_padding_have_rows_of_their_own() -> None:
    vocabulary = Vocabulary(["the", "matrix"])
    assert vocabulary.index("alien") == UNK_INDEX
    assert vocabulary.thing(PAD_INDEX) is None
    assert padded([[5, 6], [], [1, 2, 3, 4]], 3).tolist() == [[5, 6, 0], [0, 0, 0], [1, 2, 3]]
    with pytest.raises(IndexError, match="from 0 to 3"):
        vocabulary.thing(4)


def test_titles_become_words_without_case_and_edge_punctuation() -> None:
    assert title_words("Star Wars: Episode IV - A New Hope") == [
        "star",
        "wars",
        "episode",
        "iv",
        "-",
        "a",
        "new",
        "hope",
    ]
    assert title_words("Schindler's List") == ["schindler's", "list"]
    assert title_words("La Cérémonie") == ["la", "cérémonie"]
    assert title_words("") == []


def test_fields_are_encoded_as_in_the_article(dataset) -> None:
    encoder = FeatureEncoder(dataset, 15)
    users, movies = encoder.encode_users(dataset), encoder.encode_movies(dataset)
    for row, user in enumerate(dataset.users.itertuples(index=False)):
        assert users.gender[row] == {"F": 0, "M": 1}[user.gender]
        assert users.age[row] == user.age_group
    by_age = dataset.users.assign(index=users.age.numpy()).sort_values("age")
    assert by_age["index"].is_monotonic_increasing
    assert movies.title.shape == (dataset.num_movies, 15)
    for row, movie in enumerate(dataset.movies.itertuples(index=False)):
        assert [encoder.genres.thing(i) for i in movies.genres[row].tolist() if i] == list(movie.genres)


def test_an_unknown_title_word_is_unknown_and_a_long_title_is_cut(dataset) -> None:
    encoder = FeatureEncoder(dataset, 4)
    word = encoder.words.things[0]
    assert encoder.encode_title(f"{word} qqqq").tolist() == [2, UNK_INDEX, 0, 0]
    assert encoder.encode_title(f"{word} " * 9).tolist() == [2, 2, 2, 2]


def test_two_encoders_of_one_data_set_map_everything_alike(dataset) -> None:
    assert FeatureEncoder(dataset, 15).fingerprint == FeatureEncoder(dataset, 15).fingerprint
    assert FeatureEncoder(dataset, 15).fingerprint != FeatureEncoder(dataset, 14).fingerprint


def test_only_a_network_with_histories_learns_from_the_validation_part() -> None:
    train = TrainConfig(epochs=10, final_share=0.5)
    assert (last_validated(preset("default")[0], train), last_validated(ModelConfig(), train)) == (5, 10)
    assert learned_from(ModelConfig(), train) == "training part"
    assert learned_from(preset("default")[0], train) == "training and validation part"
    assert learned_from(preset("default")[0], replace(train, final_share=0.0)) == "training part"


def test_a_first_visit_to_a_large_data_set_is_shorter_and_averages_over_less() -> None:
    model, full = preset("default")
    assert first_visit(100_000) == (model, full)
    short_model, short = first_visit(1_000_000)
    assert short_model == model
    assert short.epochs < full.epochs
    assert short.averaging < full.averaging
