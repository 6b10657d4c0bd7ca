//! PNG and NumPy files: what is written is what the format's own documents say, and nothing is half-written.

use imaging::{ErrorCode, Raster, Samples, encode_png, read_npy_f32, write_npy_f32, write_png};
use std::fs;
use std::path::PathBuf;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("imaging-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What `numpy.save` writes for `np.array([[1, -2, 0.5]], "<f4")`, byte for byte.
fn numpy_file() -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }".to_vec();
    bytes.resize(127, b' ');
    bytes.push(b'\n');
    bytes.extend([0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F]);
    bytes
}

#[test]
fn an_array_is_written_byte_for_byte_as_numpy_writes_it() {
    let folder = Folder::new("npy-bytes");
    write_npy_f32(&folder.at("a.npy"), &[1, 3], &[1.0, -2.0, 0.5]).unwrap();
    assert_eq!(fs::read(folder.at("a.npy")).unwrap(), numpy_file());
    write_npy_f32(&folder.at("b.npy"), &[2], &[1.0, -2.0]).unwrap();
    let text = String::from_utf8_lossy(&fs::read(folder.at("b.npy")).unwrap()).into_owned();
    assert!(text.contains("'shape': (2,), }"), "{text}");
}

#[test]
fn arrays_of_both_float_types_are_read() {
    let folder = Folder::new("npy-read");
    fs::write(folder.at("f4.npy"), numpy_file()).unwrap();
    assert_eq!(
        read_npy_f32(&folder.at("f4.npy"), 3).unwrap(),
        (vec![1, 3], vec![1.0, -2.0, 0.5])
    );
    let mut wide = numpy_file()[..128].to_vec();
    wide[20..25].copy_from_slice(b"'<f8'");
    for v in [1.0f64, -2.0, 0.1] {
        wide.extend(v.to_le_bytes());
    }
    fs::write(folder.at("f8.npy"), wide).unwrap();
    assert_eq!(read_npy_f32(&folder.at("f8.npy"), 3).unwrap().1, vec![1.0, -2.0, 0.1]);
}

#[test]
fn broken_arrays_are_refused_with_the_file_and_field() {
    let folder = Folder::new("npy-bad");
    let good = numpy_file();
    let replace = |from: &str, to: &str| {
        let text: Vec<u8> = good.clone();
        let at = text.windows(from.len()).position(|w| w == from.as_bytes()).unwrap();
        let mut bytes = text;
        bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
        bytes
    };
    let cases: [(&str, Vec<u8>, ErrorCode, &str); 7] = [
        ("magic", b"NUMPY".to_vec(), ErrorCode::ValueInvalid, "header"),
        ("short", good[..130].to_vec(), ErrorCode::ValueInvalid, "values"),
        (
            "long",
            [good.clone(), vec![0]].concat(),
            ErrorCode::ValueInvalid,
            "values",
        ),
        ("order", replace("False", "True "), ErrorCode::ValueInvalid, "header"),
        ("type", replace("'<f4'", "'<i4'"), ErrorCode::ValueInvalid, "header"),
        (
            "huge",
            replace("(1, 3), }   ", "(9999999999)"),
            ErrorCode::ImageTooLarge,
            "shape",
        ),
        (
            "negative",
            replace("(1, 3)", "(-1,3)"),
            ErrorCode::ValueInvalid,
            "header",
        ),
    ];
    for (name, bytes, code, field) in cases {
        fs::write(folder.at(name), bytes).unwrap();
        let error = read_npy_f32(&folder.at(name), 100).unwrap_err();
        assert_eq!(
            (error.code, error.field.as_deref()),
            (code, Some(field)),
            "{name}: {error}"
        );
        assert!(error.file.unwrap().ends_with(name));
    }
    let missing = read_npy_f32(&folder.at("none.npy"), 100).unwrap_err();
    assert_eq!(missing.code, ErrorCode::FileMissing);
    let shape = write_npy_f32(&folder.at("never.npy"), &[2, 2], &[1.0]).unwrap_err();
    assert_eq!(shape.field.as_deref(), Some("shape"));
    assert!(!folder.at("never.npy").exists());
}

#[test]
fn a_png_file_starts_with_the_header_the_specification_demands() {
    let raster = Raster {
        width: 2,
        height: 3,
        channels: 1,
        samples: Samples::U16(vec![0, 1, 256, 65_535, 4_660, 22_136]),
    };
    let bytes = encode_png(&raster).unwrap();
    assert_eq!(&bytes[..16], b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR");
    assert_eq!(&bytes[16..29], &[0, 0, 0, 2, 0, 0, 0, 3, 16, 0, 0, 0, 0]);
    assert_eq!(&bytes[bytes.len() - 8..], b"IEND\xae\x42\x60\x82");
    let folder = Folder::new("png");
    write_png(&folder.at("a.png"), &raster).unwrap();
    assert_eq!(fs::read(folder.at("a.png")).unwrap(), bytes);
}

#[test]
fn a_png_into_a_missing_folder_or_of_a_broken_raster_is_refused() {
    let folder = Folder::new("png-bad");
    let mut raster = Raster {
        width: 2,
        height: 1,
        channels: 3,
        samples: Samples::U8(vec![0; 6]),
    };
    let error = write_png(&folder.at("none/a.png"), &raster).unwrap_err();
    assert_eq!(error.code, ErrorCode::FileUnwritable);
    raster.height = 2;
    assert_eq!(encode_png(&raster).unwrap_err().code, ErrorCode::ValueInvalid);
    raster.channels = 2;
    assert_eq!(encode_png(&raster).unwrap_err().code, ErrorCode::ValueInvalid);
}
