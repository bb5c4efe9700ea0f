import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import {
  codeSignInSchema,
  httpErrorSchema,
  signInSchema,
  socketTicketRequestSchema,
  socketTicketSchema,
  uploadMetadataSchema,
} from './http.ts';

const anId = 'Abc-_0123456789abcdefg';
const junk = [null, undefined, 0, '', 'x', [], true, { toString: 1 }];

describe('access codes', () => {
  test('T21 a code of more than 128 characters is malformed', () => {
    expect(v.is(codeSignInSchema, { code: 'A'.repeat(128) })).toBe(true);
    expect(v.is(codeSignInSchema, { code: 'A'.repeat(129) })).toBe(false);
    expect(v.parse(codeSignInSchema, { code: 'A', name: '  Ina ' })).toEqual({ code: 'A', name: 'Ina' });
    expect(v.parse(codeSignInSchema, { code: 'A' })).toEqual({ code: 'A', name: '' });
    expect(v.is(codeSignInSchema, { code: 'A', name: 'x'.repeat(121) })).toBe(false);
  });
});

describe('what comes in over HTTP', () => {
  test('sign-in: lengths, and a role sent along is dropped', () => {
    expect(v.parse(signInSchema, { email: ' a@b ', password: ' p ', role: 'administrator' })).toEqual({
      email: 'a@b',
      password: ' p ',
    });
    expect(v.is(signInSchema, { email: 'x'.repeat(255), password: 'p' })).toBe(false);
    expect(v.is(signInSchema, { email: 'a', password: 'x'.repeat(1025) })).toBe(false);
    expect(v.is(signInSchema, { email: { $ne: '' }, password: 'p' })).toBe(false);
  });

  test('T2 tickets: only the purposes there are, those for calls only with session and call', () => {
    const accepts = (input: unknown) => v.is(socketTicketRequestSchema, input);
    expect(accepts({ purpose: 'sync' })).toBe(true);
    expect(accepts({ purpose: 'documents' })).toBe(true);
    expect(accepts({ purpose: 'calls', sessionId: anId, callId: anId })).toBe(true);
    expect(accepts({ purpose: 'y-webrtc', sessionId: anId, callId: anId })).toBe(true);
    expect(accepts({ purpose: 'calls' })).toBe(false);
    expect(accepts({ purpose: 'calls', sessionId: anId })).toBe(false);
    expect(accepts({ purpose: 'y-webrtc', sessionId: anId, callId: '../x' })).toBe(false);
    expect(accepts({ purpose: 'admin' })).toBe(false);
  });

  test('an answer with a ticket', () => {
    const calls = { ticket: 't', expiresAtMs: 1, peerId: anId, iceServers: [{ urls: ['turn:x'] }] };
    expect(v.parse(socketTicketSchema, calls)).toEqual(calls);
    expect(v.is(socketTicketSchema, { ticket: 't' })).toBe(false);
  });

  test('T33 T36 metadata of an upload', () => {
    const good = {
      sessionId: anId,
      itemId: anId,
      kind: 'screenshot',
      sha256: '0a'.repeat(32),
      mediaType: 'image/png',
    };
    expect(v.is(uploadMetadataSchema, good)).toBe(true);
    for (const bad of [
      { sha256: '0A'.repeat(32) },
      { sha256: '0a'.repeat(31) },
      { sha256: `${'0a'.repeat(32)}\n` },
      { mediaType: 'image/svg+xml' },
      { mediaType: 'IMAGE/PNG' },
      { mediaType: 'text/html' },
      { kind: 'recording' },
      { itemId: '../../etc/passwd' },
      { itemId: 'Abc-_0123456789abcde%2e' },
      { sessionId: undefined },
    ])
      expect([bad, v.is(uploadMetadataSchema, { ...good, ...bad })]).toEqual([bad, false]);
  });

  test('a refusal has a code that there is', () => {
    expect(v.is(httpErrorSchema, { code: 'not-found' })).toBe(true);
    expect(v.is(httpErrorSchema, { code: 'no-such-code' })).toBe(false);
  });

  test.each(junk)('%j is none of them', (input) => {
    for (const schema of [
      signInSchema,
      codeSignInSchema,
      socketTicketRequestSchema,
      socketTicketSchema,
      uploadMetadataSchema,
      httpErrorSchema,
    ])
      expect(v.is(schema as v.GenericSchema, input)).toBe(false);
  });
});
