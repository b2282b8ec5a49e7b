use redis::{Cmd, Script, ToRedisArgs};

/// What is asked of Redis in one command.
pub(super) struct Question {
    command: Cmd,
    script: Option<&'static Script>,
    once: bool,
}

impl Question {
    pub(super) fn command_of(name: &str) -> Self {
        Self {
            command: redis::cmd(name),
            script: None,
            once: false,
        }
    }

    /// A script by its hash; Redis is given its text when it does not know it.
    pub(super) fn script_of(script: &'static Script, keys: &[String]) -> Self {
        let mut command = redis::cmd("EVALSHA");
        command.arg(script.get_hash()).arg(keys.len()).arg(keys);
        Self {
            command,
            script: Some(script),
            once: false,
        }
    }

    pub(super) fn arg(mut self, argument: impl ToRedisArgs) -> Self {
        self.command.arg(argument);
        self
    }

    /// Not to be asked again when the answer was lost.
    pub(super) fn once(mut self) -> Self {
        self.once = true;
        self
    }

    pub(super) fn may_be_repeated(&self) -> bool {
        !self.once
    }

    pub(super) fn command(&self) -> &Cmd {
        &self.command
    }

    pub(super) fn script(&self) -> Option<&'static Script> {
        self.script
    }
}
