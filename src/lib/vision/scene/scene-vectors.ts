import { sharedKernels, type KernelMemory } from '../deep/kernel-memory.ts';
import { compileScene, type SceneKernels } from './scene-kernels.ts';

/** For any picture that a camera gives. */
export type SceneVectors = KernelMemory<SceneKernels>;

export const sceneVectors = sharedKernels(compileScene);
