import { expect, test } from 'vitest';
import { statusSteps } from './status-steps.ts';

test('F27 the current status is marked, the earlier ones are done', () => {
  const steps = statusSteps('IN_PROGRESS', [
    { status: 'REQUESTED', atMs: 1 },
    { status: 'CONFIRMED', atMs: 2 },
    { status: 'IN_PROGRESS', atMs: 3 },
  ]);
  expect(steps.map((step) => `${step.status} ${step.state}`)).toEqual([
    'REQUESTED done',
    'CONFIRMED done',
    'IN_PROGRESS now',
    'DONE next',
    'CLOSED next',
  ]);
});

test('F8 a session made by an employee shows no step Requested', () => {
  expect(statusSteps('CONFIRMED', [{ status: 'CONFIRMED', atMs: 2 }]).map((step) => step.status)).toEqual([
    'CONFIRMED',
    'IN_PROGRESS',
    'DONE',
    'CLOSED',
  ]);
});

test('F24 Cancelled is a branch after the steps that were reached', () => {
  const steps = statusSteps('CANCELLED', [
    { status: 'REQUESTED', atMs: 1 },
    { status: 'CANCELLED', atMs: 2, actor: 'Erika Expert' },
  ]);
  expect(steps.map((step) => `${step.status} ${step.state}`)).toEqual(['REQUESTED done', 'CANCELLED branch']);
});

test('F64 after a reopening the steps to come carry no times of the earlier round', () => {
  const steps = statusSteps('CONFIRMED', [
    { status: 'CONFIRMED', atMs: 1 },
    { status: 'DONE', atMs: 2 },
    { status: 'CONFIRMED', atMs: 9 },
  ]);
  expect(steps[0]?.reached?.atMs).toBe(9);
  expect(steps.find((step) => step.status === 'DONE')?.reached).toBeUndefined();
});
