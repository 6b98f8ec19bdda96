#![no_main]

use reissue_properties::paseto;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = paseto(input);
});
