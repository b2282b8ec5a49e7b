mod another_link;
mod hangup;
pub(crate) mod outputs;
pub(crate) mod refusal;
pub(crate) mod webhook;

use std::collections::BTreeSet;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use jwtrail_actix::SystemClock;
use jwtrail_monitor::{AlertOutput, AlertTarget, Monitor, MonitorConfig, RunningMonitor};

use crate::access::Access;
use crate::config::{self, Configuration, Names, Responses, ServeSection};
use crate::failure::{Failure, Kind};
use crate::output;
use crate::runtime::Runtime;

/// Run the monitor: take events in, find abuse, show it
///
/// Prints where the dashboard is, with a link that logs in once, and where services send their
/// events, with the files that hold their credentials. Ctrl-C or SIGTERM stops it. SIGHUP reads
/// the rules again; a directory of rules is looked at by itself as well. SIGUSR1 prints another
/// link.
///
/// Exit codes: 0 stopped by a signal, 2 the configuration, a rule or a key cannot be used, 4 the
/// port is taken or the data cannot be used.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The directory that holds everything the monitor keeps [default: jwtrail-data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The address to listen on; port 0 takes a free one [default: 127.0.0.1:7780]
    #[arg(long, value_name = "IP:PORT")]
    listen: Option<SocketAddr>,
}

impl Serve {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let configuration = config::load(self.config.as_deref())?;
        let (config, services, responses) = self.monitor_config(configuration)?;
        let mut runtime = Runtime::start()?;
        let data = config.data.clone();
        let monitor = Monitor::start(config, Arc::new(SystemClock))
            .map_err(|error| responses.locate(&error, refusal::of(&error)))?;
        let access = Access::of(&monitor);
        access.publish(&monitor);
        let credentials = credentials(&monitor, &data, &services)?;
        output::print(&greeting(&monitor, &credentials)?)?;
        let renewed = runtime.until_stopped(async {
            tokio::select! {
                never = access.renewed(&monitor) => match never {},
                ended = hangup::reloads(&monitor) => ended,
                ended = another_link::links(&monitor) => ended.map(|never| match never {}),
            }
        });
        access.withdraw()?;
        if runtime.until_stopped(monitor.stop()).is_none() {
            // Nothing is lost by it: the next start makes up for what was not kept.
            tracing::warn!("asked to stop twice; not waiting for requests under way");
        }
        renewed.unwrap_or(Ok(()))
    }

    /// What the monitor is started with, by a configuration that can be used as far as that can be
    /// said before anything is opened.
    fn monitor_config(
        self,
        configuration: Configuration,
    ) -> Result<(MonitorConfig, Vec<Service>, Responses), Failure> {
        let ServeSection {
            listen,
            data,
            rules,
            disabled_rules,
            public_url,
            services,
            imported,
        } = configuration.serve;
        let listen = self.listen.or(listen).unwrap_or(DEFAULT_LISTEN);
        let data = self.data.or(data).unwrap_or_else(|| DEFAULT_DATA.into());
        if data.as_os_str().is_empty() {
            return Err(Failure::usage("the name of the data directory is empty")
                .remedy("name one, such as /var/lib/jwtrail"));
        }
        let mut config = MonitorConfig::new(listen, data);
        config.rules = rules;
        config.rule_settings = configuration.rules.settings();
        let disabled = disabled_rules.iter().flat_map(Names::iter);
        config.disabled_rules = disabled.map(str::to_owned).collect();
        config.public_url = public_url;
        if let Some(age) = configuration.retention.max_age {
            config.retention.max_age = Some(age.0);
        }
        if let Some(size) = configuration.retention.max_size {
            config.retention.max_bytes = Some(size.0);
        }
        let quarantine = configuration.quarantine;
        if let Some(span) = quarantine.max_time {
            config.quarantine.max_time = span.0;
        }
        let protected = quarantine.protected_subjects.iter().flat_map(Names::iter);
        config.quarantine.protected_subjects = protected.map(str::to_owned).collect();
        if let Some(least) = quarantine.breaker_least {
            config.responses.breaker_least = least;
        }
        config.responses.rules = configuration.responses.rules();
        config.outputs = outputs::configured(&configuration.outputs)?;
        config
            .outputs
            .extend(webhook::configured(configuration.webhook)?);
        let is_url = |output: &AlertOutput| matches!(output.target, AlertTarget::Url { .. });
        if config.outputs.iter().any(is_url) {
            config.webhook_client = Some(Arc::new(webhook::Client::new()?));
        }
        let named = |names: Option<Names>, native| {
            let names = names.iter().flat_map(Names::iter);
            let service = |name: &str| Service {
                name: name.to_owned(),
                native,
            };
            names.map(service).collect::<Vec<_>>()
        };
        let services = [named(services, true), named(imported, false)].concat();
        check(&services)?;
        config.check().map_err(|error| refusal::of(&error))?;
        Ok((config, services, configuration.responses))
    }
}

/// A service that sends its events.
#[derive(Clone, Debug)]
struct Service {
    name: String,
    /// Whether they are its own, and not converted from another system's log.
    native: bool,
}

/// What `jwtrail config check` asks of a configuration that nothing is started with.
pub(crate) fn check_configuration(configuration: Configuration) -> Result<(), Failure> {
    let serve = Serve {
        config: None,
        data: None,
        listen: None,
    };
    serve.monitor_config(configuration).map(drop)
}

/// Refuses names that no producer can have, and names that stand there twice: each has one
/// credential, and is either a service of ours or an imported one.
fn check(services: &[Service]) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for service in services {
        let name = &*service.name;
        MonitorConfig::check_service(name).map_err(|error| refusal::of(&error))?;
        if !seen.insert(name) {
            return Err(
                Failure::usage(format!("the service `{name}` is named twice"))
                    .remedy("name it once, under `services` or under `imported`"),
            );
        }
    }
    Ok(())
}

/// Registers the services, and writes each one's credential where only its owner reads it.
fn credentials(
    monitor: &RunningMonitor,
    data: &Path,
    services: &[Service],
) -> Result<Vec<PathBuf>, Failure> {
    let directory = data.join("credentials");
    services
        .iter()
        .map(|service| {
            let name = &*service.name;
            let credential = if service.native {
                monitor.producer_credential(name, &[name])
            } else {
                monitor.imported_producer_credential(name, &[name])
            };
            let credential = credential.map_err(|error| refusal::of(&error))?;
            let path = directory.join(name);
            fs::create_dir_all(&directory).map_err(|error| {
                Failure::new(Kind::Machine, "cannot make the directory")
                    .in_file(&directory)
                    .because(&error)
            })?;
            output::write_secret_file(&path, credential.expose())?;
            Ok(path)
        })
        .collect()
}

fn greeting(monitor: &RunningMonitor, credentials: &[PathBuf]) -> Result<String, Failure> {
    let link = monitor.login_link().map_err(|error| refusal::of(&error))?;
    let mut text = format!(
        "login: {link}\nevents: POST {}/api/v1/events\n",
        monitor.url()
    );
    for path in credentials {
        text.push_str(&format!("credential: {}\n", path.display()));
    }
    Ok(text)
}

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7780);
pub(crate) const DEFAULT_DATA: &str = "jwtrail-data";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn config(text: &str) -> MonitorConfig {
        let configuration = toml::from_str(text).unwrap();
        let serve = Serve {
            config: None,
            data: None,
            listen: None,
        };
        let (config, _, _) = serve.monitor_config(configuration).unwrap();
        config
    }

    #[test]
    fn what_is_kept_is_what_the_configuration_says() {
        let kept = config("[retention]\nmax_age = \"90d\"\nmax_size = \"50GiB\"\n").retention;
        assert_eq!(kept.max_age, Some(Duration::from_secs(90 * 86_400)));
        assert_eq!(kept.max_bytes, Some(50 << 30));
        let kept = config("[retention]\nmax_age = \"2h\"\n").retention;
        assert_eq!(kept.max_age, Some(Duration::from_secs(7_200)));
        assert_eq!(kept.max_bytes, Some(10 << 30));
    }
}
