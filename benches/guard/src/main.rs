//! The parts of `cargo xtask bench guard`: tokens, servers to compare, and the load on them.

mod cpu;
mod load;
mod protected;
mod proxies;
mod server;
mod tokens;
mod tutorial;

use std::path::Path;

use anyhow::Context as _;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tokens", algorithm, count, file] => {
            let count = count.parse().context("how many tokens")?;
            tokens::mint(tokens::algorithm(algorithm)?, count, Path::new(file))
        }
        ["serve", variant, algorithm, log] => {
            let (algorithm, log) = (tokens::algorithm(algorithm)?, Path::new(log));
            match *variant {
                "haproxy_log" => proxies::haproxy(algorithm, log),
                "envoy_cache_log" => proxies::envoy(algorithm, log),
                variant => server::serve(variant, algorithm, log),
            }
        }
        ["load", rest @ ..] => load::load(&load::Load::parse(rest)?),
        _ => anyhow::bail!("tokens ALGORITHM COUNT FILE | serve VARIANT ALGORITHM LOG | load ..."),
    }
}
