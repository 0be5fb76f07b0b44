"""One visitor without a browser: a web socket that speaks Streamlit's own messages, as its page in the browser does.

Thirty browsers on two cores would measure the browsers; thirty of these measure the server.
"""

import asyncio
import json
import statistics
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 120.0
_TRIGGER = "$$STREAMLIT_INTERNAL_KEY_{}__events"


def spread(seconds: list[float]) -> str:
    """Say how long answers took: median, 95 % and 99 % of them, and mean."""
    taken = sorted(1000 * one for one in seconds)
    at = {share: taken[min(len(taken) - 1, int(share * len(taken)))] for share in (0.5, 0.95, 0.99)}
    return (
        f"median {at[0.5]:.0f} ms, p95 {at[0.95]:.0f} ms, p99 {at[0.99]:.0f} ms, mean {statistics.mean(taken):.0f} ms"
    )


@dataclass
class Component:
    """A component of the page.

    Attributes:
        id: of its widget.
        fragment: id of the fragment that it is in, "" for none.
        data: what it was last given to draw.
    """

    id: str
    fragment: str
    data: dict[str, Any]


@dataclass
class Visit:
    """One visitor.

    Attributes:
        socket: to the server.
        page: path of the page.
        query: what stands behind the question mark.
        components: those of the page by the key that their widgets have.
        num_errors: exceptions that the server put on the page.
    """

    socket: ClientConnection
    page: str
    query: str
    components: dict[str, Component] = field(default_factory=dict)
    num_errors: int = 0
    page_hash: str = ""

    @classmethod
    async def open(cls, address: str, page: str, query: str = "lang=en") -> "Visit":
        """Open a page and wait until it is drawn."""
        stream = address.replace("http", "ws") + "/_stcore/stream"
        socket = await connect(stream, subprotocols=["streamlit"], max_size=None)
        visit = cls(socket, page, query)
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_name = query, page
        await visit._send(message)
        await visit._until_finished()
        return visit

    async def press(self, key: str, event: str, value: object) -> float:
        """Let a component report an event; return the seconds until the server has drawn what comes of it."""
        component = self.components[key]
        payload = json.dumps([{"event": event, "value": value}])
        own = WidgetState(id=component.id, json_value="{}")
        state = WidgetState(id=_TRIGGER.format(component.id), json_trigger_value=payload)
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page_hash
        message.rerun_script.fragment_id = component.fragment
        message.rerun_script.widget_states.CopyFrom(WidgetStates(widgets=[own, state]))
        started = perf_counter()
        await self._send(message)
        await self._until_finished()
        return perf_counter() - started

    async def close(self) -> None:
        """Leave."""
        await self.socket.close()

    async def _send(self, message: BackMsg) -> None:
        await self.socket.send(message.SerializeToString())

    async def _until_finished(self) -> None:
        """Read until a run of the script, or of a fragment, has ended and no further one has been announced."""
        while True:
            data = await asyncio.wait_for(self.socket.recv(), PATIENCE)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.page_hash = message.new_session.page_script_hash
            elif kind == "delta":
                self._note(message)
            elif kind == "script_finished" and message.script_finished in _ENDS:
                return

    def _note(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.num_errors += 1
        elif kind == "bidi_component":
            drawn = element.bidi_component
            key = drawn.id.rsplit("-", 1)[-1]
            found = self.components.get(key)
            text = {"json": drawn.json, "mixed": drawn.mixed.json}.get(drawn.WhichOneof("data"), "{}")
            fragment = message.delta.fragment_id or (found.fragment if found else "")
            self.components[key] = Component(drawn.id, fragment, json.loads(text))


_ENDS = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)
