"""Metrics as OTLP has them, compared with the text that Prometheus gets."""

import re

from opentelemetry.proto.metrics.v1 import metrics_pb2

# They say how long ago something was, and time goes on between the two.
AGES = ("jwtrail_keys_age_seconds", "jwtrail_spool_age_seconds")
LINE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def differences(text, exports):
    if not exports:
        return ["nothing came"]
    wanted, kinds = from_text(text)
    got, problems = from_export(exports[-1], kinds)
    if len(wanted) < 60:
        problems.append(f"only {len(wanted)} samples")
    for key in sorted(wanted.keys() | got.keys()):
        if key[0] in AGES and key in wanted and key in got:
            continue
        if wanted.get(key) != got.get(key):
            problems.append(f"{key}: {got.get(key)}, the text has {wanted.get(key)}")
    return problems


def from_text(text):
    samples, kinds = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            kinds[name] = kind
        if line.startswith("#"):
            continue
        name, labels, value = LINE.fullmatch(line).groups()
        pairs = [(k, unescaped(v)) for k, v in LABEL.findall(labels or "")]
        pairs = [(k, float(v)) if k == "le" else (k, v) for k, v in pairs]
        key = (name, tuple(sorted(pairs)))
        assert key not in samples, key
        samples[key] = float(value)
    return samples, kinds


def unescaped(value):
    return re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), value)


def from_export(export, kinds):
    samples, problems = {}, []

    def add(name, labels, value):
        key = (name, tuple(sorted(labels)))
        if key in samples:
            problems.append(f"{key} stands there twice")
        samples[key] = float(value)

    cumulative = metrics_pb2.AGGREGATION_TEMPORALITY_CUMULATIVE
    [resource] = export.resource_metrics
    named = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
    if named.get("service.name") != "orders-api" or named.get("service.version") != "1.2.3":
        problems.append(f"the resource is {named}")
    [scope] = resource.scope_metrics
    if scope.scope.name != "jwtrail":
        problems.append(f"the scope is {scope.scope.name}")
    for metric in scope.metrics:
        name, kind = metric.name, metric.WhichOneof("data")
        data = getattr(metric, kind)
        right = {"sum": "counter", "gauge": "gauge", "histogram": "histogram"}[kind]
        if kinds.get(name) != right or not metric.description:
            problems.append(f"{name} is a {kind}, the text has {kinds.get(name)}")
        if kind != "gauge" and data.aggregation_temporality != cumulative:
            problems.append(f"{name} is not cumulative")
        if kind == "sum" and not data.is_monotonic:
            problems.append(f"{name} is not monotonic")
        for point in data.data_points:
            labels = [(pair.key, pair.value.string_value) for pair in point.attributes]
            if kind != "gauge" and not 0 < point.start_time_unix_nano <= point.time_unix_nano:
                problems.append(f"{name} has no time")
            if kind != "histogram":
                add(name, labels, getattr(point, point.WhichOneof("value")))
                continue
            bounds = [*point.explicit_bounds, float("inf")]
            count = 0
            for bound, more in zip(bounds, point.bucket_counts, strict=True):
                count += more
                add(f"{name}_bucket", [*labels, ("le", bound)], count)
            add(f"{name}_count", labels, point.count)
            add(f"{name}_sum", labels, point.sum)
    return samples, problems
