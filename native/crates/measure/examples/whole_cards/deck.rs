//! The cards that are measured: every border kind, mat and design in turn, rotations within 3 degrees.

use simulate::{ArtKind, BorderKind, Defects, MatKind, Spec};

/// A card to simulate and what it is called.
pub struct Card {
    pub name: String,
    pub kind: String,
    pub spec: Spec,
}

const KINDS: [BorderKind; 6] = [
    BorderKind::White,
    BorderKind::Black,
    BorderKind::Yellow,
    BorderKind::DoubleFrame,
    BorderKind::Silver,
    BorderKind::Foil,
];
const ARTS: [ArtKind; 4] = [
    ArtKind::Texture,
    ArtKind::Landscape,
    ArtKind::Abstract,
    ArtKind::Portrait,
];

/// Card `index` of a set. `plain`: even tones everywhere; `textured`: ink mottle in the border, in the art and on the mat
/// under designs that reach the border; `halftone`: the same in screened print; `bare`: no border at all.
pub fn card(set: &str, index: u64) -> Card {
    let i = index as usize;
    let (kind, mat) = (KINDS[i % 6], [MatKind::Black, MatKind::Grey][(i / 6) % 2]);
    let rotation = ((index * 7) % 13) as f64 / 2.0 - 3.0;
    let base = Spec {
        seed: index + 1,
        border_kind: kind,
        mat,
        rotation_deg: rotation,
        colour: false,
        defects: Defects::none(),
        art: ARTS[(i / 2) % 4],
        border_texture: 0.03,
        ..Spec::default()
    };
    let spec = match set {
        "plain" => Spec {
            art: ArtKind::Plain,
            art_texture: 0.0,
            mat_texture: 0.0,
            border_texture: 0.0,
            ..base
        },
        "textured" => base,
        "halftone" => Spec {
            art: ArtKind::Halftone,
            ..base
        },
        "bare" => Spec {
            border_kind: BorderKind::None,
            ..base
        },
        other => panic!("{other} is none of plain, textured, halftone, bare"),
    };
    Card {
        name: format!(
            "{:?} border, {:?} art, {mat:?} mat, {rotation} deg, card {index}",
            spec.border_kind, spec.art
        ),
        kind: format!("{:?}", spec.border_kind),
        spec,
    }
}
