//! Pictures for people: known colours of known values, and deep-zoom levels and tiles.

use imaging::{
    Cancel, DecodeLimits, Encoding, ErrorCode, Pyramid, Ramp, Raster, Samples, Unit, decode_bytes, normals_to_view,
    plane_to_view, to_srgb8,
};

fn bytes(raster: &Raster) -> &[u8] {
    match &raster.samples {
        Samples::U8(v) => v,
        Samples::U16(_) => panic!("8 bits expected"),
    }
}

fn eight(width: usize, height: usize, channels: usize, samples: Vec<u8>) -> Raster {
    Raster {
        width,
        height,
        channels,
        samples: Samples::U8(samples),
    }
}

#[test]
fn linear_light_becomes_the_codes_of_the_srgb_standard() {
    // 0.18 of full scale is code 118 (IEC 61966-2-1: 1.055 * 0.18^(1/2.4) - 0.055 = 0.4613), 0.5 is 188.
    let raster = Raster {
        width: 4,
        height: 1,
        channels: 1,
        samples: Samples::U16(vec![0, 11_796, 32_768, 65_535]),
    };
    assert_eq!(bytes(&to_srgb8(&raster, Encoding::Linear, 1.0)), [0, 118, 188, 255]);
    assert_eq!(bytes(&to_srgb8(&raster, Encoding::Linear, 2.0)), [0, 162, 255, 255]);
    let all = eight(256, 1, 1, (0..=255).collect());
    assert_eq!(bytes(&to_srgb8(&all, Encoding::Srgb, 1.0)), bytes(&all));
}

#[test]
fn ramps_begin_and_end_in_their_published_colours() {
    let values = [-2.0, -1.0, 0.0, 1.0, f32::NAN];
    let view = plane_to_view(&values, 5, 1, Ramp::Diverging { limit: 1.0 });
    let expected = [59, 76, 192, 59, 76, 192, 221, 221, 221, 180, 4, 38, 0, 0, 0];
    assert_eq!(bytes(&view), expected);
    let view = plane_to_view(&values, 5, 1, Ramp::Heat { lo: -1.0, hi: 1.0 });
    let expected = [0, 0, 4, 0, 0, 4, 186, 54, 85, 252, 255, 164, 0, 0, 0];
    assert_eq!(bytes(&view), expected);
    let view = plane_to_view(&values, 5, 1, Ramp::Grey { lo: -1.0, hi: 1.0 });
    assert_eq!((view.channels, bytes(&view)), (1, &[0, 0, 128, 255, 0][..]));
    let flat = plane_to_view(&[3.0; 4], 2, 2, Ramp::Grey { lo: 3.0, hi: 3.0 });
    assert_eq!(bytes(&flat), [128; 4]);
    let short = plane_to_view(&[1.0], 2, 2, Ramp::Grey { lo: 0.0, hi: 1.0 });
    assert_eq!(bytes(&short), [255, 0, 0, 0]);
}

#[test]
fn a_normal_that_faces_up_is_green_and_one_to_the_camera_is_blue() {
    let (x, y, z) = ([0.0, 0.0, 1.0], [0.0, -1.0, 0.0], [1.0, 0.0, 0.0]);
    let planes = [x, y, z].map(|plane| plane.map(Unit::new));
    let view = normals_to_view(planes.each_ref().map(|plane| &plane[..]), 3, 1);
    assert_eq!(bytes(&view), [128, 128, 255, 128, 255, 128, 255, 128, 128]);
}

#[test]
fn levels_halve_up_to_one_pixel_as_deep_zoom_says() {
    // 1,000 x 300: ceil(log2(1000)) + 1 = 11 levels.
    let pyramid = Pyramid::new(eight(1000, 300, 1, vec![100; 300_000]), 256);
    assert_eq!(pyramid.levels(), 11);
    assert_eq!(pyramid.size(0).unwrap(), (1, 1));
    assert_eq!(pyramid.size(5).unwrap(), (32, 10));
    assert_eq!(pyramid.size(10).unwrap(), (1000, 300));
    let single = Pyramid::new(eight(1, 1, 3, vec![1, 2, 3]), 256);
    assert_eq!((single.levels(), single.size(0).unwrap()), (1, (1, 1)));
}

#[test]
fn reduction_keeps_light_not_code_values() {
    let decode = |bytes: &[u8]| decode_bytes(bytes, "tile", &DecodeLimits::default(), &Cancel::new()).unwrap();
    // Half black, half white: half the light, which is sRGB code 188 and not 128.
    let board = eight(2, 2, 1, vec![0, 255, 255, 0]);
    let tile = decode(&Pyramid::new(board, 256).tile(0, 0, 0).unwrap());
    assert!(tile.code(0, 0, 0).abs_diff(188) <= 1);
    for code in [0, 1, 7, 128, 254, 255] {
        let flat = Pyramid::new(eight(5, 3, 1, vec![code; 15]), 256);
        let tile = decode(&flat.tile(0, 0, 0).unwrap());
        assert!(tile.code(0, 0, 0).abs_diff(u16::from(code)) <= 1, "{code}");
    }
}

#[test]
fn tiles_cover_the_picture_without_overlap() {
    let (width, height) = (70, 50);
    let ramp = (0..width * height)
        .flat_map(|i| [(i % width * 3) as u8, (i / width * 5) as u8, 90])
        .collect();
    let pyramid = Pyramid::new(eight(width, height, 3, ramp), 32);
    let top = pyramid.levels() - 1;
    let limits = DecodeLimits::default();
    for (row, tile_height) in [(0, 32), (1, 18)] {
        for (col, tile_width) in [(0, 32), (1, 32), (2, 6)] {
            let jpeg = pyramid.tile(top, col, row).unwrap();
            let tile = decode_bytes(&jpeg, "tile", &limits, &Cancel::new()).unwrap();
            assert_eq!((tile.width, tile.height, tile.channels), (tile_width, tile_height, 3));
            let (x, y) = (col * 32 + tile_width / 2, row * 32 + tile_height / 2);
            let found = [0, 1].map(|c| tile.code(tile_width / 2, tile_height / 2, c));
            assert!(found[0].abs_diff(x as u16 * 3) <= 6 && found[1].abs_diff(y as u16 * 5) <= 6);
        }
    }
    for (level, col, row, field) in [
        (top + 1, 0, 0, "level"),
        (top, 3, 0, "column"),
        (top, 0, 2, "row"),
        (top, usize::MAX, 0, "column"),
    ] {
        let error = pyramid.tile(level, col, row).unwrap_err();
        assert_eq!(
            (error.code, error.field.as_deref()),
            (ErrorCode::ValueInvalid, Some(field))
        );
    }
    assert_eq!(Pyramid::new(eight(2, 2, 1, vec![0]), 256).levels(), 0);
}
