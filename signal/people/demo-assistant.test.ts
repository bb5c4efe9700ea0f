import * as v from 'valibot';
import { expect, test } from 'vitest';
import { assistantSchema } from '#domain/organization/assistant.ts';
import { checkAssistant } from '#domain/organization/check-assistant.ts';
import { demoAssistant } from './demo-assistant.ts';

test('F3 the assistant that is shipped is in order, and leads to a request', () => {
  expect(v.parse(assistantSchema, demoAssistant)).toEqual(demoAssistant);
  expect(checkAssistant(demoAssistant)).toEqual([]);
  expect(demoAssistant.steps.flatMap(({ actions }) => actions.map(({ action }) => action))).toContain(
    'request-session',
  );
});
