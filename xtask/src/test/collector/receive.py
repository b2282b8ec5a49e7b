"""Takes OTLP as others would, by the official messages and gRPC's own library, and compares logs
with the NDJSON file as jq reads it, and metrics with the text for Prometheus:
`JQ_PROGRAM SAMPLES FOLDER SENDER`."""

import concurrent.futures
import gzip
import http.server
import json
import pathlib
import subprocess
import sys
import threading

import grpc
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2

import metrics

PROTOBUF, JSON, GRPC = "http/protobuf", "http/json", "grpc"


class Received:
    def __init__(self):
        self.lock = threading.Lock()
        self.exports = {PROTOBUF: [], JSON: [], GRPC: []}
        self.metrics = []

    def add(self, way, export):
        with self.lock:
            self.exports[way].append(export)


def http_server(received):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            export = logs_service_pb2.ExportLogsServiceRequest()
            kind = self.headers["content-type"]
            answer = logs_service_pb2.ExportLogsServiceResponse()
            if self.path == "/v1/metrics" and kind == "application/x-protobuf":
                counted = metrics_service_pb2.ExportMetricsServiceRequest()
                counted.ParseFromString(body)
                with received.lock:
                    received.metrics.append(counted)
                taken = metrics_service_pb2.ExportMetricsServiceResponse()
                return self.answer(200, kind, taken.SerializeToString())
            if self.path != "/v1/logs":
                return self.answer(404, kind, b"")
            if kind == "application/x-protobuf":
                export.ParseFromString(body)
                received.add(PROTOBUF, export)
                return self.answer(200, kind, answer.SerializeToString())
            if kind == "application/json":
                received.add(JSON, from_json(body))
                return self.answer(200, kind, b"{}")
            return self.answer(415, kind, b"")

        def answer(self, status, kind, body):
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


def from_json(body):
    """OTLP's JSON has ids in hexadecimal, protobuf's in base64: the one difference."""
    document = json.loads(body)
    logs = [
        (log, log.pop("traceId"), log.pop("spanId"))
        for resource in document["resourceLogs"]
        for scope in resource["scopeLogs"]
        for log in scope["logRecords"]
    ]
    export = json_format.ParseDict(document, logs_service_pb2.ExportLogsServiceRequest())
    parsed = [
        log
        for resource in export.resource_logs
        for scope in resource.scope_logs
        for log in scope.log_records
    ]
    for (_, trace, span), log in zip(logs, parsed, strict=True):
        log.trace_id, log.span_id = bytes.fromhex(trace), bytes.fromhex(span)
    return export


def grpc_server(received):
    class Logs(logs_service_pb2_grpc.LogsServiceServicer):
        def Export(self, request, context):
            received.add(GRPC, request)
            return logs_service_pb2.ExportLogsServiceResponse()

    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
    logs_service_pb2_grpc.add_LogsServiceServicer_to_server(Logs(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, f"http://127.0.0.1:{port}"


def value(any_value):
    kind = any_value.WhichOneof("value")
    inner = getattr(any_value, kind)
    if kind == "array_value":
        return [value(each) for each in inner.values]
    if kind == "kvlist_value":
        return attributes(inner.values)
    return inner


def attributes(pairs):
    named = {pair.key: value(pair.value) for pair in pairs}
    assert len(named) == len(pairs), "an attribute stands there twice"
    return named


def flattened(exports):
    flat = []
    for export in exports:
        for resource in export.resource_logs:
            for scope in resource.scope_logs:
                assert scope.scope.name == "jwtrail"
                assert scope.schema_url.endswith("/1")
                for log in scope.log_records:
                    flat.append(
                        {
                            "event_name": log.event_name,
                            "severity": log.severity_number,
                            "nanos": str(log.time_unix_nano),
                            "trace_id": log.trace_id.hex(),
                            "span_id": log.span_id.hex(),
                            "resource": attributes(resource.resource.attributes),
                            "attributes": attributes(log.attributes),
                        }
                    )
    return flat


def main():
    program, samples, folder, *sender = sys.argv[1:]
    received = Received()
    http_, http_url = http_server(received)
    grpc_, grpc_url = grpc_server(received)
    subprocess.run([*sender, samples, folder, http_url, grpc_url], check=True)
    http_.shutdown()
    grpc_.stop(None).wait()
    lines = pathlib.Path(folder, "audit.ndjson")
    jq = subprocess.run(
        ["jq", "--compact-output", "--from-file", program, str(lines)],
        check=True,
        capture_output=True,
    )
    wanted = [json.loads(line) for line in jq.stdout.splitlines()]
    assert len(wanted) > 40, len(wanted)
    events = {record["event_name"] for record in wanted}
    passed, failed = 0, 0
    for way, exports in received.exports.items():
        got = flattened(exports)
        differences = [pair for pair in zip(wanted, got) if pair[0] != pair[1]]
        if len(got) == len(wanted) and not differences:
            print(f"ok - {way}: {len(got)} records of {len(events)} events as the file has them")
            passed += 1
        else:
            print(f"not ok - {way}: {len(got)} records, the file has {len(wanted)}")
            for pair in differences[:3]:
                print(json.dumps(pair, indent=2, ensure_ascii=True))
            failed += 1
    text = pathlib.Path(folder, "metrics.txt").read_text()
    problems = metrics.differences(text, received.metrics)
    if problems:
        print("not ok - metrics")
        for problem in problems[:5]:
            print(problem)
        failed += 1
    else:
        print("ok - metrics: every sample as Prometheus gets it")
        passed += 1
    print(f"# pass {passed}")
    print(f"# fail {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
