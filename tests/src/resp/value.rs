//! Values of RESP2 and RESP3, and commands.

use bytes::Bytes;

/// What a server says, the differences that tests do not care for left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// An array or a set; a map as keys and values in turn.
    Array(Vec<Value>),
    /// An error, with its code.
    Error(String),
    /// Nothing.
    Nil,
    /// Said without having been asked.
    Push(Vec<Value>),
    /// A string, a number, a boolean, as it was sent.
    Text(Bytes),
}

impl Value {
    /// As `redis-cli` prints it: elements on lines of their own, nothing as nothing.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Array(values) | Self::Push(values) => {
                let lines: Vec<_> = values.iter().map(Self::text).collect();
                lines.join("\n")
            }
            Self::Error(error) => error.clone(),
            Self::Nil => String::new(),
            Self::Text(text) => String::from_utf8_lossy(text).into_owned(),
        }
    }

    /// The elements, none where it has none.
    #[must_use]
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::Array(values) | Self::Push(values) => values,
            Self::Error(_) | Self::Nil | Self::Text(_) => &[],
        }
    }
}

/// These bytes are not RESP.
#[derive(Debug)]
pub(crate) struct Malformed;

/// The first value and its length, or `None` where more has to arrive first.
pub(crate) fn read(bytes: &[u8]) -> Result<Option<(Value, usize)>, Malformed> {
    let mut reader = Reader { bytes, at: 0 };
    let value = reader.value()?;
    Ok(value.map(|value| (value, reader.at)))
}

/// A command as a client sends it.
pub(crate) fn encode<A>(args: &[A]) -> Vec<u8>
where
    A: AsRef<[u8]>,
{
    let mut bytes = format!("*{}\r\n", args.len()).into_bytes();
    for arg in args {
        let arg = arg.as_ref();
        bytes.extend_from_slice(format!("${}\r\n", arg.len()).as_bytes());
        bytes.extend_from_slice(arg);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self) -> Result<Option<Value>, Malformed> {
        let Some(line) = self.line() else {
            return Ok(None);
        };
        let (kind, rest) = line.split_first().ok_or(Malformed)?;
        match kind {
            b'+' | b':' | b'#' | b',' | b'(' => Ok(Some(Value::Text(Bytes::copy_from_slice(rest)))),
            b'-' => Ok(Some(error(rest))),
            b'_' => Ok(Some(Value::Nil)),
            b'$' | b'=' | b'!' => {
                let Some(length) = length(rest)? else {
                    return Ok(Some(Value::Nil));
                };
                let Some(blob) = self.blob(length)? else {
                    return Ok(None);
                };
                Ok(Some(match kind {
                    b'!' => error(blob),
                    _ => Value::Text(Bytes::copy_from_slice(blob)),
                }))
            }
            b'*' | b'~' => Ok(self.values(rest, 1)?.map(array)),
            b'%' => Ok(self.values(rest, 2)?.map(array)),
            b'>' => Ok(self
                .values(rest, 1)?
                .map(|values| Value::Push(values.unwrap_or_default()))),
            b'|' => match self.values(rest, 2)? {
                Some(_attributes) => self.value(),
                None => Ok(None),
            },
            _ => Err(Malformed),
        }
    }

    /// The inner `None` is the null of RESP2.
    fn values(
        &mut self,
        count: &[u8],
        times: usize,
    ) -> Result<Option<Option<Vec<Value>>>, Malformed> {
        let Some(count) = length(count)? else {
            return Ok(Some(None));
        };
        let mut values = Vec::new();
        for _ in 0..count * times {
            let Some(value) = self.value()? else {
                return Ok(None);
            };
            values.push(value);
        }
        Ok(Some(Some(values)))
    }

    fn line(&mut self) -> Option<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        self.at += end + 2;
        Some(&rest[..end])
    }

    fn blob(&mut self, length: usize) -> Result<Option<&'a [u8]>, Malformed> {
        let rest = &self.bytes[self.at..];
        if rest.len() < length + 2 {
            return Ok(None);
        }
        if &rest[length..length + 2] != b"\r\n" {
            return Err(Malformed);
        }
        self.at += length + 2;
        Ok(Some(&rest[..length]))
    }
}

fn array(values: Option<Vec<Value>>) -> Value {
    values.map_or(Value::Nil, Value::Array)
}

fn error(text: &[u8]) -> Value {
    Value::Error(String::from_utf8_lossy(text).into_owned())
}

/// `None` is the null of RESP2, written as a length of -1.
fn length(digits: &[u8]) -> Result<Option<usize>, Malformed> {
    if digits == b"-1" {
        return Ok(None);
    }
    let digits = std::str::from_utf8(digits).map_err(|_| Malformed)?;
    digits.parse().map(Some).map_err(|_| Malformed)
}
