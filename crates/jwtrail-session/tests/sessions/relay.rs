//! Somebody between us and Redis, with whom answers are lost.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use jwtrail_testkit::RedisServer;

/// The address of a relay that breaks so many connections on which there is a question with this
/// text, each when Redis has answered it.
pub(crate) fn losing(server: &RedisServer, count: u32, text: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("redis://{}", listener.local_addr().unwrap());
    let redis = server.host();
    thread::spawn(move || {
        let mut left = count;
        for client in listener.incoming() {
            // Redis is gone when the test has ended; then there is nobody to relay to.
            let Ok(redis) = TcpStream::connect(&redis) else {
                return;
            };
            let lost = relay(client.unwrap(), redis, |question| {
                left > 0 && question.windows(text.len()).any(|part| part == text)
            });
            left -= u32::from(lost.unwrap_or(false));
        }
    });
    address
}

/// Question by question, as nobody asks a second one before the first is answered. Gives whether
/// an answer was lost; an error if one of the two went away by himself.
fn relay(
    mut client: TcpStream,
    mut redis: TcpStream,
    loses: impl Fn(&[u8]) -> bool,
) -> io::Result<bool> {
    let mut bytes = [0; 4_096];
    loop {
        let asked = client.read(&mut bytes)?;
        if asked == 0 {
            return Ok(false);
        }
        let lost = loses(&bytes[..asked]);
        redis.write_all(&bytes[..asked])?;
        let answered = redis.read(&mut bytes)?;
        if lost {
            return Ok(true);
        }
        client.write_all(&bytes[..answered])?;
    }
}
