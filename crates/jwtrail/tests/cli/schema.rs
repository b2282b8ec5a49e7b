use std::fs;

use crate::support::{Jwtrail, repository_file};

#[test]
fn the_schemas_are_the_committed_ones() {
    for name in ["event", "config", "report"] {
        let output = Jwtrail::new().command(&["schema", name]).output().unwrap();
        let committed = repository_file(&format!("schemas/{name}.schema.json"));
        let committed = fs::read_to_string(committed).unwrap();
        assert!(
            String::from_utf8(output.stdout).unwrap() == committed,
            "schemas/{name}.schema.json is old; run `cargo xtask generate`"
        );
    }
}
