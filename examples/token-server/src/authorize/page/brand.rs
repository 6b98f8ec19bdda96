/// What makes the pages the operator's own.
#[derive(Clone, Debug)]
pub(crate) struct Brand {
    pub(crate) name: Option<String>,
    pub(crate) logo: Option<Logo>,
    pub(crate) light: Palette,
    pub(crate) dark: Palette,
}

/// An image.
#[derive(Clone, Debug)]
pub(crate) struct Logo {
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// Colours as CSS writes them.
#[derive(Clone, Debug)]
pub(crate) struct Palette {
    pub(crate) accent: String,
    /// Can be read on the accent.
    pub(crate) on_accent: String,
}
