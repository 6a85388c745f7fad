"""The endpoint policy against a real HTTP server on this machine."""

from __future__ import annotations

import base64
import io
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image

from agentkit.actions import Click, Malformed
from agentkit.errors import ConfigError, PolicyError
from agentkit.frames import PixelBudget
from agentkit.policies.served import ServedPolicy
from agentkit.types import Observation

SCREEN = Observation(Image.new("RGB", (1080, 2400), (10, 200, 30)))
GOOD = "<think>t</think><action>Click(box=(322, 714))</action><conclusion>c</conclusion>"


def completion(text: str = GOOD) -> bytes:
    usage = {"prompt_tokens": 1234, "completion_tokens": 21, "total_tokens": 1255}
    return json.dumps({"choices": [{"message": {"content": text}}], "usage": usage}).encode()


class Server(ThreadingHTTPServer):
    """Answers with `script`, a list of (status, body, seconds to wait, headers); the last one repeats."""

    daemon_threads = True

    def __init__(self, *script: tuple) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = list(script)
        self.seen: list[dict] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append({"path": self.path, "auth": self.headers.get("Authorization"), "body": body})
        status, answer, wait_s, headers = (*self.server.script[0], *(0, {})[len(self.server.script[0]) - 2 :])
        if len(self.server.script) > 1:
            self.server.script.pop(0)
        time.sleep(wait_s)
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def log_message(self, *_) -> None: ...


@pytest.fixture
def serve():
    servers: list[Server] = []

    def start(*script: tuple) -> Server:
        servers.append(Server(*script))
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def policy(server: Server, **options) -> tuple[ServedPolicy, list[float]]:
    waits: list[float] = []
    return ServedPolicy(server.url, "venus", sleep=waits.append, **options), waits


def test_a_reply_is_parsed_counted_and_timed(serve) -> None:
    reply = policy(serve((200, completion())))[0].reply("open settings", [], SCREEN)
    assert isinstance(reply.action, Click) and reply.action.at.x == 0.5 and reply.action.at.y == 0.5
    assert (reply.text, reply.thought, reply.conclusion) == (GOOD, "t", "c")
    assert reply.usage == {"prompt": 1234, "completion": 21, "screens": 1} and reply.seconds > 0
    assert list(reply.timing) == ["encode", "request"], "no attempt failed"
    assert sum(reply.timing.values()) <= reply.seconds
    assert reply.token_ids is None and reply.logprobs is None


def test_the_request_is_what_the_protocol_says(serve, monkeypatch) -> None:
    monkeypatch.setenv("GLINT_TEST_KEY", "s3cret")
    server = serve((200, completion()))
    policy(server, api_key_env="GLINT_TEST_KEY", seed=5)[0].reply("open settings", [], SCREEN)
    (seen,) = server.seen
    assert seen["path"] == "/v1/chat/completions" and seen["auth"] == "Bearer s3cret"
    body = seen["body"]
    assert {k: body[k] for k in ("model", "max_tokens", "temperature", "top_p", "seed")} == {
        "model": "venus", "max_tokens": 2048, "temperature": 0.0, "top_p": 1.0, "seed": 5,
    }  # fmt: skip
    assert "repetition_penalty" not in body
    system, user = body["messages"]
    assert system == {"role": "system", "content": "You are a helpful assistant."}
    text, image = user["content"]
    assert "### User Task\nopen settings\n" in text["text"]
    head, data = image["image_url"]["url"].split(",")
    assert head == "data:image/png;base64"
    sent = Image.open(io.BytesIO(base64.b64decode(data)))
    assert sent.format == "PNG" and sent.size == (644, 1428) and sent.getpixel((5, 5)) == (10, 200, 30)


def test_the_picture_and_the_coordinates_follow_the_budget(serve) -> None:
    server = serve((200, completion("<action>Click(box=(56, 112))</action>")))
    reply = policy(server, budget=PixelBudget(3136, 112 * 252))[0].reply("g", [], SCREEN)
    url = server.seen[0]["body"]["messages"][1]["content"][1]["image_url"]["url"]
    size = Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).size
    assert size == (112, 224) and reply.action == Click(reply.action.at)
    assert (reply.action.at.x, reply.action.at.y) == (0.5, 0.5)


def test_failing_twice_then_succeeding(serve) -> None:
    server = serve((503, b"loading"), (429, b"slow down"), (200, completion()))
    client, waits = policy(server, backoff_s=0.5)
    assert isinstance(client.reply("g", [], SCREEN).action, Click)
    assert waits == [0.5, 1.0] and len(server.seen) == 3


def test_failed_attempts_are_not_counted_as_the_request(serve) -> None:
    client, _ = policy(serve((503, b"loading", 0.3), (200, completion())))
    timing = client.reply("g", [], SCREEN).timing
    assert timing["wait"] > 0.3 > timing["request"]


def test_what_the_endpoint_tells_of_the_prompt(serve) -> None:
    usage = {"prompt_tokens": 900, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 80, "x": None}}
    answer = json.dumps({"choices": [{"message": {"content": GOOD}}], "usage": usage}).encode()
    reply = policy(serve((200, answer)))[0].reply("g", [], SCREEN)
    assert reply.usage == {"prompt": 900, "completion": 5, "cached": 80, "screens": 1}


@pytest.mark.parametrize(("asked", "waited"), [("7", 7.0), ("1e9", 60.0), ("soon", 0.5), ("nan", 0.5), ("-4", 0.5)])
def test_retry_after(serve, asked: str, waited: float) -> None:
    client, waits = policy(serve((429, b"", 0, {"Retry-After": asked}), (200, completion())), backoff_s=0.5)
    client.reply("g", [], SCREEN)
    assert waits == [waited]


def test_giving_up_names_the_last_fault(serve) -> None:
    server = serve((500, b"CUDA out of memory"))
    client, waits = policy(server, retries=2, backoff_s=0.1)
    with pytest.raises(PolicyError, match="gave up after 3 attempts, the last: HTTP 500: CUDA out of memory"):
        client.reply("g", [], SCREEN)
    assert len(server.seen) == 3 and waits == [0.1, 0.2]


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_our_own_mistakes_are_not_repeated(serve, status: int) -> None:
    server = serve((status, b"no such model"))
    client, waits = policy(server)
    with pytest.raises(PolicyError, match=f"HTTP {status}: no such model"):
        client.reply("g", [], SCREEN)
    assert len(server.seen) == 1 and waits == []


def test_a_timeout_is_retried_and_then_an_error(serve) -> None:
    server = serve((200, completion(), 1.5), (200, completion()))
    client, _ = policy(server, timeout_s=0.2)
    assert isinstance(client.reply("g", [], SCREEN).action, Click)
    client, _ = policy(serve((200, completion(), 1.5)), timeout_s=0.2, retries=1)
    with pytest.raises(PolicyError, match="gave up after 2 attempts, the last: ReadTimeout"):
        client.reply("g", [], SCREEN)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"\xff\xfe", b"[]", b"{}", b'{"choices": []}', b'{"choices": [{"message": {}}]}', b"null",
        b'{"choices": [{"message": {"content": null}}]}', b'{"choices": [{"message": {"content": [1]}}]}',
        b'{"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": "many"}}',
        b'{"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens_details": "few"}}',
    ],
)  # fmt: skip
def test_an_answer_that_is_no_completion(serve, body: bytes) -> None:
    with pytest.raises(PolicyError, match="expected"):
        policy(serve((200, body)))[0].reply("g", [], SCREEN)


def test_usage_may_be_missing_and_text_may_be_anything(serve) -> None:
    answer = b'{"choices": [{"message": {"content": "half a pair \\ud83d"}}]}'
    reply = policy(serve((200, answer)))[0].reply("g", [], SCREEN)
    assert isinstance(reply.action, Malformed) and reply.usage == {"screens": 1}
    assert reply.text.encode()  # no lone surrogate survives


def test_many_threads_share_one_policy(serve) -> None:
    client, _ = policy(serve((200, completion(), 0.01)))
    replies: list = []
    threads = [threading.Thread(target=lambda: replies.append(client.reply("g", [], SCREEN))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(replies) == 8 and all(isinstance(r.action, Click) for r in replies)


def test_a_screen_that_cannot_be_sent(serve) -> None:
    with pytest.raises(PolicyError, match="aspect ratio"):
        policy(serve((200, completion())))[0].reply("g", [], Observation(Image.new("RGB", (2, 900))))


def test_settings_are_checked(monkeypatch) -> None:
    with pytest.raises(ConfigError, match="http:// or https://, got 'localhost:8000'"):
        ServedPolicy("localhost:8000", "m")
    monkeypatch.delenv("GLINT_TEST_KEY", raising=False)
    with pytest.raises(ConfigError, match="GLINT_TEST_KEY should hold the API key; it is not set"):
        ServedPolicy("http://127.0.0.1:1", "m", api_key_env="GLINT_TEST_KEY")
