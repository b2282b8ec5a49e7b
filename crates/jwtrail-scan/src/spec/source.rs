use std::borrow::Cow;

use super::SpecError;
use super::tree::{At, Broken, Remark, Tree, json, yaml};

/// The text of a document, which may be UTF-8 or, with its mark, UTF-16. The second value says
/// whether something in it is no character.
pub(super) fn text(bytes: &[u8]) -> Result<(Cow<'_, str>, bool), SpecError> {
    if bytes.len() > MAX_BYTES {
        return Err(SpecError::TooLarge {
            bytes: bytes.len(),
            limit: MAX_BYTES,
        });
    }
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes
            .chunks_exact(2)
            .map(|pair| unit(pair.try_into().unwrap_or_default()));
        let mut broken = !bytes.len().is_multiple_of(2);
        let text = char::decode_utf16(units).map(|unit| {
            broken |= unit.is_err();
            unit.unwrap_or(char::REPLACEMENT_CHARACTER)
        });
        let text: String = text.collect();
        (Cow::Owned(text), broken)
    };
    Ok(match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => narrow(rest),
        _ => narrow(bytes),
    })
}

fn narrow(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let text = String::from_utf8_lossy(bytes);
    let broken = matches!(text, Cow::Owned(_));
    (text, broken)
}

/// The tree of a document, JSON or YAML.
pub(super) fn tree(text: &str) -> Result<Tree<'_>, SpecError> {
    if !text.trim_start().starts_with(['{', '[']) {
        return yaml(text).map_err(syntax);
    }
    json(text).or_else(|broken| {
        // YAML allows what people write by mistake: comments, a comma before the end.
        let Ok(mut tree) = yaml(text) else {
            return Err(syntax(broken));
        };
        let text = format!("this is no JSON ({}); it is read as YAML", broken.what);
        let at = At::Mark(broken.line, broken.column);
        tree.remarks.push(Remark { at, text });
        Ok(tree)
    })
}

fn syntax(broken: Broken) -> SpecError {
    let Broken { line, column, what } = broken;
    SpecError::Syntax { line, column, what }
}

/// The longest document that is read. GitHub's, with every reference filled in, has 70 MB.
const MAX_BYTES: usize = 128 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_with_a_mark_are_known_by_it() {
        let wide: Vec<u8> = [0xfeff_u16]
            .into_iter()
            .chain("ä: 1".encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(text(&wide).unwrap(), ("ä: 1".into(), false));
        assert_eq!(text(b"\xef\xbb\xbfa: 1").unwrap(), ("a: 1".into(), false));
        assert_eq!(text(b"a: \xff").unwrap(), ("a: \u{fffd}".into(), true));
    }

    #[test]
    fn what_is_almost_json_is_read_with_a_remark() {
        let tree = tree("{\"a\": [1, 2,], # why not\n}").unwrap();
        assert_eq!(tree.root.get("a").unwrap().list().unwrap().len(), 2);
        assert_eq!(tree.remarks.len(), 1);
    }
}
