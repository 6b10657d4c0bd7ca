/** Draws the surface in WebGL2: any two layers, tile by tile, from what is in memory; says what it is still waiting for. */
import type { MapsInfo } from '../../../src-main/contract/surface-maps.ts';
import type { ViewTransform } from '../transform.ts';
import { type ColourMapName, colourMapNames, colourTable } from './colourMaps.ts';
import {
  activate,
  type GpuInfo,
  gpuInfo,
  halfTexture,
  pictureTexture,
  programOf,
  tableTexture,
  uniformsOf,
} from './gl.ts';
import { layerSources, scalarChannels, startRange } from './layers.ts';
import { type LayerView, maxLights, type Shading, shaderLights } from './settings.ts';
import { fragmentShader, modes, vertexShader } from './shaders.ts';
import { type Held, TileCache } from './tileCache.ts';
import type { SourceName, TileLoader, TilePixels } from './tileSource.ts';
import {
  ancestor,
  levelFor,
  shownRect,
  type TileAddress,
  texturePlace,
  tileKey,
  tileRect,
  tilesIn,
  type ViewSize,
} from './tiles.ts';

/** Content ids of the pictures that can be a layer or the card's colour. */
export interface PictureIds {
  readonly photo: string | null;
  readonly albedo: string | null;
}

export interface Pane {
  readonly view: LayerView;
  /** The part of the screen that it fills, CSS px. */
  readonly left: number;
  readonly width: number;
  /** The transform within the whole screen. */
  readonly transform: ViewTransform;
}

export interface Frame {
  readonly panes: readonly Pane[];
  readonly shading: Shading;
  readonly size: ViewSize;
  /** Drawn pixels for one CSS px. */
  readonly density: number;
  /** The nearest texel instead of the mean of four: a quarter of the work while something moves. */
  readonly rough?: boolean;
  /** Hides what lies beneath also where there is no image. */
  readonly opaque?: boolean;
}

export interface RendererOptions {
  readonly gl: WebGL2RenderingContext;
  readonly info: MapsInfo;
  readonly pictures: PictureIds;
  readonly load: TileLoader;
  readonly budgetBytes: number;
  readonly onLoaded: () => void;
  readonly onFailed: (error: unknown) => void;
}

interface TileTexture {
  readonly texture: WebGLTexture;
  readonly width: number;
  readonly height: number;
}
interface Found extends TileTexture {
  readonly tile: TileAddress;
}

/** What is finer than 2^3 pixels of the shown level counts as detail. */
const detailLevels = 3;
/** The viewer's own near-black, `--tg-viewer`. */
const ground = [0.078, 0.094, 0.102] as const;
/** Texture units by sampler. */
const units = { uRelief: 0, uCoarse: 1, uScalar: 2, uPicture: 3, uColours: 4 } as const;

export class SurfaceRenderer {
  readonly gpu: GpuInfo;
  readonly #options: RendererOptions;
  readonly #gl: WebGL2RenderingContext;
  readonly #cache: TileCache<TileTexture>;
  #program: WebGLProgram;
  #place: ReturnType<typeof uniformsOf>;
  #colours: ReadonlyMap<ColourMapName, WebGLTexture>;

  constructor(options: RendererOptions) {
    this.#options = options;
    this.#gl = options.gl;
    this.gpu = gpuInfo(options.gl);
    this.#program = programOf(options.gl, vertexShader, fragmentShader);
    this.#place = uniformsOf(options.gl, this.#program);
    this.#colours = this.#colourTextures();
    this.#cache = new TileCache({
      budgetBytes: options.budgetBytes,
      mostLoads: 8,
      load: (key, signal) => this.#load(key, signal),
      dispose: ({ texture }) => this.#gl.deleteTexture(texture),
      onLoaded: options.onLoaded,
      onFailed: options.onFailed,
    });
  }

  /** Textures held, and what they take. */
  get held(): { readonly tiles: number; readonly bytes: number } {
    return { tiles: this.#cache.count, bytes: this.#cache.bytes };
  }
  /** All that the last frame wanted is in memory. */
  get settled(): boolean {
    return this.#cache.settled;
  }

  /** After the GPU lost its memory and gave it back. */
  restore(): void {
    this.#cache.clear(false);
    this.#program = programOf(this.#gl, vertexShader, fragmentShader);
    this.#place = uniformsOf(this.#gl, this.#program);
    this.#colours = this.#colourTextures();
  }

  retry(): void {
    this.#cache.forgetFailures();
  }

  dispose(): void {
    this.#cache.close();
    for (const texture of this.#colours.values()) this.#gl.deleteTexture(texture);
    this.#gl.deleteProgram(this.#program);
  }

  /** @param target the screen by default */
  draw(frame: Frame, target: WebGLFramebuffer | null = null): void {
    const gl = this.#gl;
    if (gl.isContextLost()) return;
    const [width, height] = [
      Math.round(frame.size.width * frame.density),
      Math.round(frame.size.height * frame.density),
    ];
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(0, 0, width, height);
    gl.disable(gl.SCISSOR_TEST);
    gl.disable(gl.DEPTH_TEST);
    const [r, g, b] = ground;
    if (frame.opaque) gl.clearColor(r, g, b, 1);
    else gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
    const wanted: string[] = [];
    for (const pane of frame.panes) {
      const [from, to] = [Math.round(pane.left * frame.density), Math.round((pane.left + pane.width) * frame.density)];
      gl.scissor(from, 0, Math.max(0, to - from), height);
      wanted.push(...this.#pane(pane, frame));
    }
    gl.disable(gl.SCISSOR_TEST);
    this.#cache.want(wanted);
  }

  /** Draws one pane; returns what it would like to have, the most urgent first. */
  #pane(pane: Pane, frame: Frame): readonly string[] {
    const { info } = this.#options;
    const scale = pane.transform.scale * frame.density;
    const level = levelFor(info, scale);
    const shown = shownRect(
      info,
      { ...pane.transform, offsetX: pane.transform.offsetX - pane.left },
      {
        width: pane.width,
        height: frame.size.height,
      },
    );
    const tiles = tilesIn(info, level, shown);
    const sources = this.#sourcesOf(pane.view, frame.shading);
    this.#uniforms(pane, frame);
    for (const tile of tiles) this.#tile(tile, sources);
    // The coarsest tile first: it covers all while the others are on their way.
    const top = { level: info.firstLevel, col: 0, row: 0 };
    const coarse = sources.coarse ? tiles.map((tile) => ancestor(tile, this.#detailUp(tile.level))) : [];
    const keys = (source: SourceName, list: readonly TileAddress[]) => list.map((tile) => `${source}/${tileKey(tile)}`);
    return sources.all.flatMap((source) => keys(source, [top, ...(source === 'maps/relief' ? coarse : []), ...tiles]));
  }

  #detailUp(level: number): number {
    return Math.min(detailLevels, level - this.#options.info.firstLevel);
  }

  #sourcesOf({ layer }: LayerView, shading: Shading) {
    const { photo, albedo } = this.#options.pictures;
    const source = layerSources[layer];
    const image = (id: string | null): SourceName[] => (id === null ? [] : [`image/${id}`]);
    switch (source.kind) {
      case 'picture':
        return { all: image(source.view === 'photo' ? photo : albedo), coarse: false };
      case 'scalar':
        return { all: [`maps/${source.group}`] satisfies SourceName[], coarse: false };
      case 'relit': {
        const picture = shading.base === 'white' ? [] : image(shading.base === 'photo' ? photo : albedo);
        const all: SourceName[] = ['maps/relief', ...picture];
        return { all, coarse: shading.detail > 0 };
      }
      default:
        return { all: ['maps/relief'] satisfies SourceName[], coarse: false };
    }
  }

  #tile(tile: TileAddress, { all, coarse }: { readonly all: readonly SourceName[]; readonly coarse: boolean }): void {
    const gl = this.#gl;
    const found = all.map((source) => [source, this.#best(source, tile)] as const);
    // Nothing half: a relit card without its colour would flash white.
    if (found.some(([, held]) => !held)) return;
    for (const [source, held] of found) {
      if (!held) continue;
      const sampler = source === 'maps/relief' ? 'uRelief' : source.startsWith('image/') ? 'uPicture' : 'uScalar';
      this.#bind(sampler, held);
      if (sampler === 'uRelief') this.#bind('uScalar', held);
      if (sampler !== 'uRelief') continue;
      const smooth = coarse ? this.#best(source, ancestor(tile, this.#detailUp(tile.level))) : held;
      this.#bind('uCoarse', smooth ?? held);
    }
    const { x0, y0, x1, y1 } = tileRect(this.#options.info, tile);
    gl.uniform4f(this.#place('uRect'), x0, y0, x1, y1);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  /** The tile itself, or the finest tile over it that is here. */
  #best(source: SourceName, tile: TileAddress): Found | null {
    for (let up = 0; up <= tile.level - this.#options.info.firstLevel; up += 1) {
      const address = ancestor(tile, up);
      const held = this.#cache.get(`${source}/${tileKey(address)}`);
      if (held) return { ...held, tile: address };
    }
    return null;
  }

  #bind(sampler: 'uRelief' | 'uCoarse' | 'uScalar' | 'uPicture', { tile, texture, width, height }: Found): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0 + units[sampler]);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    const { scaleX, scaleY, offsetX, offsetY } = texturePlace(this.#options.info, tile, width, height);
    gl.uniform4f(this.#place(`${sampler}Place`), scaleX, scaleY, offsetX, offsetY);
  }

  #uniforms({ view, transform }: Pane, { shading, size, density, rough = false }: Frame): void {
    const gl = this.#gl;
    const { info } = this.#options;
    const at = this.#place;
    activate(gl, this.#program);
    for (const [name, unit] of Object.entries(units)) gl.uniform1i(at(name), unit);
    gl.uniform3f(at('uView'), transform.scale, transform.offsetX, transform.offsetY);
    gl.uniform2f(at('uSize'), size.width, size.height);
    // From three screen pixels on, pixels are shown as squares, as in the pictures.
    gl.uniform1i(at('uSquare'), rough || transform.scale * density >= 3 ? 1 : 0);
    const source = layerSources[view.layer];
    gl.uniform1i(at('uMode'), modes[source.kind]);
    if (source.kind === 'scalar') {
      gl.uniform1i(at('uChannel'), scalarChannels.indexOf(source.channel));
      const { low, high } = view.range ?? startRange(info, view.layer);
      gl.uniform2f(at('uRange'), low, high);
    }
    gl.activeTexture(gl.TEXTURE0 + units.uColours);
    gl.bindTexture(gl.TEXTURE_2D, this.#colours.get(view.colours) ?? null);
    this.#lights(shading);
    gl.uniform1f(at('uIntensity'), shading.intensity);
    gl.uniform1f(at('uRelievo'), shading.relief);
    gl.uniform1f(at('uDetail'), shading.detail);
    gl.uniform1f(at('uContrast'), shading.contrast);
    gl.uniform1f(at('uSpecular'), shading.specular);
    gl.uniform1f(at('uExponent'), shading.sharpness);
    gl.uniform1f(at('uGlossFull'), startRange(info, 'gloss').high);
    gl.uniform1f(at('uGlossShare'), shading.glossShare);
    gl.uniform1f(at('uMatte'), shading.base === 'white' ? 1 : 0);
  }

  #lights(shading: Shading): void {
    const gl = this.#gl;
    const { info } = this.#options;
    const { near, distancePx, vectors } = shaderLights(shading, info.pixelPitchMm);
    const shining = vectors.slice(0, maxLights);
    gl.uniform3fv(this.#place('uLights'), new Float32Array(shining.flat()));
    gl.uniform1i(this.#place('uLightCount'), shining.length);
    gl.uniform1i(this.#place('uNear'), near ? 1 : 0);
    gl.uniform1f(this.#place('uDistance'), distancePx);
    gl.uniform2f(this.#place('uCentre'), info.widthPx / 2, info.heightPx / 2);
  }

  async #load(key: string, signal: AbortSignal): Promise<Held<TileTexture>> {
    const [kind, name, level, place = ''] = key.split('/');
    const [col, row] = place.split('_').map(Number);
    const source: SourceName = kind === 'image' ? `image/${name}` : groupSource(name);
    const pixels = await this.#options.load(source, { level: Number(level), col: col ?? 0, row: row ?? 0 }, signal);
    return this.#upload(pixels);
  }

  #upload(pixels: TilePixels): Held<TileTexture> {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0 + 7);
    if (pixels.kind === 'texels') {
      const { width, height, texels } = pixels;
      return { value: { texture: halfTexture(gl, width, height, texels), width, height }, bytes: texels.byteLength };
    }
    const { width, height } = pixels.bitmap;
    const texture = pictureTexture(gl, pixels.bitmap);
    pixels.bitmap.close();
    return { value: { texture, width, height }, bytes: 4 * width * height };
  }

  #colourTextures(): ReadonlyMap<ColourMapName, WebGLTexture> {
    return new Map(colourMapNames.map((name) => [name, tableTexture(this.#gl, colourTable(name))]));
  }
}

function groupSource(name: string | undefined): SourceName {
  for (const source of Object.values(layerSources))
    if (source.kind === 'scalar' && source.group === name) return `maps/${source.group}`;
  return 'maps/relief';
}
