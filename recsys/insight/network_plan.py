"""Network plan: the loaded network as boxes and arrows, read off from its own modules and tensors.

A page draws it. No config is assumed: which boxes there are, their shapes and their parameters follow from what the
network has, so that another head, other windows or a history give another diagram.

Axes are letters with one meaning everywhere: B people or films at once, U all people, M all films, L words of a title,
K filters of each width, F filters of all widths, G genres of a film, E numbers of an embedding, H numbers of a history,
D numbers of a feature vector; W is the width of a window.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from recsys.bundle import Bundle
from recsys.data.vocabulary import NUM_RESERVED
from recsys.model import DualHead, MlpHead, TwoTower
from recsys.model.history import NUM_SCALARS

Side = Literal["user", "movie", "head"]
Axis = str | int
"""A letter, perhaps with a number added or taken off ("L-1", "H+2"), or a number that has no letter."""

_INPUT, _EMBEDDING, _NEXT, _MAX, _TITLE, _DROPOUT, _JOIN, _MIX, _HEAD, _MATCH, _ANSWER = range(11)  # columns


@dataclass(frozen=True)
class Box:
    """A step of the network.

    Attributes:
        key: unique name, such as "movie.title.window2".
        side: the tower, or the head, where both meet.
        kind: "input", "embedding", "sum" or "mean" (of genres), "dense" (with ReLU), "convolution" (with ReLU), "max",
            "dropout", "history", "bias", "join" (side by side), "mix" (dense with tanh), "dot", "mlp", "projection",
            "stars", "watch", "noise".
        shape: of what comes out, by axis.
        sizes: the same as numbers; None for B and G.
        num_parameters: trained numbers of this step.
        weights: names and shapes of its tensors in the network's state, with what is stored but not trained.
        column: how far from the input, counted from 0; every arrow goes to a higher one. Both towers are aligned.
    """

    key: str
    side: Side
    kind: str
    shape: tuple[Axis, ...]
    sizes: tuple[int | None, ...]
    num_parameters: int
    weights: tuple[tuple[str, tuple[int, ...]], ...]
    column: int


@dataclass(frozen=True)
class NetworkPlan:
    """A network as a diagram.

    Attributes:
        boxes: the steps: the user side, the movie side, the head, each from input to output.
        edges: (from, to), keys of boxes.
        axes: what each letter is in this network; all widths for W, no B and no G.
        num_parameters: trained numbers in all boxes together.
    """

    boxes: tuple[Box, ...]
    edges: tuple[tuple[str, str], ...]
    axes: Mapping[str, int | tuple[int, ...]]
    num_parameters: int


def plan(bundle: Bundle) -> NetworkPlan:
    """Return the diagram of a loaded model."""
    return plan_of(bundle.model)


def plan_of(model: TwoTower) -> NetworkPlan:
    """Return the diagram of a network."""
    drawing = _Drawing(model)
    _draw_user(drawing)
    _draw_movie(drawing)
    if isinstance(model.head, DualHead):
        _draw_dual_head(drawing)
    else:
        _draw_articles_head(drawing)
    total = sum(box.num_parameters for box in drawing.boxes)
    return NetworkPlan(tuple(drawing.boxes), tuple(drawing.edges), drawing.axes, total)


class _Drawing:
    """Collects boxes and arrows."""

    def __init__(self, model: TwoTower) -> None:
        self.model, self.axes = model, _axes(model)
        self.boxes: list[Box] = []
        self.edges: list[tuple[str, str]] = []
        self._tensors = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
        self._counts = {name: parameter.numel() for name, parameter in model.named_parameters()}

    def add(
        self,
        key: str,
        kind: str,
        shape: tuple[Axis, ...],
        *,
        column: int,
        after: Sequence[str] = (),
        tensors: str | None = None,
    ) -> str:
        """Draw a box and the arrows to it, and return its key.

        `tensors` names a tensor, or a module: then all of that module are meant.
        """
        names = [name for name in self._tensors if tensors and (name == tensors or name.startswith(f"{tensors}."))]
        count = sum(self._counts.get(name, 0) for name in names)
        weights = tuple((name, self._tensors[name]) for name in names)
        side: Side = "user" if key.startswith("user.") else "movie" if key.startswith("movie.") else "head"
        self.boxes.append(Box(key, side, kind, shape, tuple(map(self._size, shape)), count, weights, column))
        self.edges.extend((start, key) for start in after)
        return key

    def field(self, key: str, size: Axis, table: str, layer: str) -> str:
        """Draw an id or an attribute: its row of a table, then a dense layer. Return the key of the last box."""
        start = self.add(f"{key}.input", "input", ("B",), column=_INPUT)
        row = self.add(key, "embedding", ("B", size), column=_EMBEDDING, after=[start], tensors=table)
        return self.add(f"{key}.dense", "dense", ("B", "E"), column=_NEXT, after=[row], tensors=layer)

    def left_out(self, start: str, share: float) -> str:
        """Draw the dropout of whole ids behind a box, where there is one."""
        shape: tuple[Axis, ...] = ("B", "E")
        return self.add(f"{start}.dropout", "dropout", shape, column=_DROPOUT, after=[start]) if share else start

    def tower(self, side: Side, ends: list[str]) -> None:
        """Draw what both towers end with: the history where there is one, all side by side, the last layer."""
        name = f"{side}_tower"
        if "H" in self.axes:
            ratings = self.add(f"{side}.ratings", "input", ("B", "M" if side == "user" else "U"), column=_INPUT)
            history = f"{side}.history", "history", ("B", f"H+{NUM_SCALARS}")
            ends.append(self.add(*history, column=_EMBEDDING, after=[ratings], tensors=f"{name}.history"))
            self.add(f"{side}.bias", "bias", ("B",), column=_MIX, after=[ratings])
        width = int(self._tensors[f"{name}.mix.weight"][1])
        joined = self.add(f"{side}.join", "join", ("B", width), column=_JOIN, after=ends)
        self.add(f"{side}.mix", "mix", ("B", "D"), column=_MIX, after=[joined], tensors=f"{name}.mix")

    def _size(self, axis: Axis) -> int | None:
        """The number that an axis has in this network; None where it is another one in each batch."""
        if isinstance(axis, int):
            return axis
        letter, change = axis[0], int(axis[1:] or 0)
        size = self.axes.get(letter)
        return size + change if isinstance(size, int) else None


def _axes(model: TwoTower) -> dict[str, int | tuple[int, ...]]:
    config, sizes = model.config, model.sizes
    history = {"H": config.history_size} if config.history_size else {}
    return {
        "U": sizes.users - NUM_RESERVED,
        "M": sizes.movies - NUM_RESERVED,
        "L": config.title_length,
        "W": config.windows,
        "K": config.num_filters,
        "F": model.movie_tower.title.num_features,
        "E": config.id_size,
        "D": config.feature_size,
        **history,
    }


def _draw_user(draw: _Drawing) -> None:
    tower, name, ends = draw.model.user_tower, "user_tower", []
    for field in tower.embeddings:
        size: Axis = "E" if field == "user" else draw.model.config.attribute_size
        ends.append(draw.field(f"user.{field}", size, f"{name}.embeddings.{field}", f"{name}.layers.{field}"))
    if tower.history is not None:
        ends[0] = draw.left_out(ends[0], tower.id_dropout.share)
    draw.tower("user", ends)


def _draw_movie(draw: _Drawing) -> None:
    tower, name = draw.model.movie_tower, "movie_tower"
    movie = draw.field("movie.movie", "E", f"{name}.movie", f"{name}.movie_layer")
    if tower.history is not None:
        movie = draw.left_out(movie, tower.id_dropout.share)
    draw.tower("movie", [movie, _draw_genres(draw), _draw_title(draw)])


def _draw_genres(draw: _Drawing) -> str:
    tower = draw.model.movie_tower
    start = draw.add("movie.genres.input", "input", ("B", "G"), column=_INPUT)
    rows = ("movie.genres", "embedding", ("B", "G", "E"))
    found = draw.add(*rows, column=_EMBEDDING, after=[start], tensors="movie_tower.genres")
    total = draw.add(f"movie.genres.{tower.combiner}", tower.combiner, ("B", "E"), column=_NEXT, after=[found])
    layer = "movie_tower.genres_layer"
    return draw.add("movie.genres.dense", "dense", ("B", "E"), column=_MAX, after=[total], tensors=layer)


def _draw_title(draw: _Drawing) -> str:
    key, name = "movie.title", "movie_tower.title"
    start = draw.add(f"{key}.input", "input", ("B", "L"), column=_INPUT)
    rows = draw.add(
        f"{key}.words", "embedding", ("B", "L", "E"), column=_EMBEDDING, after=[start], tensors=f"{name}.words"
    )
    kept = []
    for number, width in enumerate(draw.model.movie_tower.title.windows):
        window: tuple[Axis, ...] = ("B", "K", f"L-{width - 1}" if width > 1 else "L")
        own, at = f"{key}.window{number + 1}", f"{name}.convolutions.{number}"
        slid = draw.add(own, "convolution", window, column=_NEXT, after=[rows], tensors=at)
        kept.append(draw.add(f"{own}.max", "max", ("B", "K"), column=_MAX, after=[slid]))
    end = draw.add(f"{key}.join", "join", ("B", "F"), column=_TITLE, after=kept)
    if draw.model.movie_tower.title_dropout.share:
        end = draw.add(f"{key}.dropout", "dropout", ("B", "F"), column=_DROPOUT, after=[end])
    return end


def _draw_articles_head(draw: _Drawing) -> None:
    head, both = draw.model.head, ["user.mix", "movie.mix"]
    if isinstance(head, MlpHead):
        width = int(head.first.weight.shape[0])
        end = draw.add("head.first", "mlp", ("B", width), column=_HEAD, after=both, tensors="head.first")
        if head.last is not None:
            end = draw.add("head.last", "mlp", ("B", 1), column=_MATCH, after=[end], tensors="head.last")
    else:
        end = draw.add("head.match", "dot", ("B",), column=_HEAD, after=both)
    draw.add("head.stars", "stars", ("B",), column=_ANSWER, after=[end])


def _draw_dual_head(draw: _Drawing) -> None:
    """Three questions to the same two vectors: how many stars, would they watch it, how uncertain is that."""
    asked = {}
    for question, size in (("stars", "D"), ("watch", "D"), ("noise", 1)):
        asked[question] = [
            draw.add(
                f"head.{side}_{question}",
                "projection",
                ("B", size),
                column=_HEAD,
                after=[f"{side}.mix"],
                tensors=f"head.{side}_{question}",
            )
            for side in ("user", "movie")
        ]
    match = draw.add("head.match", "dot", ("B",), column=_MATCH, after=asked["stars"])
    stars = [match, "user.bias", "movie.bias"]
    draw.add("head.stars", "stars", ("B",), column=_ANSWER, after=stars, tensors="head.mean")
    draw.add("head.watch", "watch", ("B",), column=_ANSWER, after=asked["watch"])
    draw.add("head.noise", "noise", ("B",), column=_ANSWER, after=asked["noise"])
