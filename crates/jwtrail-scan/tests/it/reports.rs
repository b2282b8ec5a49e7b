use jwtrail_scan::formats::{self, TextStyle};

use crate::samples;

#[test]
fn json_comes_back_as_it_was() {
    let report = samples::report();
    let text = formats::to_json(&report).unwrap();
    assert_eq!(formats::read_json(&text).unwrap(), report);
    assert!(formats::read_json("{}").is_err());
    let newer = text.replace("\"report_version\": 1", "\"report_version\": 2");
    let error = formats::read_json(&newer).unwrap_err();
    assert!(error.to_string().contains("use a newer one"), "{error}");
}

#[test]
fn text_shows_the_evidence() {
    let text = formats::to_text(&samples::report(), TextStyle::plain());
    insta::assert_snapshot!(text, @r#"
    D  65 of 100 · enforcement D · evidence A
    target     http://127.0.0.1:8080
    standard   minimum 1
    document   openapi.yaml
    log        the file audit.ndjson, from byte 4711

    Operations: status with a valid token, and without
      GET /orders        200   401
      GET /orders/{id}   404  none

    Skipped: 1 operation
      DELETE /orders/{id} it writes; give --allow-writes to have it scanned

    CRITICAL SIG-03/nOnE · enforcement
      a token without a signature was accepted
        at        GET /orders · openapi.yaml:41:5
        also at   GET /orders/{id}
        request   curl -i -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/orders
        answer    HTTP/1.1 200 OK
                  content-type: application/json

                  [{"id":1}]
        record    no record with correlation id scan-7 in the file audit.ndjson within 10 s
        why       a token without a signature would be as good as one with it
        remedy    give the library the list of algorithms, and never take it from the token
                  with jwtrail: `JwtAuth` allows the algorithms of the configured keys only
        see       CWE-347, CWE-327, OWASP API2:2023, OWASP ASVS 5.0 9.1.2, RFC 8725 section 3.1

    HIGH LOG-04 · evidence
      a line break in the User-Agent began a second record
        record    event=token.accepted
                  user_agent=<script>alert(1)</script>\u{1b}[31m\u{202e}|=cmd`x`\u{d}\u{a}# H
        why       who can write a line can write any line, and nothing in the log is evidence any more
        remedy    write JSON with a library, and never put a value into a line by hand
                  with jwtrail: `JwtAuth` writes one JSON line a record and escapes every value
        see       CWE-117, CWE-93, CWE-116, CWE-150, OWASP ASVS 5.0 16.4.1, OWASP API8:2023

    Notes
      CLM-01   answered 403 where RFC 6750 has 401
      LOG-04   two lines

    Not verified
      SIG-05   the issuer's public key is not known; give --jwks
      CLM-01   leeway: needs --sign-key

    The log's fields, as they were taken
      token_jti        auth.jti
      correlation_id   req.id

    2 checks passed, 2 failed, 1 not verified
    13 requests in 9.4 s, 7.3 s of it waiting for the log; the slowest record took 7.0 s
    "#);
}
