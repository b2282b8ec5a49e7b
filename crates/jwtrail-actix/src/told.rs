use std::error::Error;
use std::fmt;

/// The `Debug` form of an error that a `main` returns when its service is set up wrongly, which
/// is what Rust prints of it: the words with the remedy and the causes, and not the fields.
pub(crate) fn told(error: &dyn Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{error}")?;
    let mut next = error.source();
    while let Some(cause) = next {
        write!(f, ": {cause}")?;
        next = cause.source();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::{JwtAuth, Trail};

    #[test]
    fn main_prints_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("not-there").join("audit.ndjson");
        let refused = Trail::builder("orders-api").file(&file).start();
        let expected = format!(
            "cannot open the audit file {} for appending: check that its folder exists and may be \
             written to: No such file or directory (os error 2)",
            file.display()
        );
        assert_eq!(format!("{:?}", refused.unwrap_err()), expected);
    }

    #[test]
    fn main_prints_the_cause_of_a_cause() {
        let folder = tempfile::tempdir().unwrap();
        let trail = Trail::builder("orders-api").file(folder.path().join("audit.ndjson"));
        let trail = trail.start().unwrap();
        let keys = folder.path().join("jwks.json");
        std::fs::write(&keys, r#"{"keys":[]}"#).unwrap();
        let refused = JwtAuth::builder()
            .issuer_jwks_file("https://login.example", &keys)
            .audience("orders-api")
            .audit(&trail)
            .build();
        let expected = format!(
            "the keys of `https://login.example` cannot be fetched as configured: cannot use the \
             key file {}: the key set has no key that can be used; give the issuer's public keys \
             for signatures",
            keys.display()
        );
        assert_eq!(format!("{:?}", refused.unwrap_err()), expected);
    }
}
