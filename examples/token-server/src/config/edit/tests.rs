use super::*;

const NEW: &str = "{ file = \"new.pem\" }";

fn appended(text: &str) -> String {
    append_key(text, "signing_keys", NEW).expect("it can be edited")
}

#[test]
fn an_element_is_added_and_every_other_byte_stays() {
    for (text, expected) in [
        (
            "# a\n[tokens] # b\nsigning_keys = [\"old.pem\"] # c\nalg = \"EdDSA\"\n",
            "# a\n[tokens] # b\nsigning_keys = [\"old.pem\", NEW] # c\nalg = \"EdDSA\"\n",
        ),
        (
            "tokens.signing_keys=[ 'a' , {file='b',used_from=2027-01-31T08:00:00Z} , ]",
            "tokens.signing_keys=[ 'a' , {file='b',used_from=2027-01-31T08:00:00Z}, NEW , ]",
        ),
        (
            "[tokens]\nsigning_keys = [\n  # first, \n  \"a\", # of 2026, old\n  # end\n]\n",
            "[tokens]\nsigning_keys = [\n  # first, \n  \"a\", # of 2026, old\n  NEW,\n  # end\n]\n",
        ),
        (
            "[tokens]\nsigning_keys = [\n\t\"a\" # no comma, here\n]\n",
            "[tokens]\nsigning_keys = [\n\t\"a\", # no comma, here\n\tNEW,\n]\n",
        ),
        (
            "[tokens]\r\nsigning_keys = [\r\n  \"a\",\r\n]\r\n",
            "[tokens]\r\nsigning_keys = [\r\n  \"a\",\r\n  NEW,\r\n]\r\n",
        ),
        (
            "[tokens]\nsigning_keys = [\n    \"a\", \"b\" ]\n",
            "[tokens]\nsigning_keys = [\n    \"a\", \"b\",\n    NEW, ]\n",
        ),
    ] {
        assert_eq!(appended(text), expected.replace("NEW", NEW));
    }
}

#[test]
fn what_has_no_brackets_to_add_to_is_refused() {
    for text in [
        "",
        "[tokens]\nseal_keys = []",
        "[tokens]\nsigning_keys = []",
        "[tokens]\nsigning_keys = \"a\"",
        "[[tokens.signing_keys]]\nfile = \"a\"\n",
        "tokens = 1",
    ] {
        assert!(append_key(text, "signing_keys", NEW).is_err(), "{text}");
    }
}

#[test]
fn the_algorithm_is_replaced_where_it_stands() {
    let text = "[tokens]\nalg = 'EdDSA' # why\nsigning_keys = [\"a\"]\n";
    assert_eq!(
        replace_algorithm(text, "ES256").expect("it is there"),
        text.replace("'EdDSA'", "\"ES256\"")
    );
    assert_eq!(
        replace_algorithm("", "ES256")
            .expect_err("it is not")
            .to_string(),
        "tokens.alg: not in the file; write alg = \"EdDSA\" into [tokens] first"
    );
}
