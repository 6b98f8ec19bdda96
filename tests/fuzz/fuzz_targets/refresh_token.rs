#![no_main]

use reissue_properties::refresh_token;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = refresh_token(input);
});
