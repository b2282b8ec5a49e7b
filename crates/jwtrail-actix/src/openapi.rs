use actix_web::http::Method;
use jwtrail_verify::Requirement;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, Object, OpenApi, RefOr, Response, ResponseBuilder, Type};

use crate::IntoRequirement;

/// Puts the protection into an OpenAPI document: the scheme, the scopes that each operation
/// requires, and what it answers when it refuses (401, 403, 429 and 503).
///
/// An operation is protected if it is named here, or if its own `security` names the scheme, as
/// `#[utoipa::path(security(("token" = ["orders:read"])))]` does. Responses that it describes
/// itself stay as they are.
///
/// A nested requirement becomes its [ways](Requirement::ways): one entry of `security` for each.
///
/// ```
/// use actix_web::http::Method;
/// use jwtrail_actix::{OpenApiProtection, scope};
/// use utoipa::OpenApi as _;
///
/// #[utoipa::path(get, path = "/reports", responses((status = 200, description = "Reports")))]
/// async fn reports() {}
///
/// #[derive(utoipa::OpenApi)]
/// #[openapi(paths(reports))]
/// struct Docs;
///
/// # fn main() -> Result<(), jwtrail_actix::NotDescribed> {
/// let mut document = Docs::openapi();
/// let asked = scope("reports:read") & (scope("eu") | scope("us"));
/// OpenApiProtection::new("token")
///     .operation(Method::GET, "/reports", &asked)
///     .describe(&mut document)?;
///
/// let document = document.to_json().unwrap_or_default();
/// assert!(document.contains(r#""security":[{"token":["reports:read","eu"]},{"token":["reports:read","us"]}]"#));
/// assert!(document.contains(r#""429""#));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "`describe` writes it into a document"]
pub struct OpenApiProtection {
    scheme: String,
    operations: Vec<(Method, String, Option<Requirement>)>,
}

impl OpenApiProtection {
    /// The protection under the name that its security scheme has in the document.
    ///
    /// ```
    /// let protection = jwtrail_actix::OpenApiProtection::new("token");
    /// ```
    pub fn new(scheme: &str) -> Self {
        Self {
            scheme: scheme.to_owned(),
            operations: Vec::new(),
        }
    }

    /// An operation that requires a scope; the path as the document has it.
    ///
    /// ```
    /// # use actix_web::http::Method;
    /// let protection = jwtrail_actix::OpenApiProtection::new("token")
    ///     .operation(Method::GET, "/orders/{id}", "orders:read");
    /// ```
    pub fn operation(
        mut self,
        method: Method,
        path: &str,
        requirement: impl IntoRequirement,
    ) -> Self {
        let requirement = Some(requirement.into_requirement());
        self.operations.push((method, path.to_owned(), requirement));
        self
    }

    /// An operation that requires a token, and no scope.
    ///
    /// ```
    /// # use actix_web::http::Method;
    /// let protection = jwtrail_actix::OpenApiProtection::new("token")
    ///     .token_only(Method::POST, "/logout");
    /// ```
    pub fn token_only(mut self, method: Method, path: &str) -> Self {
        self.operations.push((method, path.to_owned(), None));
        self
    }

    /// Writes it into the document.
    ///
    /// # Errors
    /// When the document has no such operation, or nobody can have what it requires. Then the
    /// document may be changed in part.
    pub fn describe(&self, document: &mut OpenApi) -> Result<(), NotDescribed> {
        for (method, path, requirement) in &self.operations {
            let item = document.paths.paths.get_mut(path);
            let operation = item.and_then(|item| operation(item, method));
            let operation = operation.ok_or_else(|| NotDescribed::Operation {
                method: method.to_string(),
                path: path.clone(),
            })?;
            operation.security = Some(self.security(method, path, requirement.as_ref())?);
        }
        for item in document.paths.paths.values_mut() {
            for operation in operations(item) {
                self.answers(operation);
            }
        }
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT");
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(&self.scheme, SecurityScheme::Http(bearer.build()));
        Ok(())
    }

    fn security(
        &self,
        method: &Method,
        path: &str,
        requirement: Option<&Requirement>,
    ) -> Result<Vec<SecurityRequirement>, NotDescribed> {
        let ways = requirement.map_or_else(|| vec![Vec::new()], Requirement::ways);
        // An empty list would say that the operation is open to all.
        if ways.is_empty() {
            return Err(NotDescribed::NeverMet {
                method: method.to_string(),
                path: path.to_owned(),
            });
        }
        let ways = ways.into_iter();
        Ok(ways
            .map(|scopes| SecurityRequirement::new(&self.scheme, scopes))
            .collect())
    }

    fn answers(&self, operation: &mut Operation) {
        let Some(security) = &operation.security else {
            return;
        };
        let scopes: Vec<usize> = security
            .iter()
            .filter_map(|requirement| scopes_of(requirement, &self.scheme))
            .collect();
        if scopes.is_empty() {
            return;
        }
        let answers = &mut operation.responses.responses;
        let mut answer = |status: &str, make: fn() -> Response| {
            answers
                .entry(status.to_owned())
                .or_insert_with(|| RefOr::T(make()));
        };
        answer("401", || challenged("No token, or one that is not good"));
        if scopes.iter().any(|count| *count > 0) {
            answer("403", || {
                challenged("The token is good, and does not have the scope")
            });
        }
        answer("429", limited);
        answer("503", || {
            plain("What the decision needs can't be had now").build()
        });
    }
}

/// What can't be put into the document.
///
/// ```
/// use actix_web::http::Method;
/// use jwtrail_actix::{NotDescribed, OpenApiProtection};
/// use utoipa::openapi::OpenApi;
///
/// let protection = OpenApiProtection::new("token").token_only(Method::GET, "/nowhere");
/// let described = protection.describe(&mut OpenApi::default());
/// assert!(matches!(described, Err(NotDescribed::Operation { .. })));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotDescribed {
    /// The document does not have the operation.
    #[error("the document has no operation `{method} {path}`")]
    Operation {
        /// The method.
        method: String,
        /// The path.
        path: String,
    },
    /// The operation's requirement can't be met by any scope.
    #[error("the requirement of `{method} {path}` has no parts, so that nobody can meet it")]
    NeverMet {
        /// The method.
        method: String,
        /// The path.
        path: String,
    },
}

/// How many scopes of the scheme a requirement asks for; none if it is not about the scheme.
fn scopes_of(requirement: &SecurityRequirement, scheme: &str) -> Option<usize> {
    let value = serde_json::to_value(requirement).ok()?;
    value.get(scheme)?.as_array().map(Vec::len)
}

fn operation<'d>(item: &'d mut PathItem, method: &Method) -> Option<&'d mut Operation> {
    let place = match *method {
        Method::GET => &mut item.get,
        Method::PUT => &mut item.put,
        Method::POST => &mut item.post,
        Method::DELETE => &mut item.delete,
        Method::OPTIONS => &mut item.options,
        Method::HEAD => &mut item.head,
        Method::PATCH => &mut item.patch,
        Method::TRACE => &mut item.trace,
        _ => return item.additional_operations.get_mut(method.as_str()),
    };
    place.as_mut()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let fixed = [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.options,
        &mut item.head,
        &mut item.patch,
        &mut item.trace,
        &mut item.query,
    ];
    let others = item.additional_operations.values_mut();
    fixed.into_iter().flatten().chain(others)
}

/// RFC 6750 section 3.
fn challenged(description: &str) -> Response {
    let challenge = header(Type::String, "The scheme, and what is wrong with the token");
    plain(description)
        .header("WWW-Authenticate", challenge)
        .build()
}

/// RFC 6585 section 4.
fn limited() -> Response {
    let wait = header(Type::Integer, "When to come again, in seconds");
    plain("A limit was reached")
        .header("Retry-After", wait)
        .header("RateLimit", header(Type::String, "What is left of it"))
        .header("RateLimit-Policy", header(Type::String, "The limit"))
        .build()
}

/// The body names the class of the refusal and nothing more.
fn plain(description: &str) -> ResponseBuilder {
    let body = Object::builder().property("error", Object::with_type(Type::String));
    let body = body.required("error").build();
    ResponseBuilder::new()
        .description(description)
        .content("application/json", Content::new(Some(body)))
        .header(
            "X-Request-Id",
            header(Type::String, "What to name when asking about the refusal"),
        )
}

fn header(kind: Type, description: &str) -> Header {
    let mut header = Header::new(Object::with_type(kind));
    header.description = Some(description.to_owned());
    header
}
