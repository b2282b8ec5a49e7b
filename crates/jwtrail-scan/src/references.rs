//! What the numbers stand for that checks refer to. A check may refer to nothing else, so that
//! no number is published that nobody has looked up.

/// The name of a weakness in the CWE list.
pub(crate) fn weakness(number: u16) -> Option<&'static str> {
    let found = CWE.iter().find(|(own, _)| *own == number);
    found.map(|(_, name)| *name)
}

/// The title of a section, a control or a risk; empty for requirements that have none.
pub(crate) fn source(reference: &str) -> Option<&'static str> {
    if let Some(requirement) = reference.strip_prefix("OWASP ASVS 5.0 ") {
        return ASVS.contains(&requirement).then_some("");
    }
    let found = SOURCES.iter().find(|(own, _)| *own == reference);
    found.map(|(_, title)| *title)
}

/// Common Weakness Enumeration.
const CWE: [(u16, &str); 37] = [
    (20, "Improper Input Validation"),
    (
        22,
        "Improper Limitation of a Pathname to a Restricted Directory ('Path Traversal')",
    ),
    (
        89,
        "Improper Neutralization of Special Elements used in an SQL Command ('SQL Injection')",
    ),
    (
        93,
        "Improper Neutralization of CRLF Sequences ('CRLF Injection')",
    ),
    (116, "Improper Encoding or Escaping of Output"),
    (117, "Improper Output Neutralization for Logs"),
    (
        150,
        "Improper Neutralization of Escape, Meta, or Control Sequences",
    ),
    (
        209,
        "Generation of Error Message Containing Sensitive Information",
    ),
    (223, "Omission of Security-relevant Information"),
    (285, "Improper Authorization"),
    (287, "Improper Authentication"),
    (290, "Authentication Bypass by Spoofing"),
    (294, "Authentication Bypass by Capture-replay"),
    (306, "Missing Authentication for Critical Function"),
    (
        307,
        "Improper Restriction of Excessive Authentication Attempts",
    ),
    (312, "Cleartext Storage of Sensitive Information"),
    (319, "Cleartext Transmission of Sensitive Information"),
    (327, "Use of a Broken or Risky Cryptographic Algorithm"),
    (345, "Insufficient Verification of Data Authenticity"),
    (346, "Origin Validation Error"),
    (347, "Improper Verification of Cryptographic Signature"),
    (348, "Use of Less Trusted Source"),
    (436, "Interpretation Conflict"),
    (522, "Insufficiently Protected Credentials"),
    (
        525,
        "Use of Web Browser Cache Containing Sensitive Information",
    ),
    (532, "Insertion of Sensitive Information into Log File"),
    (
        598,
        "Use of GET Request Method With Sensitive Query Strings",
    ),
    (613, "Insufficient Session Expiration"),
    (639, "Authorization Bypass Through User-Controlled Key"),
    (755, "Improper Handling of Exceptional Conditions"),
    (770, "Allocation of Resources Without Limits or Throttling"),
    (778, "Insufficient Logging"),
    (798, "Use of Hard-coded Credentials"),
    (799, "Improper Control of Interaction Frequency"),
    (863, "Incorrect Authorization"),
    (918, "Server-Side Request Forgery (SSRF)"),
    (1391, "Use of Weak Credentials"),
];

/// Requirements of OWASP's Application Security Verification Standard 5.0.
const ASVS: [&str; 33] = [
    "2.4.1", "4.1.2", "4.1.3", "4.1.4", "7.4.1", "8.2.1", "8.2.2", "8.3.2", "9.1.1", "9.1.2",
    "9.1.3", "9.2.1", "9.2.2", "9.2.3", "10.3.1", "10.3.2", "10.3.3", "10.4.5", "11.2.3", "13.3.1",
    "14.2.1", "14.2.4", "16.2.1", "16.2.2", "16.2.4", "16.2.5", "16.3.1", "16.3.2", "16.3.3",
    "16.4.1", "16.5.1", "16.5.2", "16.5.3",
];

/// Sections, controls and risks, with their titles; what has none is named by what it is about.
const SOURCES: [(&str, &str); 44] = [
    ("NIST SP 800-53 AC-7", "Unsuccessful Logon Attempts"),
    ("NIST SP 800-53 AU-2", "Event Logging"),
    ("NIST SP 800-53 AU-3", "Content of Audit Records"),
    (
        "NIST SP 800-53 AU-5",
        "Response to Audit Logging Process Failures",
    ),
    (
        "NIST SP 800-53 AU-6",
        "Audit Record Review, Analysis, and Reporting",
    ),
    ("NIST SP 800-53 AU-8", "Time Stamps"),
    ("NIST SP 800-53 AU-12", "Audit Record Generation"),
    ("NIST SP 800-53 SI-11", "Error Handling"),
    ("OWASP API1:2023", "Broken Object Level Authorization"),
    ("OWASP API2:2023", "Broken Authentication"),
    ("OWASP API4:2023", "Unrestricted Resource Consumption"),
    ("OWASP API5:2023", "Broken Function Level Authorization"),
    ("OWASP API7:2023", "Server Side Request Forgery"),
    ("OWASP API8:2023", "Security Misconfiguration"),
    ("OWASP API9:2023", "Improper Inventory Management"),
    ("PCI DSS 4.0.1 10.2.1.4", "invalid logical access attempts"),
    ("PCI DSS 4.0.1 10.2.2", "details of each auditable event"),
    ("PCI DSS 4.0.1 10.4.1.1", "automated audit log reviews"),
    ("RFC 6749 section 5.1", "Successful Response"),
    ("RFC 6750 section 2.1", "Authorization Request Header Field"),
    (
        "RFC 6750 section 3",
        "The WWW-Authenticate Response Header Field",
    ),
    ("RFC 6750 section 3.1", "Error Codes"),
    ("RFC 7009 section 2", "Token Revocation"),
    ("RFC 7515 section 3.1", "JWS Compact Serialization Overview"),
    (
        "RFC 7515 section 4.1.11",
        "\"crit\" (Critical) Header Parameter",
    ),
    ("RFC 7519 section 4.1.4", "\"exp\" (Expiration Time) Claim"),
    ("RFC 7519 section 4.1.5", "\"nbf\" (Not Before) Claim"),
    (
        "RFC 8725 section 2.1",
        "Weak Signatures and Insufficient Signature Validation",
    ),
    ("RFC 8725 section 3.1", "Perform Algorithm Verification"),
    (
        "RFC 8725 section 3.3",
        "Validate All Cryptographic Operations",
    ),
    (
        "RFC 8725 section 3.5",
        "Ensure Cryptographic Keys Have Sufficient Entropy",
    ),
    ("RFC 8725 section 3.8", "Validate Issuer and Subject"),
    ("RFC 8725 section 3.9", "Use and Validate Audience"),
    ("RFC 8725 section 3.10", "Do Not Trust Received Claims"),
    ("RFC 8725 section 3.11", "Use Explicit Typing"),
    ("RFC 9068 section 2.2", "Data Structure"),
    ("RFC 9068 section 4", "Validating JWT Access Tokens"),
    ("RFC 9110 section 5.3", "Field Order"),
    ("RFC 9110 section 5.5", "Field Values"),
    ("RFC 9112 section 5.2", "Obsolete Line Folding"),
    ("RFC 9700 section 4.3.2", "Access Token in Browser History"),
    (
        "RFC 9700 section 4.14.2",
        "Refresh Token Protection: Recommendations",
    ),
    ("SOC 2 CC7.2", "monitoring for anomalies"),
    ("W3C Trace Context", ""),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::check::CheckId;

    #[test]
    fn checks_refer_to_nothing_that_was_not_looked_up() {
        for check in CheckId::ALL {
            let about = check.about();
            for number in about.cwe {
                assert!(weakness(*number).is_some(), "{check}: CWE-{number}");
            }
            for reference in about.references {
                assert!(source(reference).is_some(), "{check}: {reference}");
            }
        }
    }

    #[test]
    fn nothing_is_listed_that_no_check_refers_to() {
        let abouts = || CheckId::ALL.iter().map(|check| check.about());
        let numbers: BTreeSet<u16> = abouts().flat_map(|about| about.cwe).copied().collect();
        let listed: BTreeSet<u16> = CWE.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, listed);
        let references: BTreeSet<&str> = abouts()
            .flat_map(|about| about.references)
            .copied()
            .collect();
        let listed = ASVS.iter().map(|number| format!("OWASP ASVS 5.0 {number}"));
        let listed = listed.chain(SOURCES.iter().map(|(own, _)| (*own).to_owned()));
        let listed: BTreeSet<String> = listed.collect();
        assert_eq!(
            references
                .into_iter()
                .map(str::to_owned)
                .collect::<BTreeSet<_>>(),
            listed
        );
    }

    #[test]
    fn what_was_not_looked_up_is_unknown() {
        assert_eq!(weakness(521), None);
        assert_eq!(source("OWASP ASVS 5.0 6.3.1"), None);
        assert_eq!(source("RFC 8725 section 3.4"), None);
    }
}
