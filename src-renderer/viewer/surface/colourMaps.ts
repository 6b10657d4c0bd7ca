/** Colour maps that keep their order for every eye: even in lightness, safe for the common colour deficiencies. Pure. */

export const colourMapNames = ['viridis', 'cividis', 'inferno', 'grey', 'coolwarm'] as const;
export type ColourMapName = (typeof colourMapNames)[number];

type Rgb = readonly [number, number, number];

/** Tenths of the tables of matplotlib (Smith & van der Walt 2015, CC0) and of cividis (Nunez et al. 2018, CC0). */
const anchors: Readonly<Record<'viridis' | 'cividis' | 'inferno' | 'grey', readonly string[]>> = {
  viridis: ['440154', '482878', '3e4a89', '31688e', '26828e', '1f9e89', '35b779', '6dcd59', 'b4de2c', 'fde725'],
  cividis: ['00204d', '00336f', '39486b', '575c6d', '707173', '8a8779', 'a69d75', 'c4b56c', 'e4cf5b', 'ffea46'],
  inferno: ['000004', '1b0c42', '4b0c6b', '781c6d', 'a52c60', 'cf4446', 'ed6925', 'fb9a06', 'f7d03c', 'fcffa4'],
  grey: ['000000', 'ffffff'],
};

/** 256 colours, `r g b 255` each, sRGB 0..255. */
export function colourTable(name: ColourMapName): Uint8Array {
  const table = new Uint8Array(256 * 4);
  for (let i = 0; i < 256; i += 1) {
    const [r, g, b] = name === 'coolwarm' ? diverging(i / 255) : between(anchors[name], i / 255);
    table.set([r, g, b, 255], 4 * i);
  }
  return table;
}

export function cssColour(table: Uint8Array, place: number): string {
  const at = 4 * Math.round(255 * Math.min(1, Math.max(0, place)));
  return `rgb(${table[at]} ${table[at + 1]} ${table[at + 2]})`;
}

function between(colours: readonly string[], place: number): Rgb {
  const at = place * (colours.length - 1);
  const low = Math.min(Math.floor(at), colours.length - 2);
  const [a, b] = [rgb(colours[low]), rgb(colours[low + 1])];
  const mix = (i: 0 | 1 | 2) => Math.round(a[i] + (at - low) * (b[i] - a[i]));
  return [mix(0), mix(1), mix(2)];
}

function rgb(hex = '000000'): Rgb {
  const value = Number.parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Ends of Moreland's map: blue and red of equal lightness. */
const [cold, warm]: readonly [Rgb, Rgb] = [
  [59, 76, 192],
  [180, 4, 38],
];

/** Moreland 2009, "Diverging Color Maps for Scientific Visualization": through white in Msh, the polar form of CIELAB. */
export function diverging(place: number): Rgb {
  let [start, end] = [mshOf(cold), mshOf(warm)];
  let share = place;
  const middle = Math.max(start[0], end[0], 88);
  if (place < 0.5) {
    end = [middle, 0, 0];
    share = 2 * place;
  } else {
    start = [middle, 0, 0];
    share = 2 * place - 1;
  }
  if (start[1] < 0.05 && end[1] > 0.05) start = [start[0], start[1], spunHue(end, start[0])];
  else if (end[1] < 0.05 && start[1] > 0.05) end = [end[0], end[1], spunHue(start, end[0])];
  const mix = (i: 0 | 1 | 2) => (1 - share) * start[i] + share * end[i];
  return rgbOf([mix(0), mix(1), mix(2)]);
}

/** The hue towards which a saturated colour runs on its way to white, so that the map bends little. */
function spunHue([m, s, h]: Rgb, unsaturated: number): number {
  if (m >= unsaturated - 0.1) return h;
  const spin = (s * Math.sqrt(unsaturated * unsaturated - m * m)) / (m * Math.sin(s));
  return h > -Math.PI / 3 ? h + spin : h - spin;
}

const white: Rgb = [0.9505, 1, 1.089];

function mshOf(colour: Rgb): Rgb {
  const [l, a, b] = labOf(colour);
  const m = Math.hypot(l, a, b);
  return [m, m > 0.001 ? Math.acos(l / m) : 0, Math.atan2(b, a)];
}

/** CIELAB (D65) of an sRGB colour 0..255. */
export function labOf(colour: Rgb): Rgb {
  const [r, g, b] = [linear(colour[0]), linear(colour[1]), linear(colour[2])];
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / white[0]);
  const y = f((0.2126 * r + 0.7152 * g + 0.0722 * b) / white[1]);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / white[2]);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function rgbOf([m, s, h]: Rgb): Rgb {
  const [l, a, b] = [m * Math.cos(s), m * Math.sin(s) * Math.cos(h), m * Math.sin(s) * Math.sin(h)];
  const y = (l + 16) / 116;
  const f = (t: number) => (t > 0.20689 ? t ** 3 : (t - 16 / 116) / 7.787);
  const [x1, y1, z1] = [white[0] * f(y + a / 500), white[1] * f(y), white[2] * f(y - b / 200)];
  return [
    coded(3.2406 * x1 - 1.5372 * y1 - 0.4986 * z1),
    coded(-0.9689 * x1 + 1.8758 * y1 + 0.0415 * z1),
    coded(0.0557 * x1 - 0.204 * y1 + 1.057 * z1),
  ];
}

/** IEC 61966-2-1. */
const linear = (code: number) => {
  const v = code / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
};
const coded = (light: number) => {
  const v = Math.min(1, Math.max(0, light));
  return Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
};
