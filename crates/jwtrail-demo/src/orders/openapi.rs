use actix_web::HttpResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Info, OpenApi};
use utoipa::{Modify, OpenApi as _};

use super::admin::AdminDocs;
use super::back_office::BackOfficeDocs;
use super::session::SessionDocs;
use super::shop::ShopDocs;

/// The description of the service that tools read.
pub(super) async fn document() -> HttpResponse {
    HttpResponse::Ok().json(describe())
}

fn describe() -> OpenApi {
    let mut document = SessionDocs::openapi();
    for part in [
        ShopDocs::openapi(),
        BackOfficeDocs::openapi(),
        AdminDocs::openapi(),
    ] {
        document.merge(part);
    }
    document.info = Info::new("Orders", env!("CARGO_PKG_VERSION"));
    Bearer.modify(&mut document);
    document
}

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT");
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme.build()));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::describe;

    #[test]
    fn the_document_names_every_route_with_its_scope() {
        let document = serde_json::to_value(describe()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let mut scopes = BTreeSet::new();
        for operations in paths.values() {
            for operation in operations.as_object().unwrap().values() {
                let asked = operation["security"][0]["token"].as_array();
                scopes.extend(
                    asked
                        .into_iter()
                        .flatten()
                        .filter_map(|scope| scope.as_str()),
                );
            }
        }
        let expected = [
            "admin:refunds",
            "admin:users",
            "customers:read",
            "orders:cancel",
            "orders:read",
            "orders:write",
            "reports:read",
        ];
        assert_eq!(scopes, BTreeSet::from(expected));
        assert_eq!(paths.len(), 11, "{:?}", paths.keys());
        assert_eq!(
            document["components"]["securitySchemes"]["token"]["scheme"],
            "bearer"
        );
    }
}
