use schemars::JsonSchema;
use serde::Deserialize;

/// Names: a list in the file, text with commas between them in the environment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a list of names, or names with commas between them"
)]
pub(crate) enum Names {
    /// As the file gives them.
    List(Vec<String>),
    /// As the environment gives them.
    Text(String),
}

impl Names {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let (list, text) = match self {
            Self::List(names) => (names.as_slice(), ""),
            Self::Text(text) => (&[][..], text.as_str()),
        };
        list.iter()
            .map(String::as_str)
            .chain(text.split(',').map(str::trim))
            .filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_list_and_a_text_are_the_same() {
        let list = Names::List(vec!["orders".to_owned(), "billing".to_owned()]);
        let text = Names::Text("orders, billing,".to_owned());
        assert!(list.iter().eq(text.iter()));
        assert_eq!(list.iter().count(), 2);
    }
}
