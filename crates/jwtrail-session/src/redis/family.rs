use jwtrail_event::Timestamp;
use redis::{Value, from_redis_value};

use super::RedisFailure;
use crate::Family;

/// A family's fields, in the order in which the scripts give them.
pub(super) const FIELDS: [&str; 10] = ["s", "c", "o", "t", "e", "g", "r", "j", "x", "u"];

/// What goes into a hash for a family.
pub(super) fn write(family: &Family, until: Timestamp) -> Vec<(&'static str, String)> {
    let micros = |moment: Timestamp| moment.as_micros().to_string();
    let mut fields = vec![
        ("s", family.subject.clone()),
        ("c", family.client_id.clone()),
        ("t", micros(family.opened_at)),
        ("e", micros(family.expires_at)),
        ("g", family.generation.to_string()),
        ("r", micros(family.rotated_at)),
        ("j", jti(family.access_jti)),
        ("x", u8::from(family.revoked).to_string()),
        ("u", micros(until)),
    ];
    fields.extend(family.scope.clone().map(|scope| ("o", scope)));
    fields
}

pub(super) fn jti(bits: u128) -> String {
    format!("{bits:032x}")
}

/// A family out of its fields, if there is one that has not ended.
pub(super) fn read(fields: Value, now: Timestamp) -> Result<Option<Family>, RedisFailure> {
    let fields: [Option<String>; 10] =
        from_redis_value(fields).map_err(|_| RedisFailure::Unexpected)?;
    let [
        subject,
        client_id,
        scope,
        opened_at,
        expires_at,
        generation,
        rotated_at,
        access_jti,
        revoked,
        until,
    ] = fields;
    let Some(until) = until else {
        return Ok(None);
    };
    if micros(Some(until))? <= now {
        return Ok(None);
    }
    let there = |field: Option<String>| field.ok_or(RedisFailure::Unexpected);
    let generation = there(generation)?.parse();
    let access_jti = u128::from_str_radix(&there(access_jti)?, 16);
    Ok(Some(Family {
        subject: there(subject)?,
        client_id: there(client_id)?,
        scope,
        opened_at: micros(opened_at)?,
        expires_at: micros(expires_at)?,
        generation: generation.map_err(|_| RedisFailure::Unexpected)?,
        rotated_at: micros(rotated_at)?,
        access_jti: access_jti.map_err(|_| RedisFailure::Unexpected)?,
        revoked: there(revoked)? != "0",
    }))
}

pub(super) fn micros(field: Option<String>) -> Result<Timestamp, RedisFailure> {
    let micros = field.and_then(|text| text.parse().ok());
    micros
        .map(Timestamp::from_micros)
        .ok_or(RedisFailure::Unexpected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_reads_back_until_it_ends() {
        let family = Family {
            subject: "user-7".to_owned(),
            client_id: "web".to_owned(),
            scope: None,
            opened_at: Timestamp::from_seconds(-1),
            expires_at: Timestamp::MAX,
            generation: u64::MAX,
            rotated_at: Timestamp::from_micros(3),
            access_jti: u128::MAX,
            revoked: true,
        };
        let until = Timestamp::from_seconds(100);
        let written = write(&family, until);
        let fields = FIELDS.map(|name| {
            let mut found = written.iter().filter(|(field, _)| *field == name);
            let value = found.next().map(|(_, value)| value.clone().into_bytes());
            value.map_or(Value::Nil, Value::BulkString)
        });
        let read = |now| read(Value::Array(fields.to_vec()), now).unwrap();
        assert_eq!(read(until.plus_micros(-1)), Some(family));
        assert_eq!(read(until), None);
    }

    #[test]
    fn what_is_no_family_is_refused() {
        for fields in [Value::Okay, Value::Array(vec![Value::Nil; 3]), {
            let mut fields = vec![Value::Nil; 10];
            fields[9] = Value::BulkString(b"9".to_vec());
            Value::Array(fields)
        }] {
            let read = read(fields, Timestamp::from_seconds(0));
            assert!(matches!(read, Err(RedisFailure::Unexpected)));
        }
    }
}
