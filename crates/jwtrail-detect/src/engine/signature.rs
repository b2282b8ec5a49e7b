use std::hash::{BuildHasher as _, RandomState};

use jwtrail_event::Record;
use siphasher::sip128::SipHasher13;

use crate::selection::{Field, Value};

/// Makes signatures with a secret key: whoever sends events can't know which of them would have
/// the same one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signer(SipHasher13);

impl Signer {
    pub(super) fn random() -> Self {
        let random = RandomState::new();
        let (one, other) = (random.hash_one(0), random.hash_one(1));
        Self(SipHasher13::new_with_keys(one, other))
    }

    /// The hash of these fields of a record: two records have the same one only if they agree in
    /// all of them.
    pub(super) fn signature(
        &self,
        record: &Record<'_>,
        fields: &[Field],
        scratch: &mut Vec<u8>,
    ) -> u128 {
        tell(record, fields, scratch);
        self.0.hash(scratch).as_u128()
    }
}

/// Writes these fields of a record down, each with its kind and its length, so that what is
/// written of two records is the same only if they agree in all of them.
pub(super) fn tell(record: &Record<'_>, fields: &[Field], scratch: &mut Vec<u8>) {
    scratch.clear();
    scratch.push(record.event as u8);
    for field in fields {
        match field.value(record) {
            Value::Absent => scratch.push(0),
            Value::Text(text) => put(scratch, text),
            Value::Derived(text) => put(scratch, &text),
            Value::Name(_, at) => scratch.extend([2, at as u8]),
            Value::Integer(number) => {
                scratch.push(3);
                scratch.extend(number.to_le_bytes());
            }
            Value::Flag(flag) => scratch.extend([4, u8::from(flag)]),
            Value::List(texts) => {
                scratch.push(5);
                scratch.extend((texts.len() as u64).to_le_bytes());
                texts.iter().for_each(|text| put(scratch, text.as_str()));
            }
        }
    }
}

fn put(scratch: &mut Vec<u8>, text: &str) {
    scratch.push(1);
    scratch.extend((text.len() as u64).to_le_bytes());
    scratch.extend(text.as_bytes());
}
