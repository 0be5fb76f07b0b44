"""Data: the three files, what is in them, and how each field becomes numbers."""

from pathlib import Path

import pandas as pd
import streamlit as st

from pages.data import field_steps
from pages.kit import cards, charts, frame, i18n, messages, pickers, resources, state
from pages.kit.i18n import escaped, number, t
from pages.kit.origin import origin_of
from recsys.data import raw_rows, statistics
from recsys.data.dataset import Dataset
from recsys.data.raw_rows import RawFile
from recsys.data.statistics import Counts

PERSON_FIELDS: tuple[statistics.PersonField, ...] = ("gender", "age_group", "occupation")
GROUPS: tuple[str, ...] = (*PERSON_FIELDS, "genre", "year", "time")
FILES = ("users", "movies", "ratings")
NAME_KINDS = {"gender": "gender", "age_group": "age", "occupation": "occupation", "genre": "genre"}
TOP = 0.1


def show_counts(counts: Counts) -> None:
    """Draw the size of the data set."""
    values = {
        "users": number(counts.num_users),
        "movies": number(counts.num_movies),
        "ratings": number(counts.num_ratings),
        "empty": f"{1 - counts.density:.1%}",
        "mean": f"{counts.mean_rating:.2f}",
    }
    with st.container(horizontal=True, gap="medium", key="data_counts"):
        for name, value in values.items():
            st.metric(t(f"data.count.{name}"), value, help=t(f"data.count.{name}.help"), width="content")


def show_files(data: Dataset, _counts: Counts) -> None:
    """Draw the three files as they are, and where they came from."""
    located = resources.located()
    found = located.attempts[-1]
    source = i18n.labelled(t(f"source.{found.source}"), escaped(found.place))
    st.markdown(t("data.source", source=source, fingerprint=data.fingerprint))
    with st.expander(t("data.tried", count=len(located.attempts)), icon=":material/search:", key="data_tried"):
        st.markdown("\n".join(f"- {line}" for line in messages.attempts_text(located.attempts)))
    folder = Path(located.attempts[-1].place)
    files = resources.of_dataset(raw_rows.raw_files, folder if folder.is_dir() else None)
    for meaning, file in zip(FILES, files, strict=True):
        show_file(meaning, file)


def show_file(meaning: str, file: RawFile) -> None:
    """Draw the beginning of one file."""
    st.header(t(f"data.file.{meaning}"), anchor=False)
    size = t("data.invented") if file.num_bytes is None else t("data.bytes", bytes=number(file.num_bytes))
    st.markdown(t("data.file.size", name=escaped(file.name), rows=number(file.num_rows), size=size))
    cards.raw_text("\n".join([*file.first_lines, "…"]), label=file.name)
    st.caption(t(f"data.file.{meaning}.fields"))


def show_ratings(data: Dataset, counts: Counts) -> None:
    """Draw how often each number of stars was given, and by whom and for what."""
    st.header(t("data.stars.title"), anchor=False)
    histogram = resources.of_dataset(statistics.rating_histogram)
    cards.chart(charts.rating_histogram(histogram), key="chart_stars")
    st.header(t("data.groups.title"), anchor=False)
    choice = state.control("by", GROUPS[0], parse=lambda text: text if text in GROUPS else None)
    st.segmented_control(
        t("data.by"), GROUPS, format_func=lambda name: t(f"data.by.{name}"), required=True, **choice.widget
    )
    by = choice.value
    if by == "time":
        show_time(data, counts)
    elif by == "year":
        table = resources.of_dataset(statistics.by_year)
        chart = charts.timeline(table, time="year", time_title=t("chart.year"), overall_mean=counts.mean_rating)
        cards.chart(chart, key="chart_year")
        save(data, table, f"{data.name}-by-year")
    else:
        show_groups(data, by, counts)


def show_groups(data: Dataset, by: str, counts: Counts) -> None:
    """Draw ratings and their mean by a field of the person, or by genre."""
    if by in PERSON_FIELDS:
        table = resources.of_dataset(statistics.by_person, by)
        values = table["group"]
    else:
        table = resources.of_dataset(statistics.by_genre)
        values = table["genre"]
    labels = [i18n.name(NAME_KINDS[by], value) for value in values]
    cards.chart(charts.groups(table, labels, overall_mean=counts.mean_rating), key=f"chart_{by}")
    if by == "genre":
        st.caption(t("data.genre.note"))
    save(data, table, f"{data.name}-by-{by}")


def show_time(data: Dataset, counts: Counts) -> None:
    """Draw the ratings whose time is known; say how many are not."""
    known = t("data.time.known", known=number(counts.num_with_time), all=number(counts.num_ratings))
    if counts.num_with_time == 0:
        st.info(t("data.time.none"), icon=":material/event_busy:")
        return
    st.caption(known)
    table = resources.of_dataset(statistics.by_month)
    chart = charts.timeline(table, time="month", time_title=t("chart.month"), overall_mean=counts.mean_rating)
    cards.chart(chart, key="chart_time")
    save(data, table, "by-month")


def show_matrix(data: Dataset, counts: Counts) -> None:
    """Draw the user x movie matrix, its long tail and how active people are."""
    st.header(t("data.matrix.title"), anchor=False)
    cells = number(counts.num_users * counts.num_movies)
    st.markdown(t("data.matrix.text", cells=cells, filled=f"{counts.density:.1%}"))
    cards.chart(charts.matrix(resources.of_dataset(statistics.matrix_picture)), key="chart_matrix")
    st.header(t("data.tail.title"), anchor=False)
    tail = resources.of_dataset(statistics.long_tail)
    share = statistics.share_of_top(tail, TOP)
    values = {"share": f"{share:.0%}", "median": number(counts.median_per_movie)}
    st.markdown(t("data.tail.text", top=f"{TOP:.0%}", unrated=number(counts.num_movies_unrated), **values))
    cards.chart(charts.long_tail(tail, top=TOP, top_share=share), key="chart_tail")
    save(data, tail, f"{data.name}-long-tail")
    st.header(t("data.activity.title"), anchor=False)
    st.markdown(t("data.activity.text", median=number(counts.median_per_user)))
    activity = resources.of_dataset(statistics.user_activity)
    cards.chart(charts.activity(activity), key="chart_activity")


def show_rows(data: Dataset, _counts: Counts) -> None:
    """Draw the raw rows of any person and any film."""
    left, right = st.columns(2, gap="large")
    with left:
        user_id = pick_user(data)
        cards.raw_text(data.users["raw"].iloc[data.user_index(user_id)], label=t("user.name", id=user_id))
        cards.user_link(data.user(user_id), key="rows_user")
        rows_table(data, raw_rows.ratings_by_user(data, user_id), f"user-{user_id}")
    with right:
        movie_id = pick_movie(data)
        cards.raw_text(data.movies["raw"].iloc[data.movie_index(movie_id)], label=data.movie(movie_id).title)
        cards.movie_rows([cards.Item(data.movie(movie_id))], key="rows_movie")
        rows_table(data, raw_rows.ratings_of_movie(data, movie_id), f"movie-{movie_id}")


def rows_table(data: Dataset, table: pd.DataFrame, name: str) -> None:
    """Draw ratings as a bar for each number of stars and as a table."""
    if table.empty:
        st.info(t("data.rows.none"), icon=":material/inbox:")
        return
    cards.chart(charts.stars_of(table), key=f"chart_{name.split('-', maxsplit=1)[0]}_stars")
    columns = {column: t(f"column.{column}") for column in table.columns}
    st.dataframe(
        table, column_config=columns, hide_index=True, height=320, key=f"table_{name.split('-', maxsplit=1)[0]}"
    )
    save(data, table, name)


def show_numbers(data: Dataset, _counts: Counts) -> None:
    """Draw how each field of a person and a film becomes numbers, step by step."""
    st.markdown(t("data.numbers.text"))
    encoder = field_steps.encoder()
    left, right = st.columns(2, gap="large")
    with left:
        field_steps.person(data, encoder, pick_user(data))
    with right:
        field_steps.film(data, encoder, pick_movie(data))
    field_steps.any_title(encoder)


def pick_user(data: Dataset) -> int:
    """Draw the search box for people."""
    return pickers.pick_user(default=int(data.users["user_id"].iloc[0]))


def pick_movie(data: Dataset) -> int:
    """Draw the search box for films."""
    return pickers.pick_movie(default=int(data.movies["movie_id"].iloc[0]))


def save(data: Dataset, table: pd.DataFrame, name: str) -> None:
    """Draw the button that takes a table home."""
    records = [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
    cards.download(records, origin=origin_of(data).columns(), file_name=f"{name}.csv", key=f"save_{name}")


PARTS = {
    "files": show_files,
    "ratings": show_ratings,
    "matrix": show_matrix,
    "rows": show_rows,
    "numbers": show_numbers,
}

frame.page_header("data.title", "data.purpose")
everything = resources.dataset()
size = resources.of_dataset(statistics.counts)
show_counts(size)
part = state.control("part", "files", parse=lambda text: text if text in PARTS else None)
st.segmented_control(
    t("data.part"),
    list(PARTS),
    format_func=lambda name: t(f"data.part.{name}"),
    required=True,
    label_visibility="collapsed",
    **part.widget,
)
PARTS[part.value](everything, size)
frame.origin(everything)
frame.how_it_works("data.how", key="data_how")
