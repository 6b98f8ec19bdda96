use super::*;

#[test]
fn images_are_known_by_their_first_bytes() {
    for (bytes, expected) in [
        (&b"\x89PNG\r\n\x1a\n...."[..], Some("image/png")),
        (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
        (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
        (
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            Some("image/svg+xml"),
        ),
        (
            b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<svg/>",
            Some("image/svg+xml"),
        ),
        (b"<!doctype html><svg/>", None),
        (b"GIF89a", None),
        (b"", None),
    ] {
        assert_eq!(media_type(bytes), expected);
    }
}

#[test]
fn the_text_of_a_button_can_be_read_on_it() {
    for accent in [
        Colour::BLACK,
        Colour([0x4f, 0x46, 0xe5]),
        Colour([0xff, 0xd5, 0x4f]),
    ] {
        let palette = palette(accent);
        let on_accent = if palette.on_accent == "#ffffff" {
            Colour::WHITE
        } else {
            Colour::BLACK
        };
        assert!(accent.contrast(on_accent) >= LEAST_CONTRAST, "{palette:?}");
    }
}
