#![no_main]

use reissue_properties::form;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = form(input);
});
