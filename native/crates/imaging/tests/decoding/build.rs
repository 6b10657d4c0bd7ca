//! Hand-made PNG and TIFF files, put together from their specifications without any library.

/// CRC-32 of ISO 3309, bit by bit (PNG specification, annex D).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &b| {
        (0..8).fold(crc ^ u32::from(b), |c, _| {
            (c >> 1) ^ if c & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

/// A PNG chunk with its length and checksum.
pub fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), data].concat();
    let mut bytes = (data.len() as u32).to_be_bytes().to_vec();
    bytes.extend(&body);
    bytes.extend(crc(&body).to_be_bytes());
    bytes
}

/// A zlib stream of one stored block (RFC 1950, RFC 1951).
pub fn stored(raw: &[u8]) -> Vec<u8> {
    let length = raw.len() as u16;
    let (mut a, mut b) = (1u32, 0u32);
    for &byte in raw {
        a = (a + u32::from(byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let mut bytes = vec![0x78, 0x01, 0x01];
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend(raw);
    bytes.extend((b << 16 | a).to_be_bytes());
    bytes
}

/// A PNG file; `raw` holds the filter byte and the samples of every row.
pub fn png(size: (u32, u32), depth: u8, colour: u8, interlace: u8, extra: &[Vec<u8>], raw: &[u8]) -> Vec<u8> {
    let mut header = size.0.to_be_bytes().to_vec();
    header.extend(size.1.to_be_bytes());
    header.extend([depth, colour, 0, 0, interlace]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(chunk(b"IHDR", &header));
    for part in extra {
        bytes.extend(part);
    }
    bytes.extend(chunk(b"IDAT", &stored(raw)));
    bytes.extend(chunk(b"IEND", &[]));
    bytes
}

/// A little-endian TIFF file: `chunks` of pixel data at the end, short or long tags before them.
pub fn tiff(tags: &[(u16, &[u32])], tiled: bool, chunks: &[&[u8]]) -> Vec<u8> {
    let (offsets_tag, counts_tag) = if tiled { (324, 325) } else { (273, 279) };
    let counts: Vec<u32> = chunks.iter().map(|c| c.len() as u32).collect();
    let mut entries: Vec<(u16, Vec<u32>)> = tags.iter().map(|(t, v)| (*t, v.to_vec())).collect();
    entries.push((offsets_tag, vec![0; chunks.len()]));
    entries.push((counts_tag, counts.clone()));
    entries.sort_by_key(|e| e.0);
    let directory_end = 8 + 2 + entries.len() * 12 + 4;
    let values_bytes: usize = entries.iter().filter(|e| e.1.len() > 1).map(|e| e.1.len() * 4).sum();
    let mut at = (directory_end + values_bytes) as u32;
    let offsets = entries.iter_mut().find(|e| e.0 == offsets_tag).unwrap();
    for (offset, count) in offsets.1.iter_mut().zip(&counts) {
        *offset = at;
        at += count;
    }
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    let mut values = Vec::new();
    bytes.extend((entries.len() as u16).to_le_bytes());
    for (tag, list) in &entries {
        bytes.extend(tag.to_le_bytes());
        // SHORT where readers insist on it (ExtraSamples), LONG elsewhere; a single little-endian value looks the same.
        let kind: u16 = if *tag == 338 { 3 } else { 4 };
        bytes.extend(kind.to_le_bytes());
        bytes.extend((list.len() as u32).to_le_bytes());
        if let [one] = list[..] {
            bytes.extend(one.to_le_bytes());
        } else {
            bytes.extend(((directory_end + values.len()) as u32).to_le_bytes());
            values.extend(list.iter().flat_map(|v| v.to_le_bytes()));
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(values);
    for chunk in chunks {
        bytes.extend(*chunk);
    }
    bytes
}

/// Bytes of hexadecimal text.
pub fn hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
