"""Many visitors who rate at once: `python -m tests.load.rating ADDRESS [--visitors 30] [--stars 10] [--pause 2]`.

Each opens the page Rate and gives stars to offered films, one every few seconds, as people do. What is timed is the
server: from a star to the last message of what it changed (list, offers, map, own ratings).
"""

import argparse
import asyncio
import random
import time

from tests.load.session import Visit, spread

FILMS = "rate_offers"


async def rate(visit: Visit, number: int, stars: int, pause: float) -> list[float]:
    """One visitor on an open page; return the seconds that each star took."""
    rng = random.Random(number)  # noqa: S311 - which film, no secret
    await asyncio.sleep(rng.uniform(0, pause))
    taken = []
    for given in range(1, stars + 1):
        film = rng.choice(visit.components[FILMS].data["offers"])
        action = {"number": given, "do": "rate", "id": film["id"], "stars": rng.randint(1, 5)}
        taken.append(await visit.press(FILMS, "done", {"actions": [action]}))
        if visit.components[FILMS].data["heard"] != given:
            raise AssertionError(f"visitor {number}: star {given} was lost")
        await asyncio.sleep(max(0.0, rng.gauss(pause, pause / 4) - taken[-1]))
    return taken


async def crowd(address: str, visitors: int, stars: int, pause: float) -> None:
    """All visitors: they open the page at once, and when all have it they rate; print what that took."""
    started = time.perf_counter()
    visits = await asyncio.gather(*(Visit.open(address, "rate") for _ in range(visitors)))
    opened = time.perf_counter() - started
    done = await asyncio.gather(*(rate(visit, number, stars, pause) for number, visit in enumerate(visits)))
    taken = [seconds for times in done for seconds in times]
    errors = sum(visit.num_errors for visit in visits)
    await asyncio.gather(*(visit.close() for visit in visits))
    print(  # noqa: T201 - the answer
        f"{visitors} visitors opened the page at once in {opened:.1f} s; {len(taken)} stars, errors {errors}: "
        f"{spread(taken)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--stars", type=int, default=10)
    parser.add_argument("--pause", type=float, default=2.0)
    asked = parser.parse_args()
    asyncio.run(crowd(asked.address, asked.visitors, asked.stars, asked.pause))


if __name__ == "__main__":
    main()
