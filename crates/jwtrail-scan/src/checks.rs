//! The checks, one file each: what there is to know about each, what it sends, how it is judged.

pub(crate) mod alr_01;
pub(crate) mod aut_01;
pub(crate) mod aut_02;
pub(crate) mod aut_03;
pub(crate) mod aut_04;
pub(crate) mod aut_05;
pub(crate) mod aut_06;
pub(crate) mod clm_01;
pub(crate) mod clm_02;
pub(crate) mod clm_03;
pub(crate) mod clm_04;
pub(crate) mod clm_05;
pub(crate) mod clm_06;
pub(crate) mod clm_07;
pub(crate) mod err_01;
pub(crate) mod fetch_listener;
pub(crate) mod hdr_01;
mod hostile;
pub(crate) mod key_01;
pub(crate) mod key_02;
pub(crate) mod key_03;
pub(crate) mod key_04;
pub(crate) mod key_05;
pub(crate) mod log_01;
pub(crate) mod log_02;
pub(crate) mod log_03;
pub(crate) mod log_04;
pub(crate) mod log_05;
pub(crate) mod log_06;
pub(crate) mod log_07;
pub(crate) mod log_08;
pub(crate) mod log_09;
pub(crate) mod pre_1;
pub(crate) mod pre_2;
mod raw_header;
pub(crate) mod ref_01;
pub(crate) mod ref_02;
pub(crate) mod rev_01;
pub(crate) mod rte_01;
pub(crate) mod rte_02;
pub(crate) mod rte_03;
pub(crate) mod scp_01;
pub(crate) mod scp_02;
pub(crate) mod scp_03;
pub(crate) mod sig_01;
pub(crate) mod sig_02;
pub(crate) mod sig_03;
pub(crate) mod sig_04;
pub(crate) mod sig_05;
pub(crate) mod sig_06;
pub(crate) mod spc_01;
pub(crate) mod tls_01;

use crate::check::CheckId;
use crate::finding::CheckResult;
use crate::judge;
use crate::observed::UnreadableLog;
use crate::plan::Plan;
use crate::run::Run;

/// Checks that are sent together; the valid token is tried after each group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    Credentials,
    Signatures,
    Keys,
    Claims,
    Scopes,
    Hostile,
    Outage,
    Limits,
    Logout,
    Refresh,
}

impl Group {
    pub(crate) const ALL: &'static [Self] = &[
        Self::Credentials,
        Self::Signatures,
        Self::Keys,
        Self::Claims,
        Self::Scopes,
        Self::Hostile,
        Self::Outage,
        Self::Limits,
        Self::Logout,
        Self::Refresh,
    ];

    /// Whether the valid token must be accepted afterwards; the last groups end sessions.
    pub(crate) const fn leaves_the_token(self) -> bool {
        !matches!(self, Self::Logout | Self::Refresh)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Signatures => "signatures",
            Self::Keys => "keys",
            Self::Claims => "claims",
            Self::Scopes => "scopes",
            Self::Hostile => "hostile values",
            Self::Outage => "log's outage",
            Self::Limits => "limits",
            Self::Refresh => "refresh",
            Self::Logout => "logout",
        }
    }

    /// The checks that it sends for.
    pub(crate) const fn checks(self) -> &'static [CheckId] {
        match self {
            Self::Credentials => &[
                CheckId::Aut02,
                CheckId::Aut03,
                CheckId::Aut04,
                CheckId::Aut05,
                CheckId::Aut06,
            ],
            Self::Signatures => &[
                CheckId::Sig01,
                CheckId::Sig02,
                CheckId::Sig03,
                CheckId::Sig04,
                CheckId::Sig05,
                CheckId::Sig06,
            ],
            Self::Keys => &[
                CheckId::Key01,
                CheckId::Key02,
                CheckId::Key03,
                CheckId::Key04,
                CheckId::Key05,
            ],
            Self::Claims => &[
                CheckId::Clm01,
                CheckId::Clm02,
                CheckId::Clm03,
                CheckId::Clm04,
                CheckId::Clm05,
                CheckId::Clm06,
                CheckId::Clm07,
            ],
            Self::Scopes => &[CheckId::Scp01, CheckId::Scp02, CheckId::Scp03],
            Self::Hostile => &[CheckId::Log04, CheckId::Log06],
            Self::Outage => &[CheckId::Log09],
            Self::Limits => &[CheckId::Rte01, CheckId::Rte03, CheckId::Rte02],
            Self::Refresh => &[CheckId::Ref01, CheckId::Ref02],
            Self::Logout => &[CheckId::Rev01],
        }
    }
}

/// Sends what a group of checks sends.
pub(crate) async fn send(group: Group, run: &mut Run<'_>) -> Result<(), UnreadableLog> {
    for check in group.checks() {
        match check {
            CheckId::Log09 => log_09::send(run).await?,
            CheckId::Rte01 => rte_01::send(run).await?,
            CheckId::Rte02 => rte_02::send(run).await?,
            CheckId::Rte03 => rte_03::send(run).await?,
            CheckId::Ref01 => ref_01::send(run).await?,
            CheckId::Ref02 => ref_02::send(run).await?,
            CheckId::Rev01 => rev_01::send(run).await?,
            CheckId::Key04 => {
                let plan = plan(*check, run);
                key_04::send(run, plan).await?;
            }
            check => {
                let plan = plan(*check, run);
                run.carry_out(*check, plan).await?;
            }
        }
    }
    Ok(())
}

/// What a check sends that needs to know no answer.
fn plan(check: CheckId, run: &Run<'_>) -> Plan {
    match check {
        CheckId::Aut06 => aut_06::plan(run),
        CheckId::Scp01 => scp_01::plan(run),
        CheckId::Scp02 => scp_02::plan(run),
        CheckId::Scp03 => scp_03::plan(run),
        CheckId::Log04 => log_04::plan(run),
        CheckId::Log06 => log_06::plan(run),
        check => {
            let mut plan = from_catalogue(check, run);
            plan.probes.extend(raw_header::probes(run, check));
            plan
        }
    }
}

/// Every variant of the forge's catalogue on the deep operation, and one on each other.
fn from_catalogue(check: CheckId, run: &Run<'_>) -> Plan {
    let workshop = run.workshop();
    let mut plan = Plan::default();
    if let Some(operation) = run.operations.get(run.deep) {
        plan = workshop.cases(check, run.deep, operation);
    }
    let everywhere = EVERYWHERE.iter().find(|(own, _)| *own == check);
    for (number, operation) in run.reachable() {
        if number != run.deep
            && let Some((_, case)) = everywhere
        {
            plan.probes
                .extend(workshop.case(case, number, operation).probes);
        }
    }
    plan
}

/// The variant of a check that is tried on every operation: a route may have been forgotten.
const EVERYWHERE: [(CheckId, &str); 4] = [
    (CheckId::Sig01, "SIG-01/middle-byte"),
    (CheckId::Sig03, "SIG-03/none"),
    (CheckId::Clm01, "CLM-01/hour-ago"),
    (CheckId::Clm04, "CLM-04/other"),
];

/// What a check is judged by.
pub(crate) struct Seen<'r, 'o> {
    pub(crate) run: &'r Run<'o>,
    /// Connections that came to the listener of KEY-02.
    pub(crate) fetches: u32,
    /// Alerts that came; none where none were expected.
    pub(crate) alerts: Option<u32>,
}

/// What became of a check.
pub(crate) fn judge(check: CheckId, seen: &Seen<'_, '_>) -> CheckResult {
    let run = seen.run;
    match check {
        CheckId::Pre2 => pre_2::judge(run),
        CheckId::Aut05 => aut_05::judge(run),
        CheckId::Key02 => key_02::judge(seen),
        CheckId::Rte01 => rte_01::judge(run),
        CheckId::Rte02 => rte_02::judge(run),
        CheckId::Rte03 => rte_03::judge(run),
        CheckId::Ref01 => ref_01::judge(run),
        CheckId::Ref02 => ref_02::judge(run),
        CheckId::Rev01 => rev_01::judge(run),
        CheckId::Key04 => key_04::judge(run),
        CheckId::Log01 => log_01::judge(run),
        CheckId::Log02 => log_02::judge(run),
        CheckId::Log03 => log_03::judge(run),
        CheckId::Log04 => log_04::judge(run),
        CheckId::Log05 => log_05::judge(run),
        CheckId::Log06 => log_06::judge(run),
        CheckId::Log07 => log_07::judge(run),
        CheckId::Log08 => log_08::judge(run),
        CheckId::Log09 => log_09::judge(run),
        CheckId::Err01 => err_01::judge(run),
        CheckId::Hdr01 => hdr_01::judge(run),
        CheckId::Spc01 => spc_01::judge(run),
        CheckId::Tls01 => tls_01::judge(run),
        CheckId::Alr01 => alr_01::judge(seen),
        check => judge::probes(run, check),
    }
}
