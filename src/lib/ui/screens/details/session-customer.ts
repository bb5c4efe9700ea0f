import type { Directory } from '#domain/protocol/directory.ts';
import type { VideoSession } from '#domain/session/video-session.ts';

export interface KnownCustomer {
  customer: { id: string; name: string };
  /** Of the record, where it is known here. */
  contact: string;
}

/** Whose session it is: as it was linked itself, else as the person who opened it is known from another one (F17). */
export function customerOfSession(
  session: Pick<VideoSession, 'customer' | 'openedBy'>,
  directory: Pick<Directory, 'customers' | 'customerLinks'>,
): KnownCustomer | undefined {
  const link = directory.customerLinks.find((one) => one.codeUserId === session.openedBy.id);
  const id = session.customer?.id ?? link?.customerId;
  const record = directory.customers.find((one) => one.id === id);
  // The session keeps the name of the day; the record has that of now.
  const customer = record ?? session.customer;
  return customer && { customer, contact: record?.contact ?? '' };
}
