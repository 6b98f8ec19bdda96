//! Names, colours and the logo of the login page.

use super::*;

#[test]
fn a_brand_has_a_name_a_logo_and_colours() {
    let config = config(
        "[login_page]\nname = \"Example\"\nlogo = \"logo.svg\"\naccent = \"#07a\"\n\
         accent_dark = \"#7ee2a8\"\n[[clients]]\nid = \"app\"\nname = \"My App\"\n\
         public = true\ngrants = []",
    );
    assert_eq!(config.login_page.name.as_deref(), Some("Example"));
    assert_eq!(
        config.login_page.logo.as_deref(),
        Some(Path::new("logo.svg"))
    );
    assert_eq!(config.login_page.accent.to_string(), "#0077aa");
    assert_eq!(config.clients[0].name.as_deref(), Some("My App"));
}

#[test]
fn colours_that_cannot_be_read_are_refused() {
    for (key, colour, says) in [
        (
            "accent",
            "#ffcc00",
            "a colour with a contrast of at least 4.5:1 to #ffffff; found #ffcc00, with 1.5:1",
        ),
        (
            "accent_dark",
            "#4f46e5",
            "a colour with a contrast of at least 4.5:1 to #18181d; found #4f46e5, with 2.8:1",
        ),
        (
            "accent",
            "blue",
            "a colour such as \"#4f46e5\"; found \"blue\"",
        ),
        ("accent", "", "a colour such as \"#4f46e5\"; found \"\""),
    ] {
        assert_eq!(
            refusal(&format!("login_page.{key} = \"{colour}\"")),
            format!("login_page.{key}: expected {says} (line 1)")
        );
    }
}

#[test]
fn names_that_people_are_shown_are_short_and_visible() {
    let long = "x".repeat(61);
    for name in ["", " x", "x\\u0007", &long] {
        let refused = refusal(&format!("login_page.name = \"{name}\""));
        let says = "login_page.name: expected a name of at most 60 characters, without white space \
                    around it; found ";
        assert!(refused.starts_with(says), "{refused}");
    }
}
