import { describe, expect, test } from 'vitest';
import { makeRandom } from '../camera/robust-fit.ts';
import { Backbone } from './backbone.ts';
import { backboneChannels, backboneFloats, backboneLayers, weightCount } from './backbone-layers.ts';

const seed = Number(process.env.SEED ?? 11);
const side = 32;

/** The same layers in plain loops. */
function reference(numbers: Float32Array, rgb: Uint8Array): Float32Array {
  let size = side;
  let channels = 3;
  let map = Float32Array.from(rgb, (value) => value * (2 / 255) - 1);
  let entry = map;
  let at = 0;
  for (const layer of backboneLayers) {
    const { kind, stride, outputs } = layer;
    const weights = numbers.subarray(at, (at += weightCount(layer)));
    const biases = numbers.subarray(at, (at += outputs));
    const reach = kind === 'first' || kind === 'depthwise' ? 3 : 1;
    const offset = reach === 3 && stride === 1 ? -1 : 0;
    const small = size / stride;
    const out = new Float32Array(small * small * outputs);
    for (let i = 0; i < out.length; i += 1) {
      const o = i % outputs;
      const x = Math.floor(i / outputs) % small;
      const y = Math.floor(i / outputs / small);
      let sum = biases[o]!;
      for (let dy = 0; dy < reach; dy += 1) {
        for (let dx = 0; dx < reach; dx += 1) {
          const px = x * stride + dx + offset;
          const py = y * stride + dy + offset;
          if (px < 0 || py < 0 || px >= size || py >= size) continue;
          const tap = dy * reach + dx;
          if (kind === 'depthwise') {
            sum += map[(py * size + px) * channels + o]! * weights[tap * outputs + o]!;
            continue;
          }
          for (let c = 0; c < channels; c += 1) {
            sum += map[(py * size + px) * channels + c]! * weights[(tap * channels + c) * outputs + o]!;
          }
        }
      }
      const value = kind === 'project' ? sum : Math.max(0, Math.min(6, sum));
      out[i] = layer.residual ? value + entry[i]! : value;
    }
    map = out;
    size = small;
    channels = outputs;
    if (kind === 'project' || kind === 'first') entry = map;
  }
  return map;
}

describe(`the detector's first layers in our own WebAssembly (seed ${seed})`, () => {
  const random = makeRandom(seed);
  const numbers = Float32Array.from({ length: backboneFloats }, () => (random() - 0.5) * 0.5);
  const rgb = Uint8Array.from({ length: side * side * 3 }, () => random() * 256);

  test('give the same numbers as plain loops, on every run', () => {
    const backbone = Backbone.create(numbers, side);
    const wanted = reference(numbers, rgb);
    for (let run = 0; run < 2; run += 1) {
      const maps = backbone?.run(rgb) ?? new Float32Array(0);
      expect(maps).toHaveLength((side / 8) ** 2 * backboneChannels);
      expect(Math.max(...maps.map((value, i) => Math.abs(value - wanted[i]!)))).toBeLessThan(1e-3);
    }
  });

  test('T51 numbers of another model are refused', () => {
    expect(Backbone.create(numbers.subarray(1), side)).toBeUndefined();
  });
});
