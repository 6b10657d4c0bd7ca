/** Draws a part of the surface in three dimensions, draped with any layer as the flat view draws it. */
import { activate, programOf, uniformsOf } from './gl.ts';
import { type RendererOptions, SurfaceRenderer } from './renderer.ts';
import type { LayerView, Shading } from './settings.ts';
import { cameraMatrix, type Orbit, type PointGrid, triangles } from './terrain.ts';
import { terrainFragment, terrainVertex } from './terrainShaders.ts';

export interface TerrainScene {
  readonly view: LayerView;
  readonly shading: Shading;
  readonly orbit: Orbit;
  readonly exaggeration: number;
  /** In the unit of the heights; 0 for none. */
  readonly contour: number;
  /** In image px; 0 for none. */
  readonly gridPx: number;
}

export interface TerrainPart {
  readonly grid: PointGrid;
  readonly heights: Float32Array;
  readonly mean: number;
  /** Image px in one unit of height: 1 / pitch for mm, 1 for px. */
  readonly pxPerHeight: number;
}

/** The draped picture has this many pixels a point, and no more than this along a side. */
const texelsPerPoint = 2;
const mostTexels = 2048;

export class TerrainRenderer {
  readonly #gl: WebGL2RenderingContext;
  readonly #flat: SurfaceRenderer;
  readonly #program: WebGLProgram;
  readonly #place: ReturnType<typeof uniformsOf>;
  readonly #part: TerrainPart;
  readonly #layer: {
    readonly texture: WebGLTexture;
    readonly target: WebGLFramebuffer;
    readonly size: readonly [number, number];
  };
  readonly #heights: WebGLTexture;
  readonly #indices: WebGLBuffer;
  readonly #count: number;

  constructor(options: RendererOptions, part: TerrainPart) {
    const { gl } = options;
    this.#gl = gl;
    this.#part = part;
    this.#flat = new SurfaceRenderer(options);
    this.#program = programOf(gl, terrainVertex, terrainFragment);
    this.#place = uniformsOf(gl, this.#program);
    const { grid, heights } = part;
    this.#heights = heightTexture(gl, grid, heights);
    const indices = triangles(grid.width, grid.height, (i) => Number.isFinite(heights[i]));
    this.#count = indices.length;
    this.#indices = gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#indices);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, indices, gl.STATIC_DRAW);
    this.#layer = layerTarget(gl, grid);
  }

  get settled(): boolean {
    return this.#flat.settled;
  }
  get triangles(): number {
    return this.#count / 3;
  }

  dispose(): void {
    const gl = this.#gl;
    this.#flat.dispose();
    gl.deleteTexture(this.#heights);
    gl.deleteTexture(this.#layer.texture);
    gl.deleteFramebuffer(this.#layer.target);
    gl.deleteBuffer(this.#indices);
    gl.deleteProgram(this.#program);
  }

  draw(scene: TerrainScene, width: number, height: number): void {
    const gl = this.#gl;
    if (gl.isContextLost()) return;
    this.#drape(scene);
    const { grid, mean, pxPerHeight } = this.#part;
    const at = this.#place;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, width, height);
    gl.clearColor(0.078, 0.094, 0.102, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.enable(gl.DEPTH_TEST);
    activate(gl, this.#program);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#heights);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.#layer.texture);
    gl.uniform1i(at('uHeights'), 0);
    gl.uniform1i(at('uLayer'), 1);
    gl.uniform2i(at('uPoints'), grid.width, grid.height);
    // The half diagonal is 1 in the part's own frame.
    const unit = 2 / Math.hypot(grid.width, grid.height);
    gl.uniform2f(at('uHalf'), (grid.width * unit) / 2, (grid.height * unit) / 2);
    gl.uniform2f(at('uLift'), mean, (scene.exaggeration * pxPerHeight * unit) / grid.stepPx);
    gl.uniformMatrix4fv(at('uCamera'), false, new Float32Array(cameraMatrix(scene.orbit, width / Math.max(1, height))));
    gl.uniform1f(at('uShade'), scene.view.layer === 'relit' ? 0 : 1);
    gl.uniform1f(at('uContour'), scene.contour);
    gl.uniform1f(at('uGrid'), (scene.gridPx * unit) / grid.stepPx);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#indices);
    gl.drawElements(gl.TRIANGLES, this.#count, gl.UNSIGNED_INT, 0);
    gl.disable(gl.DEPTH_TEST);
  }

  /** The layer over the part, as the flat view draws it, into a texture. */
  #drape({ view, shading }: TerrainScene): void {
    const { grid } = this.#part;
    const [width, height] = this.#layer.size;
    const scale = width / (grid.width * grid.stepPx);
    const transform = { scale, offsetX: -grid.col * grid.stepPx * scale, offsetY: -grid.row * grid.stepPx * scale };
    const size = { width, height };
    const frame = { panes: [{ view, left: 0, width, transform }], shading, size, density: 1 };
    this.#flat.draw(frame, this.#layer.target);
  }
}

function heightTexture(gl: WebGL2RenderingContext, { width, height }: PointGrid, heights: Float32Array): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  const finite = heights.map((value) => (Number.isFinite(value) ? value : 0));
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, width, height, 0, gl.RED, gl.FLOAT, finite);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  return texture;
}

function layerTarget(gl: WebGL2RenderingContext, { width, height }: PointGrid) {
  const scale = Math.min(texelsPerPoint, mostTexels / Math.max(width, height));
  const size = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))] as const;
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, size[0], size[1]);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.LINEAR);
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  const target = gl.createFramebuffer();
  gl.bindFramebuffer(gl.FRAMEBUFFER, target);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  return { texture, target, size };
}
