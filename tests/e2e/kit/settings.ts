import type { OrganizationSettings } from '#domain/organization/settings.ts';
import { administer, Client, emails } from '../../harness/relay-harness.ts';

/** Changes settings of the demo organization as its administrator does; they count for everybody at once. */
export async function changeSettings(
  relay: { readonly url: string },
  changes: Partial<OrganizationSettings>,
): Promise<void> {
  const ada = await Client.employee({ origin: relay.url }, emails.ada);
  try {
    const socket = await ada.sync(undefined, ['organization']);
    const answer = await administer(socket, { type: 'organization.change-settings', payload: { changes } });
    if (answer !== 'ok') throw new Error(answer);
  } finally {
    ada.close();
  }
}
