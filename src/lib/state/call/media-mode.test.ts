import { describe, expect, it } from 'vitest';
import { mediaMode } from './media-mode.ts';

describe('how a person enters the media of a call', () => {
  it('F36 C6 an employee sends no picture, unless the organization wants it so from the beginning', () => {
    expect(mediaMode('employee', 'video', { employeeCamera: false })).toBe('voice');
    expect(mediaMode('employee', 'video', { employeeCamera: true })).toBe('video');
  });

  it.each([true, false])(
    'F36 nobody sends more than they chose (camera of employees: %s)',
    (employeeCamera) => {
      for (const kind of ['employee', 'codeUser', 'guest'] as const)
        for (const mode of ['voice', 'text'] as const)
          expect(mediaMode(kind, mode, { employeeCamera })).toBe(mode);
      expect(mediaMode('codeUser', 'video', { employeeCamera })).toBe('video');
    },
  );
});
