import type { Box } from '#domain/tracking/box.ts';
import { m } from '../messages.ts';

/** Something that was recognised in the picture and may be tapped. */
export interface Suggestion {
  /** In shares (0…1) of the un-mirrored picture. */
  readonly box: Box;
  /** The recogniser's own word, English: `cell phone`. */
  readonly name: string;
  /** The word on the screen; without one it is taken from the table. */
  readonly label?: string;
}

/** Why nothing is suggested: no recogniser can run here, its file is not installed, or it went wrong. */
export const suggestionFailures = ['not-on-this-device', 'not-in-this-installation', 'failed'] as const;
export type SuggestionFailure = (typeof suggestionFailures)[number];

export const suggestionSentences: Record<SuggestionFailure, () => string> = {
  'not-on-this-device': m.track_suggest_not_here,
  'not-in-this-installation': m.track_suggest_not_installed,
  failed: m.track_suggest_failed,
};

/** The recogniser's words that are likely where machines stand; others are shown as they are. */
const words: Readonly<Record<string, () => string>> = {
  person: m.thing_person,
  bicycle: m.thing_bicycle,
  car: m.thing_car,
  motorcycle: m.thing_motorcycle,
  bus: m.thing_bus,
  train: m.thing_train,
  truck: m.thing_truck,
  boat: m.thing_boat,
  'traffic light': m.thing_traffic_light,
  'fire hydrant': m.thing_fire_hydrant,
  'stop sign': m.thing_stop_sign,
  bench: m.thing_bench,
  cat: m.thing_cat,
  dog: m.thing_dog,
  backpack: m.thing_backpack,
  handbag: m.thing_handbag,
  suitcase: m.thing_suitcase,
  bottle: m.thing_bottle,
  cup: m.thing_cup,
  knife: m.thing_knife,
  spoon: m.thing_spoon,
  bowl: m.thing_bowl,
  chair: m.thing_chair,
  couch: m.thing_couch,
  'potted plant': m.thing_potted_plant,
  bed: m.thing_bed,
  'dining table': m.thing_table,
  toilet: m.thing_toilet,
  tv: m.thing_screen,
  laptop: m.thing_laptop,
  mouse: m.thing_mouse,
  remote: m.thing_remote,
  keyboard: m.thing_keyboard,
  'cell phone': m.thing_phone,
  microwave: m.thing_microwave,
  oven: m.thing_oven,
  toaster: m.thing_toaster,
  sink: m.thing_sink,
  refrigerator: m.thing_refrigerator,
  book: m.thing_book,
  clock: m.thing_clock,
  vase: m.thing_vase,
  scissors: m.thing_scissors,
  'hair drier': m.thing_hair_dryer,
};

/** The word for a suggestion in the language of the screen. */
export const suggestionLabel = ({ name, label }: Pick<Suggestion, 'name' | 'label'>): string =>
  label ?? (Object.hasOwn(words, name) ? words[name]?.() : undefined) ?? name;
