"""A class that watches one run: `python -m tests.load.watching ADDRESS [--viewers 30] [--seconds 30]`.

One visitor starts a run; others open the page Training and leave it open, as a class does, while one more gives stars
on the page Rate. Counted are the reruns that the open pages cost and the bytes that they get; timed is the one who
rates. The viewers do what the page in a browser does: they run fragments again when the server asked for that, and ask
for what is told over plain HTTP.
"""

import argparse
import asyncio
import gzip
import json
import random
import time
from dataclasses import dataclass, field
from urllib.request import Request, urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

from tests.load.session import Component, Visit, spread

RUN = "lang=en&part=new&from=quick&epochs=200"
NEWS = "training_news_"
"""Keys of the components that ask how far the run is begin so."""


@dataclass
class Counts:
    """What the open pages cost.

    Attributes:
        reruns: of scripts and fragments.
        num_bytes: that came over the socket and over HTTP.
    """

    reruns: int = 0
    num_bytes: int = 0


@dataclass
class Viewer:
    """One open page.

    Attributes:
        socket: to the server.
        address: of the server.
        query: what stands behind the question mark.
        counts: of all viewers together.
    """

    socket: ClientConnection
    address: str
    query: str
    counts: Counts
    page_hash: str = ""
    buttons: dict[str, str] = field(default_factory=dict)
    news: dict[str, Component] = field(default_factory=dict)
    is_drawn: asyncio.Event = field(default_factory=asyncio.Event)
    timers: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    announced: set[str] = field(default_factory=set)
    asking: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    async def open(cls, address: str, query: str, counts: Counts) -> "Viewer":
        """Open the page Training."""
        stream = address.replace("http", "ws") + "/_stcore/stream"
        viewer = cls(await connect(stream, subprotocols=["streamlit"], max_size=None), address, query, counts)
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_name = query, "training"
        await viewer.socket.send(message.SerializeToString())
        return viewer

    async def look(self) -> None:
        """Read what comes, for as long as the page is open."""
        async for data in self.socket:
            self.counts.num_bytes += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.announced = set()
            elif kind == "navigation":
                self.page_hash = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "auto_rerun":
                fragment = message.auto_rerun.fragment_id
                self.announced.add(fragment)
                if fragment not in self.timers:
                    self.timers[fragment] = asyncio.create_task(self._again(message.auto_rerun.interval, fragment))
            elif kind == "delta":
                self._note(message)
            elif kind == "script_finished":
                self.counts.reruns += 1
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    self._stop_timers(self.timers.keys() - self.announced)
                self.is_drawn.set()

    async def press(self, key: str) -> None:
        """Press a button."""
        await self._rerun("", WidgetState(id=self.buttons[key], trigger_value=True))

    async def close(self) -> None:
        """Leave."""
        self._stop_timers(set(self.timers))
        for asking in self.asking:
            asking.cancel()
        await self.socket.close()

    def _stop_timers(self, fragments: set[str]) -> None:
        for fragment in fragments:
            self.timers.pop(fragment).cancel()

    async def _again(self, interval: float, fragment: str) -> None:
        while True:
            await asyncio.sleep(interval)
            await self._rerun(fragment)

    async def _rerun(self, fragment: str, *states: WidgetState) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page_hash
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = not states
        message.rerun_script.widget_states.CopyFrom(WidgetStates(widgets=states))
        await self.socket.send(message.SerializeToString())

    def _note(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "button":
            self.buttons[element.button.id.rsplit("-", 1)[-1]] = element.button.id
        elif kind == "bidi_component":
            drawn = element.bidi_component
            key = drawn.id.rsplit("-", 1)[-1]
            if not key.startswith(NEWS):
                return
            before = self.news.get(key)
            text = {"json": drawn.json, "mixed": drawn.mixed.json}.get(drawn.WhichOneof("data"), "{}")
            fragment = message.delta.fragment_id or (before.fragment if before else "")
            self.news[key] = Component(drawn.id, fragment, json.loads(text))
            if before is None:
                self.asking.append(asyncio.create_task(self._ask(key)))

    async def _ask(self, key: str) -> None:
        """Ask once a second how far the run is; what looks otherwise by now is drawn anew."""
        told, told_at = "", -5.0
        while True:
            await asyncio.sleep(1)
            data = self.news[key].data
            address = f"{self.address}{data['address']}?at={data['visitor']}"
            body = await asyncio.to_thread(_fetch, address)
            self.counts.num_bytes += len(body)
            look, now = json.loads(gzip.decompress(body))["looks"][data["name"]], time.perf_counter()
            if look == data["look"] or now - told_at < (5 if told == look else data["gap"] / 1000):
                continue
            told, told_at = look, now
            payload = json.dumps([{"event": "changed", "value": look}])
            trigger = f"$$STREAMLIT_INTERNAL_KEY_{self.news[key].id}__events"
            own = WidgetState(id=self.news[key].id, json_value="{}")
            await self._rerun(self.news[key].fragment, own, WidgetState(id=trigger, json_trigger_value=payload))


def _fetch(address: str) -> bytes:
    request = Request(address, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - the server that is measured
    with urlopen(request, timeout=60) as answer:  # noqa: S310
        body: bytes = answer.read()
        return body


async def rate(visit: Visit, until: float) -> list[float]:
    """Give a star a second; return the seconds that each took."""
    rng, taken = random.Random(0), []  # noqa: S311 - which film, no secret
    while time.perf_counter() < until:
        film = rng.choice(visit.components["rate_offers"].data["offers"])
        action = {"number": len(taken) + 1, "do": "rate", "id": film["id"], "stars": rng.randint(1, 5)}
        taken.append(await visit.press("rate_offers", "done", {"actions": [action]}))
        await asyncio.sleep(max(0.0, 1 - taken[-1]))
    return taken


async def watched(address: str, viewers: int, seconds: float) -> None:
    """Start a run, watch it, and print what that cost."""
    counts = Counts()
    first = await Viewer.open(address, RUN, counts)
    pages = [first]
    readers = [asyncio.create_task(first.look())]
    await asyncio.wait_for(first.is_drawn.wait(), 120)
    await first.press("training_start")
    await asyncio.sleep(5)
    pages += await asyncio.gather(*(Viewer.open(address, "lang=en", counts) for _ in range(viewers - 1)))
    readers += [asyncio.create_task(page.look()) for page in pages[1:]]
    await asyncio.gather(*(asyncio.wait_for(page.is_drawn.wait(), 120) for page in pages))
    visit = await Visit.open(address, "rate")
    await asyncio.sleep(5)
    before = Counts(counts.reruns, counts.num_bytes)
    started = time.perf_counter()
    taken = await rate(visit, started + seconds)
    took = time.perf_counter() - started
    reruns, num_bytes = counts.reruns - before.reruns, counts.num_bytes - before.num_bytes
    await first.press("training_stop")
    await asyncio.sleep(2)
    await asyncio.gather(*(page.close() for page in pages), visit.close())
    await asyncio.gather(*readers)
    print(  # noqa: T201 - the answer
        f"{viewers} viewers, {took:.0f} s: {reruns / took:.1f} reruns/s, "
        f"{num_bytes / took / viewers / 1000:.1f} kB/s for each viewer; {len(taken)} stars by another visitor: "
        f"{spread(taken)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--viewers", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=30.0)
    asked = parser.parse_args()
    asyncio.run(watched(asked.address, asked.viewers, asked.seconds))


if __name__ == "__main__":
    main()
