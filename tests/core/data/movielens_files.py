"""Hand-sized MovieLens files in each form, to be read as they are or damaged first."""

from pathlib import Path

USERS_1M = ["1::F::1::10::48067", "2::M::56::16::70072", "4::M::25::15::55117"]
MOVIES_1M = [
    "1::Toy Story (1995)::Animation|Children's|Comedy",
    "1406::Cérémonie, La (1995)::Drama",
    "2571::Matrix, The (1999)::Action|Sci-Fi|Thriller",
]
RATINGS_1M = ["1::1::5::978300760", "1::1406::3::978302109", "4::2571::1::978301968", "2::1::4::978300275"]

USERS_100K = ["1|24|M|technician|85711", "2|7|F|other|94043"]
MOVIES_100K = [
    "1|Toy Story (1995)|01-Jan-1995||http://us.imdb.com/M/title-exact?Toy%20Story%20(1995)|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0",
    "3|Marlene Dietrich: Shadow and Light (1996) |02-Apr-1996||http://us.imdb.com/x|0|0|0|0|0|0|0|1|0|0|0|0|0|0|0|0|0|0|0",
    "267|unknown||||1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0",
    "1412|Land Before Time III (1995) (V)|01-Jan-1995||http://us.imdb.com/y|0|0|0|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0|0",
    "1623|Cérémonie, La (1995)|01-Jan-1995||http://us.imdb.com/z|0|0|0|0|0|0|0|0|1|0|0|0|0|0|0|0|0|0|0",
]
RATINGS_100K = ["2\t1\t3\t881250949", "1\t1623\t5\t891717742"]

USERS_RECBOLE = [
    "user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token",
    "1\t24\tM\ttechnician\t85711",
    "2\t7\tF\tother\t94043",
]
MOVIES_RECBOLE = [
    "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq",
    "1\tToy Story\t1995\tAnimation Children's Comedy",
    "3\tMarlene Dietrich: Shadow and Light\t1996\tDocumentary",
    "267\tunkonwn\tunkonwn\tunknown",
    "1412\tLand Before Time III (1995)\tV\tAnimation Children's",
    "1623\tCérémonie, La\t1995\tDrama",
]
RATINGS_RECBOLE = ["user_id:token\titem_id:token\trating:float\ttimestamp:float", *RATINGS_100K]


def text(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


def write_ml_1m(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("users.dat", USERS_1M), ("movies.dat", MOVIES_1M), ("ratings.dat", RATINGS_1M)):
        (folder / name).write_bytes(text(lines).encode("latin-1"))
    return folder


def write_ml_100k(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("u.user", USERS_100K), ("u.item", MOVIES_100K), ("u.data", RATINGS_100K)):
        (folder / name).write_bytes(text(lines).encode("latin-1"))
    return folder


def write_recbole(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, lines in (("user", USERS_RECBOLE), ("item", MOVIES_RECBOLE), ("inter", RATINGS_RECBOLE)):
        (folder / f"ml-100k.{suffix}").write_bytes(text(lines).encode("utf-8"))
    return folder
