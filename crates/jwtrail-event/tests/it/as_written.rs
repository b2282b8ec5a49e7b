//! Lines as we write them are read in a way of their own: what is read there is what the parser
//! reads, be the line ours or nearly ours.

use jwtrail_event::{Record, Text};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::every_event;
use crate::round_trip::{TEXTS, record, texts_of};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_nearly_ours_is_read_as_the_parser_reads_it(
        numbers in any::<[i64; 12]>(),
        picks in any::<[usize; 12]>(),
        texts in vec("[ -~é]{0,12}", TEXTS),
        edits in vec(edit(), 0..4),
    ) {
        let mut record = record(&numbers, &picks);
        for (slot, text) in texts_of(&mut record).into_iter().zip(&texts) {
            *slot = Text::from(text);
        }
        record.token_aud = Some(texts.iter().take(3).map(Text::from).collect());
        let mut line = Vec::new();
        record.write_ndjson(&mut line);
        line.pop();
        for edit in edits {
            edit.make(&mut line);
        }
        assert_read_as_parsed(&line);
    }
}

#[test]
fn members_in_another_order_are_read_as_the_parser_reads_them() {
    every_event::each(|record| {
        let mut line = Vec::new();
        record.write_ndjson(&mut line);
        let text = String::from_utf8(line).unwrap();
        assert_read_as_parsed(text.trim_end().as_bytes());
        let names: Vec<usize> = text.match_indices(",\"").map(|(at, _)| at).collect();
        for pair in names.windows(3) {
            let (before, one) = text.split_at(pair[0]);
            let (one, two) = one.split_at(pair[1] - pair[0]);
            let (two, after) = two.split_at(pair[2] - pair[1]);
            let swapped = format!("{before}{two}{one}{after}");
            assert_read_as_parsed(swapped.trim_end().as_bytes());
        }
    });
}

fn assert_read_as_parsed(line: &[u8]) {
    let parsed = sonic_rs::from_slice::<Record<'_>>(line).ok();
    let right =
        |record: &Record<'_>| record.schema_version == 1 && record.kind == record.event.kind();
    let parsed = parsed.filter(right).map(|mut record| {
        record.cap();
        record
    });
    assert_eq!(
        Record::read(line).ok(),
        parsed,
        "{}",
        String::from_utf8_lossy(line)
    );
}

/// A small change of a line.
#[derive(Clone, Debug)]
struct Edit {
    at: Index,
    takes: usize,
    puts: &'static str,
}

impl Edit {
    fn make(&self, line: &mut Vec<u8>) {
        if !line.is_empty() {
            let at = self.at.index(line.len());
            let to = line.len().min(at + self.takes);
            line.splice(at..to, self.puts.bytes());
        }
    }
}

fn edit() -> impl Strategy<Value = Edit> {
    let puts = select(vec![
        "",
        "",
        "0",
        "9",
        "a",
        "F",
        " ",
        "\"",
        "\\",
        "\\u0041",
        ",",
        ":",
        "{",
        "}",
        "[",
        "]",
        "-",
        ".0",
        "e1",
        "null",
        "true",
        "\n",
        "\u{1}",
        "\u{2028}",
        "é",
        ",\"seq\":1",
        ",\"newer\":[{}]",
    ]);
    (any::<Index>(), 0..3_usize, puts).prop_map(|(at, takes, puts)| Edit { at, takes, puts })
}
