use std::io::Write as _;
use std::time::Duration;

use jwtrail_testkit::CapturedLines;

#[test]
fn clones_share_what_is_written() {
    let captured = CapturedLines::new();
    captured.clone().write_all(b"one\n").unwrap();
    captured.append(b"two");
    assert_eq!(captured.bytes(), b"one\ntwo");
    captured.clear();
    assert_eq!(captured.bytes(), b"");
}

#[test]
fn waiting_ends_when_the_lines_are_there() {
    let captured = CapturedLines::new();
    let writer = captured.clone();
    let thread = std::thread::spawn(move || {
        writer.append(b"one\n");
        writer.append(b"two\n");
    });
    let bytes = captured.wait_for_lines(2, Duration::from_secs(60)).unwrap();
    assert_eq!(bytes, b"one\ntwo\n");
    thread.join().unwrap();
}

#[test]
fn waiting_in_vain_is_an_error() {
    let captured = CapturedLines::new();
    captured.append(b"one\n");
    let error = captured.wait_for_lines(2, Duration::ZERO).unwrap_err();
    assert_eq!(error.bytes, 4);
    assert_eq!(
        error.to_string(),
        "not there after 0ns; 4 bytes were written"
    );
}
