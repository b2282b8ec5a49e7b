use std::time::Duration;

use jwtrail_actix::KeySource;
use jwtrail_event::EventName;
use jwtrail_forge::Algorithm;

use super::issuer::set_of;
use super::protected::{Protected, forge};

#[actix_web::test]
async fn a_file_is_read_again_when_it_changes_and_a_broken_one_leaves_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    let forge = forge();
    std::fs::write(&path, set_of(&forge, &[Algorithm::Rs256])).unwrap();
    let name = forge.issuer().to_owned();
    let source = KeySource::jwks_file(&path).refresh_every(Duration::from_secs(1));
    let service = Protected::start(forge, |builder| builder.issuer_from(&name, source));
    let old = service.forge.token().algorithm(Algorithm::Rs256).sign();
    let new = service.forge.token().algorithm(Algorithm::Es256).sign();
    assert_eq!(service.status(&old).await, 200);
    assert_eq!(service.status(&new).await, 401);

    std::fs::write(&path, "{").unwrap();
    service.until(EventName::KeysFailed, 1).await;
    assert_eq!(service.status(&old).await, 200);

    std::fs::remove_file(&path).unwrap();
    service.until(EventName::KeysFailed, 2).await;
    assert_eq!(service.status(&old).await, 200);

    let next = folder.path().join("next.json");
    std::fs::write(&next, set_of(&service.forge, &[Algorithm::Es256])).unwrap();
    std::fs::rename(&next, &path).unwrap();
    service.until(EventName::KeysRefreshed, 2).await;
    assert_eq!(service.status(&new).await, 200);
    assert_eq!(service.status(&old).await, 401);
    // What was the same at every look was told once.
    assert_eq!(service.count(EventName::KeysFailed).await, 2);
    service.finish().await;
}
