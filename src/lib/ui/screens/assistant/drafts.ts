/** Where the assistant keeps what was answered, and which texts it fills in. */
export const assistantDrafts = {
  way: 'assistant',
  /** What it put into a text last. */
  filled: 'assistant-filled',
  request: 'request',
  message: 'new ticket',
} as const;
