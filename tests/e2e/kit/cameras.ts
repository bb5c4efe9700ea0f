/**
 * What cameras show in these tests. Both sides of a call, each with its camera, encoder, decoder and screen, share the
 * processors of one machine: 1280×720 thirty times a second takes nearly two of them before anything is looked at, this
 * one of them.
 */
export const cameraSize = { width: 640, height: 360 } as const;
export const picturesPerSecond = 10;
