use super::variant::{Algorithm, Case, Variant};

/// What was asked for on the command line.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) gate: bool,
    pub(super) renew: bool,
    /// All of them, unless some are named. With each goes the bare server of its algorithm.
    pub(super) cases: Vec<Case>,
}

impl Asked {
    pub(super) fn parse(arguments: &[String]) -> anyhow::Result<Self> {
        let mut asked = Self {
            gate: false,
            renew: false,
            cases: Vec::new(),
        };
        for argument in arguments {
            match argument.as_str() {
                "--gate" => asked.gate = true,
                "--renew" => (asked.gate, asked.renew) = (true, true),
                name => asked.add(name)?,
            }
        }
        if asked.cases.is_empty() {
            for algorithm in Algorithm::ALL {
                let cases = Variant::ALL.map(|variant| Case { variant, algorithm });
                asked.cases.extend(cases);
            }
        }
        asked.cases.sort();
        asked.cases.dedup();
        Ok(asked)
    }

    pub(super) fn of_algorithm(&self, algorithm: Algorithm) -> impl Iterator<Item = Case> {
        let cases = self.cases.iter().copied();
        cases.filter(move |case| case.algorithm == algorithm)
    }

    fn add(&mut self, name: &str) -> anyhow::Result<()> {
        let parts = name.split_once('/');
        let case = parts.and_then(|(variant, algorithm)| {
            let (variant, algorithm) = (Variant::named(variant)?, Algorithm::named(algorithm)?);
            Some(Case { variant, algorithm })
        });
        let Some(case) = case else {
            anyhow::bail!("`{name}` is no VARIANT/ALGORITHM, such as `cache_audit/hs256`");
        };
        let variant = Variant::Bare;
        self.cases.extend([case, Case { variant, ..case }]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> anyhow::Result<Asked> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Asked::parse(&words)
    }

    #[test]
    fn all_are_measured_unless_some_are_named() {
        assert_eq!(parse(&[]).unwrap().cases.len(), 28);
        let asked = parse(&["cache_audit/es256", "noop/es256"]).unwrap();
        let names: Vec<String> = asked.cases.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["bare/es256", "noop/es256", "cache_audit/es256"]);
        assert!(parse(&["--renew"]).unwrap().gate);
        for wrong in ["cache_audit", "cache_audit/none", "--gates"] {
            assert!(parse(&[wrong]).is_err(), "{wrong}");
        }
    }
}
