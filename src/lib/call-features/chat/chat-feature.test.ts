import { beforeEach, describe, expect, test } from 'vitest';
import { linkedCall, people, say, sessionIn, type Log } from '#harness/domain/sessions.ts';
import { FakeFeatureCall } from '#harness/fake-feature-call.ts';
import { ChatFeature } from './chat-feature.svelte.ts';

let call: FakeFeatureCall;
let log: Log;
let feature: ChatFeature;
let messages = 0;

beforeEach(() => {
  call = new FakeFeatureCall();
  log = linkedCall(sessionIn('CONFIRMED'));
  feature = new ChatFeature(call);
});

function write(who: keyof typeof people): void {
  messages += 1;
  log.must(people[who], say.chat('Hello', `message-${String(messages)}`));
  call.record = log.session;
}

const offer = () => feature.offers[0];

describe('what is new in the chat', () => {
  test('F94 counts what others wrote, and not what this person did', () => {
    write('opener');
    write('assigned');
    write('opener');
    expect(feature.unread).toBe(2);
    expect(offer()?.badge).toBe(2);
  });

  test('F94 nothing is new while the panel is on the screen, nor what was seen there', () => {
    write('opener');
    const away = feature.look();
    write('opener');
    expect(feature.unread).toBe(0);
    away();
    expect(feature.unread).toBe(0);
    write('opener');
    expect(feature.unread).toBe(1);
  });

  test('F94 an open panel that another page hides is not looked at', () => {
    offer()?.run();
    const away = feature.look();
    away();
    write('opener');
    expect(feature.panelOpen).toBe(true);
    expect(feature.unread).toBe(1);
  });

  test('F94 its button opens and closes the panel; the end of the call closes it', () => {
    offer()?.run();
    expect([feature.panelOpen, offer()?.on]).toEqual([true, true]);
    offer()?.run();
    expect([feature.panelOpen, offer()?.on]).toEqual([false, false]);
    offer()?.run();
    feature.close();
    expect(feature.panelOpen).toBe(false);
  });

  test('F42 where text is switched off it is offered only for what was written before', () => {
    call.session.offers.chat = false;
    expect(feature.offers).toEqual([]);
    write('opener');
    expect(offer()).toMatchObject({ id: 'chat', badge: 1 });
  });
});
