use super::*;

#[test]
fn colours_have_three_or_six_digits() {
    assert_eq!(Colour::parse("#4f46e5"), Some(Colour([0x4f, 0x46, 0xe5])));
    assert_eq!(Colour::parse("#FA0"), Some(Colour([0xff, 0xaa, 0x00])));
    assert_eq!(Colour([1, 2, 255]).to_string(), "#0102ff");
    for text in [
        "",
        "#",
        "4f46e5",
        "#4f46e",
        "#4f46e5ff",
        "#ggg",
        "red",
        "#+12",
    ] {
        assert_eq!(Colour::parse(text), None, "{text}");
    }
}

#[test]
fn the_contrast_is_that_of_wcag() {
    assert!((Colour::BLACK.contrast(Colour::WHITE) - 21.0).abs() < 1e-9);
    assert!((Colour::WHITE.contrast(Colour::WHITE) - 1.0).abs() < 1e-9);
    // Known to be the lightest grey that passes on white.
    let grey = Colour([0x76; 3]);
    assert!((grey.contrast(Colour::WHITE) - 4.54).abs() < 0.01);
    assert!(Colour([0x77; 3]).contrast(Colour::WHITE) < LEAST_CONTRAST);
}

#[test]
fn a_colour_becomes_light_enough_for_a_dark_card() {
    let card = Colour([0x17, 0x17, 0x1c]);
    for dark in [
        Colour::BLACK,
        Colour([0x4f, 0x46, 0xe5]),
        Colour([0, 0, 255]),
    ] {
        assert!(
            dark.lightened_for(card).contrast(card) >= LEAST_CONTRAST,
            "{dark}"
        );
    }
    let light = Colour([0xff, 0xe0, 0x80]);
    assert_eq!(light.lightened_for(card), light);
}
