use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// A mail server that keeps what it gets, without TLS. It ends with the test's process.
#[derive(Clone)]
pub(crate) struct Postbox {
    pub(crate) address: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    mails: Vec<String>,
    refused: usize,
    /// What it says to whoever comes, and to their name.
    greeting: Option<&'static str>,
    hello: Option<&'static str>,
    /// What a command for a reader holds, and what it is answered with.
    answers: Vec<(&'static str, &'static str)>,
}

impl Postbox {
    pub(crate) fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let postbox = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::default(),
        };
        let keeper = postbox.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                keeper.talk(stream.unwrap());
            }
        });
        postbox
    }

    /// Answers every reader's name with this, or takes it again.
    pub(crate) fn refuse(&self, answer: Option<&'static str>) {
        let answers = answer.map(|answer| ("", answer)).into_iter().collect();
        self.state.0.lock().unwrap().answers = answers;
    }

    /// Greets everybody with this, or as it should.
    pub(crate) fn greet(&self, greeting: Option<&'static str>) {
        self.state.0.lock().unwrap().greeting = greeting;
    }

    /// Answers this to EHLO, or as it should.
    pub(crate) fn answer_hello(&self, answer: Option<&'static str>) {
        self.state.0.lock().unwrap().hello = answer;
    }

    /// Answers this reader's name with this.
    pub(crate) fn refuse_reader(&self, reader: &'static str, answer: &'static str) {
        let mut state = self.state.0.lock().unwrap();
        state.answers.retain(|(known, _)| *known != reader);
        state.answers.push((reader, answer));
    }

    fn talk(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let say = |text: &str| (&stream).write_all(format!("{text}\r\n").as_bytes());
        let mut line = String::new();
        let greeting = self.said(|state| state.greeting);
        say(greeting.unwrap_or("220 postbox")).unwrap();
        while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
            let command = std::mem::take(&mut line);
            let answer = match command.to_ascii_uppercase().get(..4) {
                Some("EHLO") => self.said(|state| state.hello).unwrap_or("250 postbox"),
                Some("RCPT") => self.answer(&command),
                Some("DATA") => {
                    say("354 go on").unwrap();
                    self.keep(&mut reader);
                    "250 kept"
                }
                Some("QUIT") => "221 bye",
                _ => "250 postbox",
            };
            if say(answer).is_err() {
                return;
            }
        }
    }

    /// A refusal, if there is one to say.
    fn said(&self, which: impl Fn(&State) -> Option<&'static str>) -> Option<&'static str> {
        let mut state = self.state.0.lock().unwrap();
        let refusal = which(&state)?;
        state.refused += 1;
        self.state.1.notify_all();
        Some(refusal)
    }

    fn answer(&self, command: &str) -> &'static str {
        let mut state = self.state.0.lock().unwrap();
        let mut answers = state.answers.iter();
        let refused = answers.find(|(reader, _)| command.contains(reader));
        let Some((_, answer)) = refused.copied() else {
            return "250 known";
        };
        state.refused += 1;
        self.state.1.notify_all();
        answer
    }

    fn keep(&self, reader: &mut BufReader<TcpStream>) {
        let mut mail = String::new();
        while !mail.ends_with("\r\n.\r\n") {
            assert!(reader.read_line(&mut mail).unwrap() > 0, "a torn mail");
        }
        self.state.0.lock().unwrap().mails.push(mail);
        self.state.1.notify_all();
    }

    /// Blocks until it has so many mails; all of them.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<String> {
        self.wait(|state| state.mails.len() >= count);
        self.state.0.lock().unwrap().mails.clone()
    }

    /// How many it has refused.
    pub(crate) fn refused(&self) -> usize {
        self.state.0.lock().unwrap().refused
    }

    /// Blocks until it has refused so many.
    pub(crate) fn wait_for_refusals(&self, count: usize) {
        self.wait(|state| state.refused >= count);
    }

    fn wait(&self, enough: impl Fn(&State) -> bool) {
        let state = self.state.0.lock().unwrap();
        let lacks = |state: &mut State| !enough(state);
        let waited = self.state.1.wait_timeout_while(state, PATIENCE, lacks);
        assert!(!waited.unwrap().1.timed_out(), "not enough mail");
    }
}

const PATIENCE: Duration = Duration::from_secs(20);
