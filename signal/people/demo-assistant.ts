import type { Assistant } from '#domain/organization/assistant.ts';

/** The guided conversation of the demo. */
export const demoAssistant: Assistant = {
  enabled: true,
  steps: [
    {
      id: 'start',
      text: 'Hello! What is the matter with the machine?',
      answers: [
        { label: 'It does not start', next: 'no-start' },
        { label: 'It leaks', next: 'leak' },
        { label: 'It is loud or hot', next: 'loud' },
        { label: 'Something else', next: 'ask' },
      ],
      actions: [],
    },
    {
      id: 'no-start',
      text: 'Is the main switch on, and is no emergency stop pressed?',
      answers: [
        { label: 'Yes, both are fine', next: 'ask' },
        { label: 'That was it', next: 'solved' },
      ],
      actions: [],
    },
    {
      id: 'leak',
      text: 'Please keep away from the leak and close the supply valve. Is it closed?',
      answers: [
        { label: 'Yes, it is closed', next: 'ask' },
        { label: 'It cannot be closed', next: 'ask' },
      ],
      actions: [],
    },
    {
      id: 'loud',
      text: 'Since when?',
      answers: [
        { label: 'Since today', next: 'ask' },
        { label: 'For several days', next: 'ask' },
      ],
      actions: [],
    },
    {
      id: 'ask',
      text: 'A technician can look at it with you by video.',
      answers: [],
      actions: [
        { label: 'Request video session', action: 'request-session' },
        { label: 'Write a message instead', action: 'open-ticket' },
      ],
    },
    {
      id: 'solved',
      text: 'Good to hear. We are here when you need us.',
      answers: [{ label: 'Start again', next: 'start' }],
      actions: [],
    },
  ],
};
