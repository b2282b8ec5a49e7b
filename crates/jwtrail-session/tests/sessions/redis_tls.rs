//! A Redis that speaks TLS. Which roots are trusted is said by the environment, hence by another
//! process.

use jwtrail_testkit::RedisServer;

use crate::redis::Process;

const ROOTS: &str = "SSL_CERT_FILE";
const TEST: &str = "says_whether_tls_holds";

#[test]
fn a_certificate_of_a_trusted_root_holds() {
    let Some(server) = RedisServer::start_tls().unwrap() else {
        return;
    };
    let mut process = Process::start_with(TEST, &[&server.address(), "-"], |command| {
        command.env(ROOTS, server.certificate())
    });
    process.wait_for_line("it holds");
    process.finish();
}

#[test]
fn a_certificate_of_an_unknown_root_does_not() {
    let Some(server) = RedisServer::start_tls().unwrap() else {
        return;
    };
    let mut process = Process::start_with(TEST, &[&server.address(), "-"], |command| {
        command.env_remove(ROOTS).env_remove("SSL_CERT_DIR")
    });
    process.wait_for_line("UnknownIssuer");
    process.finish();
}

#[test]
fn a_certificate_for_another_name_does_not() {
    let Some(server) = RedisServer::start_tls().unwrap() else {
        return;
    };
    // The same machine, under a name of which the certificate says nothing.
    let other = server.address().replace("127.0.0.1", "localhost");
    let mut process = Process::start_with(TEST, &[&other, "-"], |command| {
        command.env(ROOTS, server.certificate())
    });
    process.wait_for_line("refused: ");
    process.finish();
}
