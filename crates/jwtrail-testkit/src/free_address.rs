use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// An address of this machine that is free, for a server that is another process or that starts
/// later.
///
/// One that can listen at once had better ask the system for a port, with port 0. That is no help
/// here: a port that was given back is soon given to somebody else. This one is below the ports
/// that systems choose from (49152 and up by RFC 6335 section 6, 32768 and up on Linux), and no
/// two calls in a process give the same before all of them have been given.
///
/// ```
/// use std::net::TcpListener;
///
/// let address = jwtrail_testkit::free_address()?;
/// let listener = TcpListener::bind(address)?;
/// assert_eq!(listener.local_addr()?, address);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// [`io::ErrorKind::AddrInUse`] where no port is free, and what else binding one may bring.
pub fn free_address() -> io::Result<SocketAddr> {
    // Processes that run side by side begin at different places.
    let start = process::id().wrapping_mul(APART);
    for _ in 0..PORTS {
        let further = CALLS.fetch_add(1, Ordering::Relaxed);
        let at = start.wrapping_add(further) % u32::from(PORTS);
        let port = FIRST.saturating_add(u16::try_from(at).unwrap_or(0));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        match TcpListener::bind(address) {
            Ok(_) => return Ok(address),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

static CALLS: AtomicU32 = AtomicU32::new(0);
const FIRST: u16 = 20_000;
const PORTS: u16 = 12_000;
/// More than a process needs.
const APART: u32 = 101;
