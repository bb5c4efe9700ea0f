/** Texts that are being typed, kept on the device by key. */
export interface Drafts {
  load(key: string): Promise<string>;
  save(key: string, text: string): Promise<unknown>;
  clear(key: string): Promise<unknown>;
}

/** Where the assistant keeps what was answered, and which texts it fills in. */
export const assistantDrafts = {
  way: 'assistant',
  /** What it put into a text last. */
  filled: 'assistant-filled',
  request: 'request',
  message: 'new ticket',
} as const;
