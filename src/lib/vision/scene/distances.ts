import { wordsPerFeature, type SceneFeatures } from './scene-features.ts';
import { sceneVectors, type SceneVectors } from './scene-vectors.ts';

/** Of one feature, by its number, to all others: the bits in which their descriptions differ. Valid until the next. */
export type DistancesOf = (feature: number) => Uint16Array;

export function distancesBetween(from: SceneFeatures, to: SceneFeatures): DistancesOf {
  const vectors = to.count > 0 ? sceneVectors() : undefined;
  return vectors ? inVectors(vectors, from, to) : inPlainNumbers(from, to);
}

const featureBytes = wordsPerFeature * 4;

function inVectors(vectors: SceneVectors, from: SceneFeatures, to: SceneFeatures): DistancesOf {
  const others = from.count * featureBytes;
  const out = others + to.count * featureBytes;
  const { buffer } = vectors.reserve(out + 2 * to.count);
  new Uint32Array(buffer, 0, from.words.length).set(from.words);
  new Uint32Array(buffer, others, to.words.length).set(to.words);
  const distances = new Uint16Array(buffer, out, to.count);
  return (feature) => {
    vectors.kernels.distances(feature * featureBytes, others, out, to.count);
    return distances;
  };
}

function inPlainNumbers(from: SceneFeatures, to: SceneFeatures): DistancesOf {
  const out = new Uint16Array(to.count);
  return (feature) => {
    for (let j = 0; j < out.length; j += 1) {
      out[j] = hamming(from.words, feature * wordsPerFeature, to.words, j * wordsPerFeature);
    }
    return out;
  };
}

function hamming(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  let sum = 0;
  for (let k = 0; k < wordsPerFeature; k += 1) {
    let v = a[i + k]! ^ b[j + k]!;
    v -= (v >>> 1) & 0x55555555;
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    sum += Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return sum;
}
