//! When to come again, as OTLP/gRPC says it: a `google.rpc.RetryInfo` among the status's details.

use std::time::Duration;

use prost::Message;

/// The delay, if the details of a status hold one.
pub(super) fn retry_delay(details: &[u8]) -> Option<Duration> {
    let status = RpcStatus::decode(details).ok()?;
    let info = status
        .details
        .iter()
        .find(|detail| detail.type_url == RETRY_INFO)?;
    let delay = RetryInfo::decode(info.value.as_slice()).ok()?.retry_delay?;
    let seconds = u64::try_from(delay.seconds).ok()?;
    let nanos = u32::try_from(delay.nanos).ok()?;
    Some(Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanos.into())))
}

/// `google.rpc.Status`, of which only the details are read.
#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(message, repeated, tag = "3")]
    details: Vec<Detail>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Message)]
struct Detail {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<Delay>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, PartialEq, Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

const RETRY_INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_is_found_among_other_details() {
        let delay = |seconds, nanos| RetryInfo {
            retry_delay: Some(Delay { seconds, nanos }),
        };
        let status = |info: &RetryInfo| RpcStatus {
            details: vec![
                Detail {
                    type_url: "type.googleapis.com/google.rpc.ErrorInfo".to_owned(),
                    value: b"anything".to_vec(),
                },
                Detail {
                    type_url: RETRY_INFO.to_owned(),
                    value: info.encode_to_vec(),
                },
            ],
        };
        let read = |info| retry_delay(&status(&info).encode_to_vec());
        assert_eq!(
            read(delay(3, 500_000_000)),
            Some(Duration::from_millis(3500))
        );
        assert_eq!(read(delay(-3, 0)), None);
        assert_eq!(retry_delay(b""), None);
        assert_eq!(retry_delay(b"\xff\xff"), None);
    }
}
