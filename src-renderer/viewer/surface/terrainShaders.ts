/** GLSL of the three-dimensional view: a grid of heights draped with a picture of any layer. */

export const terrainVertex = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform sampler2D uHeights;
uniform ivec2 uPoints;
uniform mat4 uCamera;
/** Half extents of the part in its own frame. */
uniform vec2 uHalf;
/** z = (height - mean) * scale. */
uniform vec2 uLift;
out vec3 vPlace;
out vec2 vUv;
out float vHeight;
void main() {
  ivec2 at = ivec2(gl_VertexID % uPoints.x, gl_VertexID / uPoints.x);
  float height = texelFetch(uHeights, at, 0).r;
  vec2 share = (vec2(at) + 0.5) / vec2(uPoints);
  vUv = share;
  vHeight = height;
  vPlace = vec3((2.0 * share - 1.0) * uHalf, (height - uLift.x) * uLift.y);
  gl_Position = uCamera * vec4(vPlace, 1.0);
}`;

export const terrainFragment = `#version 300 es
precision highp float;
in vec3 vPlace;
in vec2 vUv;
in float vHeight;
out vec4 outColour;
uniform sampler2D uLayer;
/** 1: shaded by its own slope, 0: as the layer is. */
uniform float uShade;
/** Between contour lines in the unit of the heights; 0 for none. */
uniform float uContour;
/** Between grid lines in the part's own frame; 0 for none. */
uniform float uGrid;
float lineAt(float value, float step) {
  float at = value / step;
  float width = fwidth(at);
  float away = abs(fract(at - 0.5) - 0.5);
  // Where lines would lie closer than three pixels they run together to grey; they are left out there.
  return width > 0.33 ? 0.0 : 1.0 - smoothstep(0.6 * width, 1.4 * width, away);
}
void main() {
  vec3 normal = normalize(cross(dFdx(vPlace), dFdy(vPlace)));
  normal *= sign(normal.z);
  float light = 0.35 + 0.65 * max(dot(normal, normalize(vec3(-0.5, -0.6, 0.62))), 0.0);
  vec3 colour = texture(uLayer, vec2(vUv.x, 1.0 - vUv.y)).rgb * mix(1.0, light, uShade);
  if (uContour > 0.0) colour = mix(colour, vec3(1.0), 0.75 * lineAt(vHeight, uContour));
  if (uGrid > 0.0) colour = mix(colour, vec3(1.0), 0.5 * max(lineAt(vPlace.x, uGrid), lineAt(vPlace.y, uGrid)));
  outColour = vec4(colour, 1.0);
}`;
