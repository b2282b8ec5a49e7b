use super::super::Body;
use super::super::cursor::Cursor;
use super::super::sample::Sampler;
use super::Reader;

impl<'t> Reader<'t> {
    /// The `requestBody` of OpenAPI 3.
    pub(super) fn body(&self, operation: Cursor<'_, 't>) -> Option<Body> {
        let body = self.map(operation.get("requestBody")?, "a request body")?;
        let content = self.map(body.get("content")?, "`content`")?;
        let (content_type, media) = content
            .entries()
            .min_by_key(|(content_type, _)| rank(content_type))?;
        let media = self.map(media, "a media type")?;
        let required = body
            .node
            .get("required")
            .and_then(|required| required.bool());
        Some(Body {
            content_type: content_type.to_owned(),
            required: required.unwrap_or(false),
            sample: Sampler::new(&self.documents).held(media),
        })
    }
}

/// How hard it is to write a body of a media type.
pub(super) fn rank(content_type: &str) -> u8 {
    let bare = content_type.split(';').next().unwrap_or_default().trim();
    match bare.to_ascii_lowercase().as_str() {
        "application/json" => 0,
        json if json.ends_with("+json") || json.ends_with("/json") => 1,
        "application/x-www-form-urlencoded" => 2,
        "*/*" | "application/*" => 3,
        text if text.starts_with("text/") => 4,
        "multipart/form-data" => 5,
        _ => 6,
    }
}
