use jwtrail_scan::spec::{SpecError, Version, read};

use super::{notes, spec, with_paths};

#[test]
fn a_bad_node_is_a_note_and_its_neighbours_are_read() {
    let spec = with_paths(
        "  orders: {get: {}}
  /a: 7
  /b: {get: [], gett: {}, put: {}, x-own: 1}
  /c:
    get: {parameters: 1, responses: none, tags: x, security: {}, requestBody: 3, servers: 4}
    post: {parameters: [1, {in: query}, {name: b, in: moon}]}
  x-own: {}
",
    );
    let names: Vec<String> = spec.operations.iter().map(|o| o.name()).collect();
    assert_eq!(names, ["GET /orders", "PUT /b", "GET /c", "POST /c"]);
    assert_eq!(
        notes(&spec),
        [
            "a path that does not begin with `/` is read as if it did",
            "a path is a number; it is left out",
            "an operation is a list; it is left out",
            "`gett` is no method; it is left out",
            "`parameters` is a number; it is left out",
            "`security` is a map; it is left out",
            "a request body is a number; it is left out",
            "`responses` is a text; it is left out",
            "a parameter is a number; it is left out",
            "a parameter without a name is left out",
            "a parameter in `moon` is left out",
        ]
    );
    assert!(spec.notes.iter().all(|note| note.place.line > 0));
}

#[test]
fn the_version_is_known_by_what_the_document_says() {
    let version = |text: &str| read(format!("{text}\npaths: {{}}").as_bytes()).map(|s| s.version);
    assert_eq!(version("swagger: 2.0"), Ok(Version::V2_0));
    assert_eq!(version("swagger: '2.0'"), Ok(Version::V2_0));
    assert_eq!(version("openapi: 3.0.1"), Ok(Version::V3_0));
    assert_eq!(version("openapi: 3.0"), Ok(Version::V3_0));
    assert_eq!(version("openapi: 3.1.1"), Ok(Version::V3_1));
    assert_eq!(version("openapi: 3.2.0"), Ok(Version::V3_1));
    assert_eq!(version("basePath: /v1"), Ok(Version::V2_0));
    assert_eq!(version("info: {}"), Ok(Version::V3_0));
    assert_eq!(
        version("openapi: '4.0'"),
        Err(SpecError::Version("4.0".to_owned()))
    );
    assert_eq!(
        version("swaggerVersion: '1.2'"),
        Err(SpecError::Version("1.2".to_owned()))
    );
}

#[test]
fn what_describes_no_api_is_refused() {
    for text in [
        "",
        "a: b",
        "[]",
        "{\"name\": \"jwtrail\"}",
        "paths: 7",
        "just words",
    ] {
        assert_eq!(read(text.as_bytes()), Err(SpecError::NotASpec), "{text:?}");
    }
    assert_eq!(
        notes(&spec("openapi: 3.1.0\nwebhooks: {}")),
        ["it has no `paths`"]
    );
}

#[test]
fn of_a_thousand_mistakes_the_rest_is_counted() {
    let paths: String = (0..1500).map(|n| format!("  /{n}: 1\n")).collect();
    let spec = with_paths(&paths);
    assert_eq!(spec.notes.len(), 1001);
    assert_eq!(spec.notes[1000].text, "500 more notes are left out");
}

#[test]
fn a_note_repeats_no_more_of_the_document_than_it_needs() {
    let long = "x".repeat(10_000);
    let spec = with_paths(&format!(
        "  /a: {{\"{long}\\u001b[31m\": {{}}, '\u{9b}a': {{}}}}\n"
    ));
    assert!(spec.notes[0].text.len() < 200);
    assert!(
        spec.notes
            .iter()
            .all(|note| !note.text.contains(char::is_control))
    );
}
