//! Draws damaged cards: five defects each, of all kinds, on fronts and backs with every border.

use simulate::{ArtKind, BorderKind, DefectKind as Kind, DefectSpec, Defects, Gloss, Linen, MatKind, Side, Spec};

/// SplitMix64.
pub struct Rng(u64);

impl Rng {
    /// A generator whose first numbers already differ between neighbouring seeds.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xA076_1D64_78BD_642F))
    }

    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn range(&mut self, [a, b]: [f64; 2]) -> f64 {
        a + (b - a) * self.unit()
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[(self.unit() * of.len() as f64) as usize]
    }
}

/// What is drawn.
#[derive(Clone, Copy, Default)]
pub struct Deck {
    /// No varnish.
    pub matte: bool,
    /// Only scratches, dents and creases of at least 10 um and 5 px, for their heights.
    pub heights: bool,
}

const KINDS: [Kind; 9] = [
    Kind::Scratch,
    Kind::Dent,
    Kind::Crease,
    Kind::Stain,
    Kind::PrintLine,
    Kind::PrintDot,
    Kind::EdgeWhitening,
    Kind::CornerWear,
    Kind::Roughness,
];

/// Half of the card, mm.
const HALF: [f64; 2] = [31.75, 44.45];

/// Length, width and depth, mm. Every second scratch is the faintest that has to be found (5 um deep, 60 um wide),
/// every second dent 20 um deep.
fn shape(kind: Kind, rng: &mut Rng, deck: Deck) -> [f64; 3] {
    let faint = rng.unit() < 0.5;
    let [length, width, depth] = match kind {
        _ if deck.heights => match kind {
            Kind::Scratch => [[4.0, 14.0], [0.2, 0.4], [0.01, 0.03]],
            Kind::Dent => [[0.3, 2.4], [0.0; 2], [0.01, 0.05]],
            _ => [[8.0, 16.0], [0.35, 0.6], [0.03, 0.07]],
        },
        Kind::Scratch if faint => [[4.0, 14.0], [0.06; 2], [0.005; 2]],
        Kind::Scratch => [[4.0, 14.0], [0.06, 0.25], [0.005, 0.015]],
        Kind::Dent if faint => [[1.0, 2.4], [0.0; 2], [0.02; 2]],
        Kind::Dent => [[1.0, 2.4], [0.0; 2], [0.02, 0.045]],
        Kind::Crease => [[8.0, 16.0], [0.35, 0.6], [0.03, 0.07]],
        Kind::Stain => [[2.5, 6.0], [0.0; 2], [0.0; 2]],
        Kind::PrintLine => [[6.0, 20.0], [0.08, 0.16], [0.0; 2]],
        Kind::PrintDot => [[0.35, 0.8], [0.0; 2], [0.0; 2]],
        Kind::EdgeWhitening => [[4.0, 10.0], [0.15, 0.4], [0.0; 2]],
        Kind::CornerWear => [[0.0; 2], [0.3, 0.6], [0.0; 2]],
        Kind::Roughness => [[5.0, 9.0], [0.0; 2], [0.002, 0.004]],
    };
    [length, width, depth].map(|v| rng.range(v))
}

/// Five defects, well apart: a scratch and a dent always, three of any kind.
fn damage(rng: &mut Rng, deck: Deck) -> Defects {
    let mut list: Vec<DefectSpec> = Vec::new();
    while list.len() < 5 {
        let kinds = if deck.heights { &KINDS[..3] } else { &KINDS[..] };
        let kind = if list.len() < 2 {
            KINDS[list.len()]
        } else {
            rng.pick(kinds)
        };
        let mut at = [rng.range([-22.0, 22.0]), rng.range([-33.0, 33.0])];
        match kind {
            Kind::EdgeWhitening => {
                at = if rng.unit() < 0.5 {
                    [HALF[0], at[1]]
                } else {
                    [at[0], -HALF[1]]
                }
            }
            Kind::CornerWear => at = rng.pick(&[[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]),
            _ => {}
        }
        if kind == Kind::CornerWear {
            at = [at[0] * HALF[0], at[1] * HALF[1]];
        }
        let [length, width, depth] = shape(kind, rng, deck);
        let angle_deg = rng.range([0.0, 180.0]);
        let strength = rng.range([0.6, 0.95]);
        if !list
            .iter()
            .all(|d| (d.at_mm[0] - at[0]).hypot(d.at_mm[1] - at[1]) > 13.0)
        {
            continue;
        }
        let given = |v: f64| (v > 0.0).then_some(v);
        list.push(DefectSpec {
            kind,
            at_mm: at,
            angle_deg,
            length_mm: given(length),
            width_mm: given(width),
            depth_mm: given(depth),
            strength: (kind != Kind::Scratch).then_some(strength),
        });
    }
    Defects {
        list,
        ..Defects::none()
    }
}

/// The card of a seed: front or back, any border and design, mottled ink, some foil, some linen, varnish up to 5 %.
pub fn card(seed: u64, deck: Deck) -> Spec {
    let mut rng = Rng::new(seed);
    let side = if rng.unit() < 0.7 { Side::Front } else { Side::Back };
    let arts = [
        ArtKind::Landscape,
        ArtKind::Portrait,
        ArtKind::Abstract,
        ArtKind::Plain,
        ArtKind::Texture,
        ArtKind::Landscape,
        ArtKind::Portrait,
        ArtKind::Abstract,
        ArtKind::Halftone,
    ];
    let borders = [
        BorderKind::White,
        BorderKind::Yellow,
        BorderKind::Black,
        BorderKind::Silver,
        BorderKind::DoubleFrame,
        BorderKind::None,
        BorderKind::Foil,
    ];
    Spec {
        seed,
        side,
        art: rng.pick(&arts),
        border_kind: rng.pick(&borders),
        border_texture: rng.pick(&[0.0, 0.02]),
        linen: (rng.unit() < 0.1).then_some(Linen {
            depth_mm: 0.004,
            period_mm: 0.5,
        }),
        mat: rng.pick(&[MatKind::Black, MatKind::Grey]),
        rotation_deg: rng.range([-2.0, 2.0]),
        gloss: Gloss {
            strength: if deck.matte { 0.0 } else { rng.range([0.0, 0.05]) },
            ..Gloss::default()
        },
        defects: damage(&mut rng, deck),
        ..Spec::default()
    }
}
