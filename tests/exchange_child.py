"""A node as a process of its own: it serves on the loopback and does what it is told on standard input.

The clock is a file that all nodes read, each with its own error.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

import uvicorn

from exchange_support import element_sets, held, learn
from mihari.app.exchange_export import export_bundle
from mihari.app.exchange_import import import_bundle, import_document
from mihari.app.exchange_node import open_exchange
from mihari.app.exchange_requests import answer_request, ask, chain_document, requests
from mihari.app.exchange_wire import sync
from mihari.app.node import open_node
from mihari.errors import MihariError
from mihari.model.provenance import DataMode
from mihari.model.request import RequestKind, RequestStatus
from mihari.server import create_app


def main(folder: Path, clock_file: Path, ahead_ns: int) -> None:
    def now() -> int:
        return int(clock_file.read_text()) + ahead_ns

    node = open_exchange(folder, clock=now)
    app = create_app(open_node(folder, create=False, clock=now))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    print(json.dumps({"port": server.servers[0].sockets[0].getsockname()[1]}), flush=True)

    def do(told: dict[str, Any]) -> Any:
        match told.pop("do"):
            case "learn":
                learn(node, element_sets(told["numbers"], epoch_tai_ns=now()), label=told["label"])
            case "sync":
                return sync(node, told["partner"], url=told["url"]).document()
            case "export":
                _, data = export_bundle(node, told["partner"])
                Path(told["file"]).write_bytes(data or b"")
            case "import":
                return import_document(import_bundle(node, Path(told["file"]).read_bytes(), partner=told["partner"]))
            case "held":
                return held(node)
            case "ask":
                ask(node, kind=RequestKind.COLLECTION, mode=DataMode.SIMULATED, **told)
            case "answer":
                status = RequestStatus[told.pop("status")]
                answer_request(node, status=status, mode=DataMode.SIMULATED, **told)
            case "requests":
                return [chain_document(each) for each in requests(node, mode=DataMode.SIMULATED)]
            case "state":
                return {
                    "alarms": [each.kind for each in node.state.alarms()],
                    "isolated": [each.node_id for each in node.state.partners() if each.is_isolated],
                    "accounts": {each.node_id: node.state.account(each.node_id) for each in node.state.partners()},
                }
        return None

    for line in sys.stdin:
        try:
            answer = {"answer": do(json.loads(line))}
        except MihariError as error:
            answer = {"error": error.line()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
