//! A fuzzer of a few lines, for where there is no other: it does not learn, but it is always there.

/// Inputs that are like `seed`, the same ones every time. Parts of `others` get into some of them.
pub fn mutations<'a>(
    seed: &'a [u8],
    others: &'a [Vec<u8>],
    count: usize,
) -> impl Iterator<Item = Vec<u8>> + 'a {
    let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ seed.len() as u64);
    (0..count).map(move |_| {
        let mut input = seed.to_vec();
        for _ in 0..=random.below(3) {
            mutate(&mut input, others, &mut random);
        }
        input
    })
}

fn mutate(input: &mut Vec<u8>, others: &[Vec<u8>], random: &mut Random) {
    let start = random.below(input.len() + 1);
    let end = start + random.below((input.len() - start).min(8) + 1);
    match random.below(6) {
        0 => {
            if let Some(byte) = input.get_mut(start) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => input.insert(start, INTERESTING[random.below(INTERESTING.len())]),
        2 => drop(input.drain(start..end)),
        3 => {
            let again = input[start..end].to_vec();
            drop(input.splice(start..start, again));
        }
        4 => input.truncate(start),
        _ => {
            if !others.is_empty() {
                let other = &others[random.below(others.len())];
                let from = random.below(other.len() + 1);
                drop(input.splice(start..end, other[from..].iter().copied()));
            }
        }
    }
}

/// xorshift64*: inputs need not be unpredictable.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high % bound as u64).expect("it is below a size")
    }
}

/// Bytes that separate, quote or escape something somewhere.
const INTERESTING: &[u8] = b"\0\t\n\r \"%&+,-./0:;=A[\\]_{}~\x7f\x80\xbf\xc2\xff";
