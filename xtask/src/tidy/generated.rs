use std::fs;

use crate::generate;
use crate::repository::Repository;

/// Every generated file that differs from what the code would generate.
pub(super) fn generated(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let texts = generate::texts(repository)?;
    Ok(texts
        .into_iter()
        .filter_map(|(file, text)| {
            let problem = match fs::read_to_string(repository.path(file.path)) {
                Ok(kept) if kept == text => return None,
                Ok(_) => "is not what the code generates".to_owned(),
                Err(error) => format!("cannot be read: {error}"),
            };
            Some(format!(
                "{} {problem}; run `cargo xtask generate`",
                file.path
            ))
        })
        .collect())
}
