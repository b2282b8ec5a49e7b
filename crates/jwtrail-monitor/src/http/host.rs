use std::net::IpAddr;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HOST};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, ResponseError as _};

use super::error::ApiError;
use super::server::Site;

/// Refuses names that browsers should not know the monitor by: a page of somebody else whose
/// name was made to lead here (DNS rebinding) would otherwise be of our origin.
///
/// Addresses and `localhost` can't be taken over so. Who brings a credential of their own in
/// the header is no such page, and comes by whatever name.
pub(super) async fn check_host(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let site = request.app_data::<Data<Site>>();
    let public = site.and_then(|site| site.public_url.as_deref());
    let bearer = request.headers().contains_key(AUTHORIZATION);
    let open = bearer || request.path() == "/healthz";
    let mut hosts = request.headers().get_all(HOST);
    let known = open || hosts.all(|host| host.to_str().is_ok_and(|host| is_ours(host, public)));
    if !known {
        let refused = ApiError::Misdirected.error_response();
        return Ok(request.into_response(refused).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn is_ours(host: &str, public_url: Option<&str>) -> bool {
    let name = name(host);
    let public = public_url.and_then(|url| url.split_once("://"));
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let local = name.eq_ignore_ascii_case("localhost");
    local
        || bare.parse::<IpAddr>().is_ok()
        || public.is_some_and(|(_, public)| name.eq_ignore_ascii_case(self::name(public)))
}

/// A host without its port and the dot that may end it.
fn name(host: &str) -> &str {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_localhost_and_the_public_name_are_ours() {
        let public = Some("https://jwtrail.example:8443");
        for host in [
            "127.0.0.1:7780",
            "203.0.113.7",
            "[::1]:7780",
            "[::1]",
            "localhost:7780",
            "LOCALHOST",
            "jwtrail.example",
            "jwtrail.example:8443",
            "JWTRAIL.example.:1",
        ] {
            assert!(is_ours(host, public), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:7780",
            "127.0.0.1.evil.example",
            "jwtrail.example.evil.example",
            "localhost.evil.example",
            "",
            ":",
        ] {
            assert!(!is_ours(host, public), "{host}");
            assert!(!is_ours(host, None), "{host}");
        }
        assert!(!is_ours("jwtrail.example", None));
    }
}
