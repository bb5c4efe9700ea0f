import { describe, expect, test } from 'vitest';
import { Emitter, Emitters } from './emitter.ts';

describe('listeners', () => {
  test('each hears what is told while it listens, the same one twice if it was added twice', () => {
    const heard: string[] = [];
    const emitter = new Emitter<[string]>();
    const listener = (word: string): unknown => heard.push(word);
    const stops = [emitter.on(listener), emitter.on(listener)];
    emitter.emit('one');
    stops[0]?.();
    emitter.emit('two');
    expect([heard, emitter.size]).toEqual([['one', 'one', 'two'], 1]);
  });

  test('one that comes or goes while something is told changes nothing of that', () => {
    const heard: string[] = [];
    const emitter = new Emitter();
    const stop = emitter.on(() => {
      heard.push('first');
      stop();
      emitter.on(() => heard.push('late'));
    });
    emitter.on(() => heard.push('second'));
    emitter.emit();
    expect(heard).toEqual(['first', 'second']);
    emitter.emit();
    expect(heard).toEqual(['first', 'second', 'second', 'late']);
  });

  test('what one throws keeps nobody from hearing where faults are taken, and is thrown on elsewhere', () => {
    const faults: unknown[] = [];
    const heard: string[] = [];
    const broken = (): never => {
      throw new Error('broken');
    };
    const emitter = new Emitter((error) => faults.push(error));
    emitter.on(broken);
    emitter.on(() => heard.push('heard'));
    emitter.emit();
    expect([faults, heard]).toEqual([[new Error('broken')], ['heard']]);
    const plain = new Emitter();
    plain.on(broken);
    expect(() => plain.emit()).toThrow('broken');
  });

  test('things of several names are told apart, and cleared at once', () => {
    const heard: unknown[] = [];
    const emitters = new Emitters<{ named: [string]; counted: [number, number] }>();
    emitters.on('named', (name) => heard.push(name));
    const stop = emitters.on('counted', (from, to) => heard.push(to - from));
    emitters.emit('named', 'a');
    emitters.emit('counted', 1, 3);
    stop();
    emitters.emit('counted', 1, 3);
    emitters.clear();
    emitters.emit('named', 'b');
    expect(heard).toEqual(['a', 2]);
  });
});
