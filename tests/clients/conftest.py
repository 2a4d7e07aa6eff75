"""A Laurel on fakes, served over HTTP, with a worker and a file server for the jobs of batches."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chalicelib.http.batch import result_json
from chalicelib.verifiers.batch import jobs
from tests.http.fake_laurel import Laurel
from tests.http.local_server import served
from tests.http.verifiers import keys
from tests.verifiers.batch.fakes import JobFiles


@dataclass
class ServedFiles(JobFiles):
    """Results of jobs behind a link of another host, as those of S3 are."""

    url: str = ""

    def link(self, job_id: str, seconds: int) -> str:
        return f"{self.url}/{job_id}?expires={seconds}"


@dataclass
class LaurelServer:
    """A served Laurel: ``files`` are the results, and ``sent_to_files`` the headers of requests for them.

    A client of another process lets time pass with `GET {files.url}/sleep/{seconds}`.
    """

    laurel: Laurel
    files: ServedFiles
    sent_to_files: list[dict[str, str]] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    @property
    def base(self) -> str:
        return self.laurel.base_url

    @property
    def seconds(self) -> float:
        """What a monotonic clock shows."""
        return self.laurel.now.timestamp()

    def key(self) -> str:
        """A new API key of a new verifier."""
        return keys.create_key(self.laurel, keys.create_verifier(self.laurel)).text

    def work(self) -> None:
        """Process the jobs that wait, as the function `run_batches` does."""
        while self.laurel.batch_queue.waiting:
            job_id = self.laurel.batch_queue.waiting.pop(0)
            jobs.run(self.laurel.batch_jobs, self.laurel.batch_reports, result_json.writer(self.base), job_id)

    def sleep(self, seconds: float) -> None:
        """Let time pass without waiting: the clock goes on, and jobs are processed."""
        self.waited.append(seconds)
        self.laurel.now += timedelta(seconds=seconds)
        self.work()


@pytest.fixture
def server() -> Iterator[LaurelServer]:
    with served() as laurel:
        # Libraries refuse a token that was signed in the future.
        laurel.now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        made = LaurelServer(laurel, ServedFiles())
        with _files_of(made):
            yield made


@contextmanager
def _files_of(made: LaurelServer) -> Iterator[None]:
    """Serve the results of jobs."""

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/sleep/"):
                made.sleep(float(self.path.removeprefix("/sleep/")))
                self._send(b"")
                return
            made.sent_to_files.append({name.lower(): value for name, value in self.headers.items()})
            self._send(made.files.results[self.path.strip("/").partition("?")[0]])

        def _send(self, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own
            """Log nothing."""

    files = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=files.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    made.files.url = f"http://127.0.0.1:{files.server_port}"
    made.laurel.__dict__["job_files"] = made.files
    try:
        yield
    finally:
        files.shutdown()
        files.server_close()
        thread.join()
