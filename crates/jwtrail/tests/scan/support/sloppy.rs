use jwtrail_event::SecretToken;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server that reads headers as nobody should: half a line's end ends a line, blanks around a
/// name are cut, a text ends at its first NUL, and of two headers the last counts.
pub(crate) struct Sloppy {
    pub(crate) url: String,
    accepting: JoinHandle<()>,
}

impl Sloppy {
    /// Lets in who brings this token.
    pub(crate) async fn start(token: &SecretToken) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let token = token.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, token.clone()));
            }
        });
        Self { url, accepting }
    }

    pub(crate) fn stop(self) {
        self.accepting.abort();
    }
}

async fn answer(mut stream: TcpStream, token: SecretToken) {
    let mut got = Vec::new();
    while !got.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => got.push(byte),
            Err(_) => return,
        }
    }
    let text = String::from_utf8_lossy(&got);
    let fields = text
        .split(['\r', '\n'])
        .filter_map(|line| line.split_once(':'));
    let mut credentials =
        fields.filter(|(name, _)| name.trim().eq_ignore_ascii_case("authorization"));
    let last = credentials.next_back();
    let value = last.map(|(_, value)| value.split('\0').next().unwrap_or_default());
    let words: Vec<&str> = value.unwrap_or_default().split_whitespace().collect();
    let answer = if words == ["Bearer", token.expose()] {
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"
    } else {
        "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer error=\"invalid_token\"\r\n\
         content-length: 0\r\nconnection: close\r\n\r\n"
    };
    // Whoever went away needs no answer.
    stream.write_all(answer.as_bytes()).await.ok();
}
