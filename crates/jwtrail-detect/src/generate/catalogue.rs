//! The invented fleet: its services, routes, scopes, programs.

use jwtrail_event::Text;

use super::names::push_number;

/// A service and the version of it that runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Service {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
}

pub(super) const LOGIN: u8 = 0;
pub(super) const ORDERS: u8 = 1;
pub(super) const BILLING: u8 = 2;
pub(super) const PARTNER: u8 = 3;
pub(super) const MONITOR: u8 = 4;

pub(super) const SERVICES: [Service; 5] = [
    service("login-api", "3.2.0"),
    service("orders-api", "1.4.0"),
    service("billing-api", "2.0.1"),
    service("partner-api", "1.1.0"),
    service("jwtrail-monitor", "0.1.0"),
];

const fn service(name: &'static str, version: &'static str) -> Service {
    Service { name, version }
}

/// A route, and the scope it asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) service: u8,
    pub(super) method: &'static str,
    pub(super) pattern: &'static str,
    pub(super) scope: u8,
    pub(super) object: &'static str,
}

macro_rules! routes {
    ($($name:ident = $service:ident $method:literal $pattern:literal $scope:expr, $object:literal;)+) => {
        routes!(@number 0u8; $($name)+);
        pub(super) const ROUTES: &[Route] = &[$(Route {
            service: $service,
            method: $method,
            pattern: $pattern,
            scope: $scope,
            object: $object,
        },)+];
    };
    (@number $at:expr; $name:ident $($rest:ident)*) => {
        pub(super) const $name: u8 = $at;
        routes!(@number $at + 1; $($rest)*);
    };
    (@number $at:expr;) => {};
}

routes! {
    SIGN_IN = LOGIN "POST" "/login" NO_SCOPE, "";
    REFRESH = LOGIN "POST" "/token/refresh" NO_SCOPE, "";
    SIGN_OUT = LOGIN "POST" "/logout" NO_SCOPE, "";
    ISSUE = LOGIN "POST" "/oauth/token" NO_SCOPE, "";
    ORDER_LIST = ORDERS "GET" "/orders" 0, "";
    ORDER = ORDERS "GET" "/orders/{id}" 0, "order";
    ORDER_NEW = ORDERS "POST" "/orders" 1, "order";
    INVOICE_LIST = BILLING "GET" "/invoices" 2, "";
    INVOICE = BILLING "GET" "/invoices/{id}" 2, "invoice";
    PROFILE = ORDERS "GET" "/profile" 3, "profile";
    EXPORT = ORDERS "GET" "/orders/export" 5, "";
    ADMIN_USERS = ORDERS "GET" "/admin/users/{id}" 6, "user";
    ADMIN_REFUND = BILLING "POST" "/admin/refunds" 7, "refund";
    STOCK = BILLING "GET" "/stock/{id}" NO_SCOPE, "";
    PARTNER_STOCK = PARTNER "GET" "/partner/stock" 8, "";
    PARTNER_SIGN_IN = PARTNER "POST" "/partner/login" NO_SCOPE, "";
    REPORT = PARTNER "GET" "/partner/reports/{name}" 9, "report";
    NOTHING = MONITOR "GET" "/" NO_SCOPE, "";
}

pub(super) const NO_SCOPE: u8 = u8::MAX;

/// The scopes, by number: a grant is a set of bits.
pub(super) const SCOPES: [&str; 32] = [
    "orders:read",
    "orders:write",
    "billing:read",
    "profile",
    "offline_access",
    "orders:export",
    "admin:users",
    "admin:refunds",
    "partner:read",
    "reports:read",
    "reports:write",
    "payroll:read",
    "payroll:write",
    "keys:read",
    "keys:write",
    "audit:read",
    "audit:write",
    "users:read",
    "users:write",
    "users:delete",
    "exports:all",
    "billing:write",
    "billing:refund",
    "config:read",
    "config:write",
    "tenants:read",
    "tenants:write",
    "debug:read",
    "jobs:run",
    "jobs:cancel",
    "secrets:read",
    "secrets:write",
];

pub(super) const USER_GRANT: u32 = 0b1_1011;
pub(super) const MACHINE_GRANT: u32 = 0b1_0000_0101;
pub(super) const BILLING_READ: u32 = 1 << 2;
pub(super) const ORDERS_EXPORT: u32 = 1 << 5;
pub(super) const ADMIN_USERS_SCOPE: u32 = 1 << 6;
pub(super) const ADMIN_GRANT: u32 = 0b1111_1111;
pub(super) const REPORTS_WRITE: u32 = 1 << 10;
/// The first of those that no honest client asks for.
pub(super) const FIRST_FOREIGN_SCOPE: u8 = 11;
const ADMIN_SCOPES: u32 = 0b1100_0000;

/// The class that the configuration gives to a grant.
pub(super) const fn scope_class(granted: u32) -> Option<&'static str> {
    if granted & ADMIN_SCOPES == 0 {
        None
    } else {
        Some("admin")
    }
}

/// A kind of program, its version apart: an agent is a kind and a version.
pub(super) const CHROME: u16 = 1 << 8;
pub(super) const FIREFOX: u16 = 2 << 8;
pub(super) const SAFARI: u16 = 3 << 8;
pub(super) const EDGE: u16 = 4 << 8;
pub(super) const APP: u16 = 5 << 8;
pub(super) const PYTHON: u16 = 6 << 8;
pub(super) const CURL: u16 = 7 << 8;
pub(super) const GO: u16 = 8 << 8;
pub(super) const SERVICE: u16 = 9 << 8;
pub(super) const BROWSERS: [u16; 4] = [CHROME, FIREFOX, SAFARI, EDGE];

/// Writes an agent's `User-Agent`; false where it sends none.
pub(super) fn write_agent(agent: u16, text: &mut String) -> bool {
    text.clear();
    let version = agent & 0xff;
    let (before, after) = match agent & 0xff00 {
        CHROME => (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/",
            ".0.0.0 Safari/537.36",
        ),
        FIREFOX => (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/",
            ".0",
        ),
        SAFARI => (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/",
            ".1 Safari/605.1.15",
        ),
        EDGE => (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/",
            ".0.0.0",
        ),
        APP => ("ShopApp/", ".2 (mobile)"),
        PYTHON => ("python-requests/2.", ".0"),
        CURL => ("curl/8.", ".0"),
        GO => ("Go-http-client/", ".1"),
        SERVICE => ("orders-api/1.", ".0"),
        _ => return false,
    };
    text.push_str(before);
    push_number(version.into(), text);
    text.push_str(after);
    true
}

pub(super) const ISSUERS: [&str; 2] = ["https://login.example", "https://idp.partner.example"];
pub(super) const HOME_ISSUER: u8 = 0;
pub(super) const PARTNER_ISSUER: u8 = 1;

/// OAuth clients with a name; a machine's has its number after these.
pub(super) const CLIENTS: [&str; 3] = ["web", "mobile", "console"];
pub(super) const WEB: u16 = 0;
pub(super) const MOBILE: u16 = 1;
pub(super) const CONSOLE: u16 = 2;
pub(super) const FIRST_MACHINE_CLIENT: u16 = 16;

/// `Origin` headers; the first says that none was sent.
pub(super) const ORIGINS: [&str; 2] = ["", "https://app.example"];
pub(super) const NO_ORIGIN: u16 = 0;
pub(super) const APP_ORIGIN: u16 = 1;
/// From here on each number is an origin of its own.
pub(super) const FIRST_FOREIGN_ORIGIN: u16 = 16;

pub(super) fn route(number: u8) -> &'static Route {
    ROUTES.get(usize::from(number)).unwrap_or(&FALLBACK)
}

const FALLBACK: Route = Route {
    service: ORDERS,
    method: "GET",
    pattern: "/",
    scope: NO_SCOPE,
    object: "",
};

pub(super) fn issuer(number: u8) -> Text<'static> {
    Text::from(ISSUERS.get(usize::from(number)).copied().unwrap_or(""))
}
