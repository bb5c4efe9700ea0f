import type { ErrorCode } from '#domain/error-codes.ts';
import { maxFileNameLength, maxTicketFileBytes, ticketFileTypes } from '#domain/ticket/events.ts';

/** So many files go with one message. */
export const maxAttachments = 10;

/** For the file picker: what may be chosen. */
export const acceptedTypes = ticketFileTypes.join(',');

/** Why a file cannot be sent; undefined when it can. */
export function whyNotAttach(file: { type: string; size: number }): ErrorCode | undefined {
  if (!ticketFileTypes.some((type) => type === file.type)) return 'type-not-allowed';
  if (file.size === 0) return 'length-mismatch';
  return file.size > maxTicketFileBytes ? 'too-large' : undefined;
}

/** A file's name within what is kept, the ending left as it is. */
export function fittingName(name: string): string {
  if (name.length <= maxFileNameLength) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= 12 ? name.slice(dot) : '';
  return name.slice(0, maxFileNameLength - ending.length) + ending;
}

/** Files of something that was dropped or pasted; none where it holds only text. */
export function filesOf(transfer: Pick<DataTransfer, 'files'> | null): File[] {
  return [...(transfer?.files ?? [])];
}

/**
 * Files that are meant by what is pasted. Cells of a spreadsheet come as words and as their picture, and the words are
 * meant; a file that was copied may come with its own name as words.
 */
export function pastedFiles(data: Pick<DataTransfer, 'files' | 'getData'> | null): File[] {
  const files = filesOf(data);
  const words = data?.getData('text/plain').trim() ?? '';
  const areNames = words.split(/\r?\n/u).every((line) => files.some(({ name }) => name === line));
  return words === '' || areNames ? files : [];
}
