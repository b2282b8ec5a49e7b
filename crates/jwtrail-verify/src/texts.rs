/// A text, and a few small ones that mostly are parts of it, in one allocation: tokens are kept
/// by the thousand, and an allocation of its own takes a small text's length twice.
pub(crate) struct Texts<const N: usize> {
    /// The source, and behind it what is no part of it.
    all: Box<str>,
    /// Where the source ends.
    source: u32,
    places: [Place; N],
}

/// Where a text begins and ends. What is not there ends before it begins.
#[derive(Clone, Copy)]
struct Place {
    start: u32,
    end: u32,
}

impl<const N: usize> Texts<N> {
    pub(crate) fn pack(source: &str, texts: [Option<&str>; N]) -> Self {
        let added = texts.iter().flatten();
        let added = added.filter(|text| part_of(source, text).is_none());
        let length = source.len() + added.map(|text| text.len()).sum::<usize>();
        let mut all = String::with_capacity(length);
        all.push_str(source);
        let places = texts.map(|text| {
            let Some(text) = text else {
                return Place { start: 1, end: 0 };
            };
            let start = part_of(source, text).unwrap_or_else(|| {
                all.push_str(text);
                all.len() - text.len()
            });
            Place {
                start: small(start),
                end: small(start + text.len()),
            }
        });
        Self {
            all: all.into_boxed_str(),
            source: small(source.len()),
            places,
        }
    }

    /// The text of which most are parts.
    pub(crate) fn source(&self) -> &str {
        self.all.get(..self.source as usize).unwrap_or_default()
    }

    pub(crate) fn get(&self, number: usize) -> Option<&str> {
        let place = self.places.get(number)?;
        self.all.get(place.start as usize..place.end as usize)
    }

    /// In bytes.
    pub(crate) const fn len(&self) -> usize {
        self.all.len()
    }
}

/// Where in the source the text lies, if it was borrowed from it: no two texts that are there at
/// once share their bytes otherwise.
fn part_of(source: &str, text: &str) -> Option<usize> {
    let start = text.as_ptr().addr().checked_sub(source.as_ptr().addr())?;
    let found = source.get(start..start.checked_add(text.len())?);
    found.is_some().then_some(start)
}

/// Nothing is cut: a text past the end is not found.
fn small(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn each_text_is_what_was_packed(
            source: String,
            texts: [Option<String>; 5],
            start: usize,
            end: usize,
        ) {
            let mut texts = texts.each_ref().map(Option::as_deref);
            let (start, end) = (start % (source.len() + 1), end % (source.len() + 1));
            let part = source.get(start..end);
            texts[3] = part;
            let packed = Texts::pack(&source, texts);
            for (number, text) in texts.iter().enumerate() {
                proptest::prop_assert_eq!(packed.get(number), *text);
            }
            proptest::prop_assert_eq!(packed.get(5), None);
            proptest::prop_assert_eq!(packed.source(), source);
        }
    }

    #[test]
    fn a_part_of_the_source_takes_no_room() {
        let source = "of one of another";
        let packed = Texts::pack(source, [source.get(3..6), Some("one"), source.get(17..)]);
        assert_eq!(
            [0, 1, 2].map(|place| packed.get(place)),
            [Some("one"), Some("one"), Some("")]
        );
        assert_eq!(packed.len(), source.len() + "one".len());
    }
}
