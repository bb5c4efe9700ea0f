// Where things are on the wall that the suite films. Pure: the page that paints it and the tests that judge by it read this.

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Size of a picture of the film, in pixels. */
export const pictureSize = { width: 1280, height: 720 } as const;
/** Size of the wall, in pixels of a picture that is taken from straight ahead at the resting camera's distance. */
export const wallSize = { width: 3840, height: 1920 } as const;
/** The place of the wall that the resting camera looks at. */
export const wallCentre = { x: wallSize.width / 2, y: wallSize.height / 2 } as const;

/** From the resting picture, in pixels of it, to the wall. */
const onWall = (x: number, y: number, width: number, height: number): Rect => ({
  x: wallCentre.x - pictureSize.width / 2 + x,
  y: wallCentre.y - pictureSize.height / 2 + y,
  width,
  height,
});

/** The cabinet on which all the others are. */
export const cabinet = onWall(250, 50, 850, 620);
/** The plate with the machine's name: what the tests follow. */
export const header = onWall(484, 85, 397, 95);
export const parts = {
  Gauge: onWall(650, 270, 170, 170),
  Label: onWall(505, 200, 230, 56),
  Valve: onWall(70, 240, 170, 190),
  Switches: onWall(860, 460, 200, 130),
} as const;
export const partNames = ['Gauge', 'Label', 'Valve', 'Switches'] as const;
export type PartName = (typeof partNames)[number];
/** A plan on a sheet of paper. */
export const wiring = onWall(290, 430, 330, 200);
