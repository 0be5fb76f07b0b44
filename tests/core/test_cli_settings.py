"""`train --set FIELD=VALUE`: every field of the configs without a flag of its own."""

import pytest

from recsys.cli import main, training
from recsys.cli.training import TrainFlags, configs
from recsys.config import command_line, preset
from recsys.errors import ConfigError


def configs_of(arguments: list[str]):
    flags: list[TrainFlags] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "train", lambda given, as_json: flags.append(given) or 0)
        assert main(["train", "--dataset", "synthetic", "--preset", "default", *arguments]) == 0
    return configs(flags[0], "synthetic")


def test_a_setting_takes_the_type_of_its_field() -> None:
    given = ["--set", "history_size=64", "--set", "blend=0.5", "--set", "schedule=constant"]
    _, model, train = configs_of(given)
    assert (model.history_size, model.blend, train.schedule) == (64, 0.5, "constant")
    assert train.table_decay == preset("default")[1].table_decay


def test_the_command_that_a_bundle_keeps_names_its_settings_so_that_train_takes_them() -> None:
    data, model, train = configs_of(["--set", "hidden_share=0.4", "--epochs", "3"])
    line = command_line(data, model, train, preset_name="default")
    assert "--set hidden_share=0.4" in line
    assert configs_of(line.split()[4:]) == (data, model, train)


@pytest.mark.parametrize("text", ["blend=much", "colour=red", "blend", "epochs=3", "seed=4", "history_size=0"])
def test_what_is_no_setting_is_refused_and_named(text) -> None:
    with pytest.raises(ConfigError):
        configs_of(["--set", text])
