use super::spec;

#[test]
fn an_operation_stands_where_its_method_is_named() {
    let yaml = "\
swagger: '2.0'
paths:
  /orders:
    get:
      responses: {}
    post: {}
  /orders/{id}: {delete: {}}
";
    let json = "{\"swagger\": \"2.0\",\n \"paths\": {\n  \"\\/orders\": {\n   \"get\": {},\n   \"post\": {}},\n  \"/orders/{id}\": {\"delete\": {}}}}";
    let places = |text| -> Vec<String> {
        let spec = spec(text);
        let named = spec.operations.iter();
        named
            .map(|o| format!("{} at {}", o.name(), o.place))
            .collect()
    };
    assert_eq!(
        places(yaml),
        [
            "GET /orders at 4:5 /paths/~1orders/get",
            "POST /orders at 6:5 /paths/~1orders/post",
            "DELETE /orders/{id} at 7:18 /paths/~1orders~1{id}/delete",
        ]
    );
    assert_eq!(
        places(json),
        [
            "GET /orders at 4:4 /paths/~1orders/get",
            "POST /orders at 5:4 /paths/~1orders/post",
            "DELETE /orders/{id} at 6:20 /paths/~1orders~1{id}/delete",
        ]
    );
}

#[test]
fn on_one_long_line_the_column_tells_the_place() {
    let filler = "x".repeat(10_000);
    let text = format!(
        "{{\"openapi\":\"3.1.0\",\"x\":\"{filler}é\",\"paths\":{{\"/a\":{{\"get\":{{}}}}}}}}"
    );
    let place = &spec(&text).operations[0].place;
    let before = text.split("\"get\"").next().unwrap().chars().count();
    assert_eq!((place.line, place.column as usize), (1, before + 1));
}
