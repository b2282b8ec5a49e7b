/// A few small texts in one allocation: tokens are kept by the thousand, and an allocation of
/// its own takes a small text's length twice.
pub(crate) struct Texts<const N: usize> {
    all: Box<str>,
    /// Where each ends, and the next one begins.
    ends: [u32; N],
    /// A bit for each that is there.
    there: u16,
}

impl<const N: usize> Texts<N> {
    pub(crate) fn pack(texts: [Option<&str>; N]) -> Self {
        let length = texts.iter().flatten().map(|text| text.len()).sum();
        let mut all = String::with_capacity(length);
        let mut there = 0;
        let mut number = 0;
        let ends = texts.map(|text| {
            all.push_str(text.unwrap_or_default());
            there |= u16::from(text.is_some()) << number;
            number += 1;
            // Nothing is cut: a text past the end would not be found.
            u32::try_from(all.len()).unwrap_or(u32::MAX)
        });
        Self {
            all: all.into_boxed_str(),
            ends,
            there,
        }
    }

    pub(crate) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        let there = self.there >> number & 1 == 1;
        let found = self.all.get(start as usize..end as usize);
        found.filter(|_| there)
    }

    /// In bytes.
    pub(crate) const fn len(&self) -> usize {
        self.all.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn each_text_is_what_was_packed(texts: [Option<String>; 5]) {
            let packed = Texts::pack(texts.each_ref().map(Option::as_deref));
            for (number, text) in texts.iter().enumerate() {
                proptest::prop_assert_eq!(packed.get(number), text.as_deref());
            }
            proptest::prop_assert_eq!(packed.get(5), None);
        }
    }
}
