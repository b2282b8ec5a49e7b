use super::{notes, operation, spec, with_paths};

fn urls(text: &str) -> Vec<String> {
    spec(text)
        .servers
        .into_iter()
        .map(|server| server.url)
        .collect()
}

#[test]
fn variables_have_their_defaults() {
    let spec = with_paths(
        "  /a: {get: {}, servers: [{url: /path}], put: {servers: [{url: /own}]}}
servers:
  - url: 'https://{host}:{port}/{base}'
    variables: {host: {default: h}, port: {enum: [443, 8443]}, base: {default: v1}}
  - {url: 'http://{unknown}/'}
  - {description: nothing}
",
    );
    assert_eq!(spec.servers[0].url, "https://h:443/v1");
    assert_eq!(spec.servers[1].url, "http://{unknown}/");
    assert_eq!(spec.servers.len(), 2);
    assert_eq!(operation(&spec, "GET /a").servers[0].url, "/path");
    assert_eq!(operation(&spec, "PUT /a").servers[0].url, "/own");
    assert_eq!(
        notes(&spec),
        [
            "the server's variable `unknown` has no value",
            "a server without a URL is left out",
        ]
    );
}

#[test]
fn swagger_tells_it_in_three_parts() {
    let paths = "paths: {}";
    assert_eq!(
        urls(&format!(
            "swagger: '2.0'\nhost: h:8080\nbasePath: v2\nschemes: [http, wss, https]\n{paths}"
        )),
        ["http://h:8080/v2", "https://h:8080/v2"]
    );
    assert_eq!(
        urls(&format!("swagger: '2.0'\nhost: h\n{paths}")),
        ["https://h"]
    );
    assert_eq!(
        urls(&format!("swagger: '2.0'\nbasePath: /v2\n{paths}")),
        ["/v2"]
    );
    assert!(urls(&format!("swagger: '2.0'\n{paths}")).is_empty());
}

#[test]
fn requests_go_below_the_path_of_the_first_server() {
    for (server, path) in [
        ("https://h/v1/", "/v1"),
        ("https://h", ""),
        ("/v1", "/v1"),
        ("/", ""),
        ("v1", "/v1"),
        ("//h/v1?x=1", "/v1"),
    ] {
        let spec = with_paths(&format!(
            "  /a: {{get: {{}}}}\nservers: [{{url: '{server}'}}]\n"
        ));
        assert_eq!(spec.servers[0].path(), path, "{server}");
    }
}
