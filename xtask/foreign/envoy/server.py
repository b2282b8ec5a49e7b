"""Envoy with its JWT filter and RBAC on the scope, as its documentation shows them, behind its
JSON access log. Envoy itself answers: there is no service behind it."""

import json
import os
import shutil
import socket
import sys

# Its port is reserved by a socket that is bound and never listens, and stays open in Envoy.
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
listener.bind(("127.0.0.1", 0))
listener.set_inheritable(True)
port = listener.getsockname()[1]

with open(os.environ["PUBLIC_JWK"], encoding="utf-8") as file:
    keys = json.dumps({"keys": [json.load(file)]})


def typed(name, **fields):
    return {"@type": f"type.googleapis.com/{name}", **fields}


def scope(needed):
    """RBAC by the claim `scope`, which the JWT filter leaves as metadata."""
    return {
        "and_ids": {
            "ids": [
                {
                    "metadata": {
                        "filter": "envoy.filters.http.jwt_authn",
                        "path": [{"key": "claims"}, {"key": "scope"}],
                        "value": {
                            "string_match": {
                                "safe_regex": {"regex": rf"(.* )?{needed}( .*)?"},
                            }
                        },
                    }
                }
            ]
        }
    }


FILTERS = "envoy.extensions.filters.http"
manager = typed(
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix="orders",
    access_log=[
        {
            "name": "envoy.access_loggers.file",
            "typed_config": typed(
                "envoy.extensions.access_loggers.file.v3.FileAccessLog",
                path=os.environ["LOG"],
                log_format={
                    "json_format": {
                        "start_time": "%START_TIME%",
                        "method": "%REQ(:METHOD)%",
                        "path": "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
                        "response_code": "%RESPONSE_CODE%",
                        "response_code_details": "%RESPONSE_CODE_DETAILS%",
                        "request_id": "%REQ(X-REQUEST-ID)%",
                        "user_agent": "%REQ(USER-AGENT)%",
                        "downstream_remote_address": "%DOWNSTREAM_REMOTE_ADDRESS%",
                    }
                },
            ),
        }
    ],
    route_config={
        "virtual_hosts": [
            {
                "name": "orders",
                "domains": ["*"],
                "routes": [
                    {
                        "match": {"prefix": "/"},
                        "direct_response": {"status": 200, "body": {"inline_string": "[]"}},
                    }
                ],
            }
        ]
    },
    http_filters=[
        {
            "name": "envoy.filters.http.jwt_authn",
            "typed_config": typed(
                f"{FILTERS}.jwt_authn.v3.JwtAuthentication",
                providers={
                    "orders": {
                        "issuer": "https://issuer.example",
                        "audiences": ["orders-api"],
                        "payload_in_metadata": "claims",
                        "local_jwks": {"inline_string": keys},
                    }
                },
                rules=[{"match": {"prefix": "/"}, "requires": {"provider_name": "orders"}}],
            ),
        },
        {
            "name": "envoy.filters.http.rbac",
            "typed_config": typed(
                f"{FILTERS}.rbac.v3.RBAC",
                rules={
                    "action": "ALLOW",
                    "policies": {
                        "read": {
                            "permissions": [
                                {"header": {"name": ":method", "string_match": {"exact": "GET"}}}
                            ],
                            "principals": [scope("orders:read")],
                        },
                        "write": {
                            "permissions": [
                                {"header": {"name": ":method", "string_match": {"exact": "POST"}}}
                            ],
                            "principals": [scope("orders:write")],
                        },
                    },
                },
            ),
        },
        {
            "name": "envoy.filters.http.router",
            "typed_config": typed(f"{FILTERS}.router.v3.Router"),
        },
    ],
)
config = {
    "static_resources": {
        "listeners": [
            {
                "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
                "filter_chains": [
                    {
                        "filters": [
                            {
                                "name": "envoy.filters.network.http_connection_manager",
                                "typed_config": manager,
                            }
                        ]
                    }
                ],
            }
        ]
    }
}

print(f"ready http://127.0.0.1:{port}", flush=True)
envoy = os.path.join(os.path.dirname(sys.executable), "envoy")
if not os.path.exists(envoy):
    envoy = shutil.which("envoy")
arguments = ["--concurrency", "1", "--disable-hot-restart", "--log-level", "warn"]
os.execv(envoy, [envoy, *arguments, "--config-yaml", json.dumps(config)])
