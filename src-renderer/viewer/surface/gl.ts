/** Small helpers around WebGL2: programs, textures, and what kind of machine draws. */

/** What is known about the machine that draws. */
export interface GpuInfo {
  readonly renderer: string;
  /** Drawn by the processor (SwiftShader, llvmpipe …): slower by a hundred. */
  readonly software: boolean;
}

export function contextOf(canvas: HTMLCanvasElement): WebGL2RenderingContext | null {
  return canvas.getContext('webgl2', {
    alpha: true,
    antialias: false,
    depth: true,
    preserveDrawingBuffer: true,
    powerPreference: 'high-performance',
  });
}

export function gpuInfo(gl: WebGL2RenderingContext): GpuInfo {
  const debug = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(debug ? debug.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  return { renderer, software: /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer) };
}

/** @throws Error with the compiler's words */
export function programOf(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) throw new Error('the GPU makes no shader');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost())
      throw new Error(`a shader does not compile: ${gl.getShaderInfoLog(shader) ?? ''}`);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(`the shaders do not link: ${gl.getProgramInfoLog(program) ?? ''}`);
  return program;
}

export function activate(gl: WebGL2RenderingContext, program: WebGLProgram): void {
  // biome-ignore lint/correctness/useHookAtTopLevel: WebGL's useProgram is no React hook
  gl.useProgram(program);
}

/** Places of a program's uniforms, each asked for once. */
export function uniformsOf(gl: WebGL2RenderingContext, program: WebGLProgram) {
  const known = new Map<string, WebGLUniformLocation | null>();
  return (name: string): WebGLUniformLocation | null => {
    const held = known.get(name);
    if (held !== undefined) return held;
    const place = gl.getUniformLocation(program, name);
    known.set(name, place);
    return place;
  };
}

function clamped(gl: WebGL2RenderingContext, filter: number): void {
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
}

/** Four halves a texel, read by hand or as squares: see the shader. */
export function halfTexture(
  gl: WebGL2RenderingContext,
  width: number,
  height: number,
  texels: Uint16Array,
): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA16F, width, height, 0, gl.RGBA, gl.HALF_FLOAT, texels);
  clamped(gl, gl.NEAREST);
  return texture;
}

/** An sRGB picture; it is read as linear light. */
export function pictureTexture(gl: WebGL2RenderingContext, bitmap: ImageBitmap): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.SRGB8_ALPHA8, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
  clamped(gl, gl.LINEAR);
  return texture;
}

export function tableTexture(gl: WebGL2RenderingContext, table: Uint8Array): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, table.length / 4, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, table);
  clamped(gl, gl.LINEAR);
  return texture;
}
