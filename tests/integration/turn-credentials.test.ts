import { expect, test } from 'vitest';
import { iceServers } from '../../signal/calls/turn.ts';

const turn = { urls: ['turn:turn.example.org:3478'], secret: 'north' };

test('F50 TURN credentials: expiry in ten minutes, HMAC-SHA1 of `expiry:user`', () => {
  // Checked with: printf '1000600:anna' | openssl dgst -sha1 -hmac north -binary | base64
  expect(iceServers({ turn }, 1_000_000_000, 'anna')).toEqual([
    { urls: turn.urls, username: '1000600:anna', credential: 'FMomZ18fINIcT4s+N5Ue00Cjc84=' },
  ]);
});

test('F50 no TURN server is named where none is configured', () => {
  expect(iceServers({ turn: undefined }, 0, 'anna')).toEqual([]);
  expect(iceServers({ turn: { urls: [], secret: 'north' } }, 0, 'anna')).toEqual([]);
});
