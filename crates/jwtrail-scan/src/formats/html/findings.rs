use super::super::group::{Group, groups};
use super::{escaped, in_lines, preformatted, prose};
use crate::{RecordEvidence, ScanReport, Severity};

/// What failed, the worst first.
pub(super) fn section(report: &ScanReport) -> String {
    let groups = groups(report);
    if groups.is_empty() {
        return "<section><h2>Findings</h2>\n<p>None.</p></section>\n".to_owned();
    }
    let same = |one: &Group<'_>, other: &Group<'_>| {
        (one.first.check, one.first.severity) == (other.first.check, other.first.severity)
    };
    let findings: Vec<String> = groups
        .chunk_by(same)
        .enumerate()
        .map(|(at, groups)| of_one_check(groups, at == 0))
        .collect();
    format!(
        "<section><h2>Findings</h2>\n<p class=\"count\">{}</p>\n{}</section>\n",
        count(&groups),
        findings.concat()
    )
}

/// How many there are of each severity, so that a long list does not have to be counted.
fn count(groups: &[Group<'_>]) -> String {
    let all = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
    ];
    let of_each = all.iter().filter_map(|severity| {
        let own = groups
            .iter()
            .filter(|group| group.first.severity == *severity);
        let count = own.count();
        (count > 0).then(|| format!("{count} {severity}"))
    });
    of_each.collect::<Vec<_>>().join(" · ")
}

/// What one check found. Many of one kind stand under one line, or the other kinds would be lost
/// among them. Of the first the first is open, so that one sees what a finding tells.
fn of_one_check(groups: &[Group<'_>], is_first: bool) -> String {
    let findings = groups
        .iter()
        .enumerate()
        .map(|(at, group)| finding(group, is_first && at == 0));
    let findings: String = findings.collect();
    let Some(first) = groups.first().filter(|_| groups.len() > FEW) else {
        return findings;
    };
    format!(
        "<details class=\"finding many\"{}><summary><span class=\"pill {severity}\">{severity}</span> \
         <span class=\"id\">{}</span> <span>{}: failed in {} ways</span></summary>\n{findings}</details>\n",
        if is_first { " open" } else { "" },
        first.first.check,
        prose(first.first.check.about().title),
        groups.len(),
        severity = first.first.severity,
    )
}

fn finding(group: &Group<'_>, open: bool) -> String {
    let finding = group.first;
    let about = finding.check.about();
    let variant = match finding.variant.as_str() {
        "" => String::new(),
        variant => format!(" <code>{}</code>", escaped(variant)),
    };
    let mut rows = String::new();
    let mut row = |name: &str, value: String| {
        rows.push_str(&format!("<dt>{name}</dt><dd>{value}</dd>"));
    };
    let mut places: Vec<String> = finding.operation.iter().map(|name| escaped(name)).collect();
    places.extend(group.others.iter().map(|name| escaped(name)));
    if !places.is_empty() {
        row("Operations", places.join("<br>"));
    }
    if let Some(place) = &finding.place {
        row(
            "Document",
            format!(
                "{}:{}:{}",
                escaped(&place.document),
                place.line,
                place.column
            ),
        );
    }
    for (name, value) in [
        ("Request", &finding.evidence.request),
        ("Answer", &finding.evidence.answer),
    ] {
        if let Some(value) = value {
            row(name, preformatted(value));
        }
    }
    match &finding.evidence.record {
        Some(RecordEvidence::Found(fields)) => row(
            "Record",
            in_lines(fields.iter().map(|field| escaped(field))),
        ),
        Some(RecordEvidence::Searched(what)) => row("Record", escaped(what)),
        None => {}
    }
    row("Expected", prose(about.expected));
    row("Why", prose(about.why));
    row("Remedy", prose(about.remedy.plain));
    row("With jwtrail", prose(about.remedy.jwtrail));
    let cwe = about.cwe.iter().map(|cwe| format!("CWE-{cwe}"));
    let sources: Vec<String> = cwe
        .chain(about.references.iter().map(|text| escaped(text)))
        .collect();
    row("See", sources.join(", "));
    format!(
        "<details class=\"finding\"{}><summary><span class=\"pill {severity}\">{severity}</span> \
         <span class=\"id\">{}{variant}</span> <span>{}</span></summary><dl>{rows}</dl></details>\n",
        if open { " open" } else { "" },
        finding.check,
        prose(&finding.summary),
        severity = finding.severity,
    )
}

/// So many of one check stand each by itself.
const FEW: usize = 3;
