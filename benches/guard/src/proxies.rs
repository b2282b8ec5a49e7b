//! Gateways that services stand behind: the same checks, a line of JSON for each request, and an
//! answer of their own.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_event::Timestamp;
use jwtrail_forge::{Algorithm, Forge};
use serde_json::{Value, json};

/// Says at which address, and becomes HAProxy, with one thread.
pub fn haproxy(algorithm: Algorithm, log: &Path) -> anyhow::Result<()> {
    let forge = Forge::new(Timestamp::from_seconds(0));
    let key = match forge.public_pem(algorithm) {
        Some(pem) => {
            let path = log.with_extension("pem");
            fs::write(&path, pem)?;
            path.display().to_string()
        }
        None => String::from_utf8_lossy(forge.hmac_secret()).into_owned(),
    };
    let address = free_address()?;
    let (issuer, audience, alg) = (forge.issuer(), forge.audience(), algorithm.as_str());
    let claims = ["iss", "aud", "sub", "jti", "client_id", "scope"];
    let read = claims.map(|name| {
        format!("  http-request set-var(txn.{name}) http_auth_bearer,jwt_payload_query('$.{name}')")
    });
    let logged = claims.map(|name| format!(r#""{name}":"%[var(txn.{name}),json(utf8s)]""#));
    let config = format!(
        r#"
global
  nbthread 1
  log stdout format raw local0
defaults
  mode http
  log global
  timeout client 900s
  timeout connect 5s
  timeout server 5s
frontend orders
  bind {address}
  log-format '{{"proxy":"haproxy","time":"%[date,utime(%Y-%m-%dT%H:%M:%SZ)]","id":"%[uuid]","method":"%HM","path":"%[var(txn.path),json(utf8s)]","status":%ST,"client":"%ci","user_agent":"%[var(txn.agent),json(utf8s)]","alg":"%[var(txn.alg),json(utf8s)]","exp":"%[var(txn.exp)]",{logged}}}'
  http-request set-var(txn.path) path
  http-request set-var(txn.agent) req.hdr(user-agent)
  http-request set-var(txn.bearer) http_auth_bearer
  http-request set-var(txn.alg) http_auth_bearer,jwt_header_query('$.alg')
{read}
  http-request set-var(txn.exp) http_auth_bearer,jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 unless {{ var(txn.alg) -m str {alg} }}
  http-request deny deny_status 401 unless {{ var(txn.iss) -m str {issuer} }}
  http-request deny deny_status 401 unless {{ var(txn.aud) -m str {audience} }}
  http-request deny deny_status 401 if {{ var(txn.exp),sub(txn.now) -m int lt 0 }}
  http-request deny deny_status 401 unless {{ 'var(txn.bearer),jwt_verify(txn.alg,"{key}")' -m int 1 }}
  http-request deny deny_status 403 unless {{ var(txn.scope) -m reg '(^| )orders:read( |$)' }}
  http-request return status 200 content-type text/plain string "no orders\n"
"#,
        logged = logged.join(","),
        read = read.join("\n"),
    );
    let path = log.with_extension("haproxy.cfg");
    fs::write(&path, config)?;
    let lines = File::create(log).context("cannot create the log")?;
    say(&address)?;
    let mut haproxy = Command::new("haproxy");
    haproxy.args(["-db", "-f"]).arg(&path).stdout(lines);
    Err(haproxy.exec()).context("cannot start haproxy")
}

/// Says at which address, and becomes Envoy, with one worker: JWT filter with a cache of tokens,
/// RBAC on the scope, JSON log.
pub fn envoy(algorithm: Algorithm, log: &Path) -> anyhow::Result<()> {
    let envoy = std::env::var("ENVOY").context("ENVOY is not the path of the program")?;
    let address = free_address()?;
    let (host, port) = address.rsplit_once(':').context("a port")?;
    let listener = json!({
        "address": { "socket_address": { "address": host, "port_value": port.parse::<u16>()? } },
        "filter_chains": [{ "filters": [{
            "name": "envoy.filters.network.http_connection_manager",
            "typed_config": connection_manager(algorithm, log)?,
        }] }],
    });
    let config = json!({ "static_resources": { "listeners": [listener] } });
    // It appends.
    drop(File::create(log).context("cannot create the log")?);
    let path = log.with_extension("envoy.json");
    fs::write(&path, config.to_string())?;
    say(&address)?;
    let mut command = Command::new(envoy);
    command.args(["--concurrency", "1", "--disable-hot-restart", "--log-level", "error"]);
    Err(command.arg("--config-path").arg(&path).exec()).context("cannot start envoy")
}

fn connection_manager(algorithm: Algorithm, log: &Path) -> anyhow::Result<Value> {
    let claim = |name| format!("%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:claims:{name})%");
    let allowed = json!({ "status": 200, "body": { "inline_string": "no orders\n" } });
    Ok(json!({
        "@type": typed("filters.network.http_connection_manager.v3.HttpConnectionManager"),
        "stat_prefix": "orders",
        "access_log": [{
            "name": "envoy.access_loggers.file",
            "typed_config": {
                "@type": typed("access_loggers.file.v3.FileAccessLog"),
                "path": log,
                "log_format": { "json_format": {
                    "proxy": "envoy",
                    "time": "%START_TIME%",
                    "id": "%REQ(X-REQUEST-ID)%",
                    "method": "%REQ(:METHOD)%",
                    "path": "%REQ(:PATH)%",
                    "status": "%RESPONSE_CODE%",
                    "details": "%RESPONSE_CODE_DETAILS%",
                    "client": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
                    "user_agent": "%REQ(USER-AGENT)%",
                    "iss": claim("iss"),
                    "sub": claim("sub"),
                    "jti": claim("jti"),
                    "client_id": claim("client_id"),
                    "scope": claim("scope"),
                    "exp": claim("exp"),
                } },
            },
        }],
        "route_config": { "virtual_hosts": [{
            "name": "orders",
            "domains": ["*"],
            "routes": [{ "match": { "prefix": "/" }, "direct_response": allowed }],
        }] },
        "http_filters": [
            filter("jwt_authn", jwt_filter(algorithm)?),
            filter("rbac", scope_filter()),
            filter("router", json!({ "@type": typed("filters.http.router.v3.Router") })),
        ],
    }))
}

fn jwt_filter(algorithm: Algorithm) -> anyhow::Result<Value> {
    let forge = Forge::new(Timestamp::from_seconds(0));
    let keys = match algorithm {
        Algorithm::Hs256 => json!({ "keys": [{
            "kty": "oct",
            "alg": "HS256",
            "kid": algorithm.kid(),
            "k": URL_SAFE_NO_PAD.encode(forge.hmac_secret()),
        }] }),
        _ => serde_json::from_str(&forge.jwks())?,
    };
    Ok(json!({
        "@type": typed("filters.http.jwt_authn.v3.JwtAuthentication"),
        "providers": { "orders": {
            "issuer": forge.issuer(),
            "audiences": [forge.audience()],
            "payload_in_metadata": "claims",
            "local_jwks": { "inline_string": keys.to_string() },
            "jwt_cache_config": { "jwt_cache_size": 16_384 },
        } },
        "rules": [{ "match": { "prefix": "/" }, "requires": { "provider_name": "orders" } }],
    }))
}

fn scope_filter() -> Value {
    let scope = json!({
        "filter": "envoy.filters.http.jwt_authn",
        "path": [{ "key": "claims" }, { "key": "scope" }],
        "value": { "string_match": { "safe_regex": { "regex": "(.* )?orders:read( .*)?" } } },
    });
    json!({
        "@type": typed("filters.http.rbac.v3.RBAC"),
        "rules": { "action": "ALLOW", "policies": { "read": {
            "permissions": [{ "any": true }],
            "principals": [{ "metadata": scope }],
        } } },
    })
}

fn filter(name: &str, config: Value) -> Value {
    json!({ "name": format!("envoy.filters.http.{name}"), "typed_config": config })
}

fn typed(name: &str) -> String {
    format!("type.googleapis.com/envoy.extensions.{name}")
}

/// Free when it was looked for.
fn free_address() -> anyhow::Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

fn say(address: &str) -> anyhow::Result<()> {
    println!("{address}");
    std::io::stdout().flush().context("stdout")
}
