use actix_web::HttpResponse;
use jwtrail_actix::{NotDescribed, OpenApiProtection};
use utoipa::OpenApi as _;
use utoipa::openapi::{Info, OpenApi};

use super::admin::AdminDocs;
use super::back_office::BackOfficeDocs;
use super::session::SessionDocs;
use super::shop::ShopDocs;

/// The description of the service that tools read.
pub(super) async fn document() -> HttpResponse {
    match describe() {
        Ok(document) => HttpResponse::Ok().json(document),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

fn describe() -> Result<OpenApi, NotDescribed> {
    let mut document = SessionDocs::openapi();
    for part in [
        ShopDocs::openapi(),
        BackOfficeDocs::openapi(),
        AdminDocs::openapi(),
    ] {
        document.merge(part);
    }
    document.info = Info::new("Orders", env!("CARGO_PKG_VERSION"));
    // The operations name their scopes themselves.
    OpenApiProtection::new("token").describe(&mut document)?;
    Ok(document)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::describe;

    #[test]
    fn the_document_names_every_route_with_its_scope() {
        let document = serde_json::to_value(describe().unwrap()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let mut scopes = BTreeSet::new();
        for operations in paths.values() {
            for operation in operations.as_object().unwrap().values() {
                let asked = operation["security"][0]["token"].as_array();
                let refusals = ["401", "429", "503"].map(|status| &operation["responses"][status]);
                let described = refusals.iter().all(|answer| answer.is_object());
                assert_eq!(described, asked.is_some(), "{operation}");
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
