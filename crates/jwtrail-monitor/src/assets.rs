//! The files of the dashboard, embedded when the crate is built.

/// One embedded file of the dashboard.
#[derive(Debug)]
pub(crate) struct Asset {
    /// The path that it is served at, e.g. `/assets/index-4f1c.js`.
    pub(crate) path: &'static str,
    /// The value of its `Content-Type` header.
    pub(crate) content_type: &'static str,
    /// The value of its `ETag` header, quotes included.
    pub(crate) etag: &'static str,
    /// Whether the path changes with the content, so that browsers may keep it forever.
    pub(crate) immutable: bool,
    /// The content.
    pub(crate) body: &'static [u8],
}

impl Asset {
    /// The value of its `Cache-Control` header.
    pub(crate) const fn cache_control(&self) -> &'static str {
        if self.immutable {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        }
    }
}

/// The file that is served at a path; `/` is the page itself.
pub(crate) fn find(path: &str) -> Option<&'static Asset> {
    let path = if path == "/" { "/index.html" } else { path };
    let index = ASSETS.binary_search_by(|asset| asset.path.cmp(path)).ok()?;
    ASSETS.get(index)
}

/// Sorted by path.
static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/dashboard_files.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_found_at_the_root_and_names_files_that_exist() {
        let page = find("/").expect("the page is embedded");
        assert_eq!(page.content_type, "text/html; charset=utf-8");
        assert_eq!(page.cache_control(), "no-cache");
        let html = std::str::from_utf8(page.body).expect("UTF-8");
        let named: Vec<&str> = html
            .split(['"'])
            .filter(|text| text.starts_with("/assets/"))
            .collect();
        assert!(named.iter().any(|path| path.ends_with(".js")), "{html}");
        assert!(named.iter().any(|path| path.ends_with(".css")), "{html}");
        for path in named {
            let asset = find(path).unwrap_or_else(|| panic!("{path} is not embedded"));
            assert!(asset.immutable, "{path}");
            assert!(!asset.body.is_empty(), "{path}");
        }
    }

    #[test]
    fn the_page_keeps_to_its_content_security_policy() {
        for asset in ASSETS {
            let Ok(text) = std::str::from_utf8(asset.body) else {
                continue;
            };
            if asset.path.ends_with(".html") {
                assert!(!text.contains("<style"), "{}", asset.path);
                assert!(!text.contains(" style="), "{}", asset.path);
                assert!(!text.contains("<script>"), "{}", asset.path);
            }
            if asset.path.ends_with(".css") {
                assert!(!text.contains("@import"), "{}", asset.path);
                assert!(!text.contains("url(http"), "{}", asset.path);
            }
        }
    }

    #[test]
    fn every_file_has_its_own_etag_and_is_found() {
        let mut etags: Vec<&str> = ASSETS.iter().map(|asset| asset.etag).collect();
        etags.sort_unstable();
        etags.dedup();
        assert_eq!(etags.len(), ASSETS.len());
        for asset in ASSETS {
            assert_eq!(find(asset.path).map(|found| found.path), Some(asset.path));
        }
        assert!(find("/assets/../index.html").is_none());
        assert!(find("").is_none());
    }
}
