/** GLSL of the surface viewer (WebGL2): one program draws a part of the image in any layer. */
import { maxLights } from './settings.ts';

export const vertexShader = `#version 300 es
precision highp float;
/** A rectangle of the image in px by its edges: x0, y0, x1, y1. */
uniform vec4 uRect;
/** Screen px = scale * image px + offset. */
uniform vec3 uView;
uniform vec2 uSize;
out vec2 vImage;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vImage = mix(uRect.xy, uRect.zw, corner);
  vec2 screen = uView.x * vImage + uView.yz;
  gl_Position = vec4(2.0 * screen.x / uSize.x - 1.0, 1.0 - 2.0 * screen.y / uSize.y, 0.0, 1.0);
}`;

/** Modes of the fragment shader, as the renderer names them. */
export const modes = { relit: 0, picture: 1, normals: 2, scalar: 3, unknown: 4 } as const;

export const fragmentShader = `#version 300 es
precision highp float;
precision highp sampler2D;
in vec2 vImage;
out vec4 outColour;

uniform int uMode;
/** Slopes p, q and gloss, and 1 where they are known. */
uniform sampler2D uRelief;
uniform vec4 uReliefPlace;
/** The same, some levels coarser: what is slower than it is no detail. */
uniform sampler2D uCoarse;
uniform vec4 uCoarsePlace;
uniform sampler2D uScalar;
uniform vec4 uScalarPlace;
uniform sampler2D uPicture;
uniform vec4 uPicturePlace;
uniform sampler2D uColours;
uniform bool uSquare;

/** Unit vectors towards far lights; positions in px of the image relative to its centre for near ones. */
uniform vec3 uLights[${maxLights}];
uniform int uLightCount;
uniform bool uNear;
uniform vec2 uCentre;
uniform float uDistance;
uniform float uIntensity;
uniform float uRelievo;
uniform float uDetail;
uniform float uContrast;
uniform float uSpecular;
uniform float uExponent;
/** Gloss that counts as full. */
uniform float uGlossFull;
/** How far the measured gloss rules the highlight: 0 all alike, 1 only where it shines. */
uniform float uGlossShare;
/** 0: the picture's colour, 1: plain white. */
uniform float uMatte;

uniform int uChannel;
uniform vec2 uRange;

vec3 coded(vec3 light) {
  vec3 v = clamp(light, 0.0, 1.0);
  return mix(1.055 * pow(v, vec3(1.0 / 2.4)) - 0.055, 12.92 * v, lessThanEqual(v, vec3(0.0031308)));
}

/** Unknown texels are all 0, so that the filtered value over the filtered last component is the mean of what is known. */
vec4 read(sampler2D map, vec4 place) {
  vec2 uv = vImage * place.xy + place.zw;
  vec4 value = vec4(0.0);
  if (uSquare) {
    value = texture(map, uv);
  } else {
    // By hand: some GPUs filter halves with eight bits of weight, which shows as steps in a raking light.
    vec2 size = vec2(textureSize(map, 0));
    vec2 at = uv * size - 0.5;
    vec2 base = floor(at);
    vec2 share = at - base;
    ivec2 last = ivec2(size) - 1;
    ivec2 low = clamp(ivec2(base), ivec2(0), last);
    ivec2 high = clamp(ivec2(base) + 1, ivec2(0), last);
    value = mix(
      mix(texelFetch(map, low, 0), texelFetch(map, ivec2(high.x, low.y), 0), share.x),
      mix(texelFetch(map, ivec2(low.x, high.y), 0), texelFetch(map, high, 0), share.x),
      share.y);
  }
  return value.a > 0.0 ? vec4(value.rgb / value.a, value.a) : vec4(0.0);
}

const vec3 unknownColour = vec3(0.02);

vec3 hatched() {
  // In screen px, so that it is no print of the card.
  float stripe = step(0.5, fract((gl_FragCoord.x + gl_FragCoord.y) / 10.0));
  return mix(vec3(0.10, 0.11, 0.12), vec3(0.22, 0.23, 0.24), stripe);
}

vec3 relit(vec4 relief) {
  vec2 slope = relief.xy;
  if (uDetail > 0.0) {
    vec4 coarse = read(uCoarse, uCoarsePlace);
    if (coarse.a > 0.0) slope += uDetail * (slope - coarse.xy);
  }
  vec3 normal = normalize(vec3(-uRelievo * slope, 1.0));
  vec3 base = mix(texture(uPicture, vImage * uPicturePlace.xy + uPicturePlace.zw).rgb, vec3(1.0), uMatte);
  float gloss = mix(1.0, clamp(relief.z / max(uGlossFull, 1e-9), 0.0, 1.0), uGlossShare);
  float diffuse = 0.0;
  float highlight = 0.0;
  for (int i = 0; i < ${maxLights}; i += 1) {
    if (i >= uLightCount) break;
    vec3 towards = uLights[i];
    float falloff = 1.0;
    if (uNear) {
      vec3 away = towards - vec3(vImage - uCentre, 0.0);
      float distance = length(away);
      towards = away / distance;
      falloff = (uDistance / distance) * (uDistance / distance);
    }
    float flatLight = max(towards.z, 0.0);
    float light = max(dot(normal, towards), 0.0);
    diffuse += falloff * max(flatLight + uContrast * (light - flatLight), 0.0);
    vec3 halfway = normalize(towards + vec3(0.0, 0.0, 1.0));
    // Blinn 1977 with the norm that keeps the energy of the lobe (Akenine-Moller et al., Real-Time Rendering, 9.8).
    float lobe = pow(max(dot(normal, halfway), 0.0), uExponent) * (uExponent + 8.0) / 25.13274;
    highlight += falloff * light * lobe;
  }
  float share = uIntensity / float(max(uLightCount, 1));
  return coded(base * diffuse * share + vec3(uSpecular * gloss * highlight * share * 0.2));
}

float scalarOf(vec4 value) {
  if (uChannel == 0) return value.x + value.y;
  if (uChannel == 1) return value.x;
  if (uChannel == 2) return value.y;
  if (uChannel == 3) return value.z;
  return length(value.xy);
}

void main() {
  vec3 colour = unknownColour;
  if (uMode == ${modes.picture}) {
    colour = coded(texture(uPicture, vImage * uPicturePlace.xy + uPicturePlace.zw).rgb);
  } else if (uMode == ${modes.scalar}) {
    vec4 value = read(uScalar, uScalarPlace);
    float place = (scalarOf(value) - uRange.x) / max(uRange.y - uRange.x, 1e-20);
    // Through the middles of the table's texels.
    colour = value.a > 0.0 ? texture(uColours, vec2(clamp(place, 0.0, 1.0) * 255.0 / 256.0 + 0.5 / 256.0, 0.5)).rgb : hatched();
  } else {
    vec4 relief = read(uRelief, uReliefPlace);
    if (uMode == ${modes.unknown}) {
      colour = relief.a > 0.0 ? vec3(0.13 + 0.5 * (1.0 - relief.a)) : vec3(0.95, 0.75, 0.2);
    } else if (relief.a <= 0.0) {
      colour = hatched();
    } else if (uMode == ${modes.normals}) {
      vec3 normal = normalize(vec3(-uRelievo * relief.xy, 1.0));
      colour = 0.5 * vec3(normal.x, -normal.y, normal.z) + 0.5;
    } else {
      colour = relit(relief);
    }
  }
  outColour = vec4(colour, 1.0);
}`;
