use super::super::Response;
use super::super::cursor::Cursor;
use super::Reader;

impl<'t> Reader<'t> {
    pub(super) fn responses(&self, operation: Cursor<'_, 't>) -> Vec<Response> {
        let responses = operation.get("responses");
        let Some(responses) = responses.and_then(|all| self.map(all, "`responses`")) else {
            return Vec::new();
        };
        responses
            .entries()
            .filter(|(code, _)| !code.starts_with("x-"))
            .map(|(code, response)| {
                let headers = self.map(response, "a response").map(|response| {
                    let headers = response.node.get("headers").and_then(|all| all.map());
                    let names = headers.into_iter().flat_map(|headers| headers.iter());
                    names.map(|(name, _)| name.to_owned()).collect()
                });
                Response {
                    code: code.to_owned(),
                    headers: headers.unwrap_or_default(),
                }
            })
            .collect()
    }
}
